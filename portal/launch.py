"""`make run`: from nothing to a served page on this machine, with a database, a worker and a sandbox AWS.

The launcher prepares everything, starts the web server and the worker, and ends them with itself. Each child is
tethered to it, so that none outlives it, not even when it is killed.
"""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import django
from django.core.management import call_command

from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox, start_sandbox, write_config, write_credentials
from troubleshoot.aws.sandbox.tether import tethered
from troubleshoot.management.demo import PEOPLE

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
_SECONDS_TO_START = 60
_SECONDS_TO_STOP = 8

# What may be given from outside. Everything else that names a database, a mail server or an AWS account is left out:
# the embedded default must never reach a real one.
_PASSED_ON = frozenset({"ACCESS_DESK_LOG_LEVEL", "ACCESS_DESK_READ_SIGNED_OUT"})

Children = dict[str, subprocess.Popen[Any]]


class CannotStartError(Exception):
    """Something stands in the way of the start. The message says what to do."""


def main() -> int:
    """Prepare, serve until Ctrl-C or SIGTERM, stop everything. Returns the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    with ExitStack() as started:
        try:
            return _run(started)
        except CannotStartError as error:
            _say(str(error))
            return 1
        except KeyboardInterrupt:
            _say("\nStopping ...")
            started.close()
            _say("Stopped.")
            return 0
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)


def _run(started: ExitStack) -> int:
    port = _port()
    var = folder()
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    started.enter_context(only_one(var))
    _forget_surroundings()
    os.environ.update(settings_for(var, port))
    django.setup()
    sandbox = _start_sandbox(started, var)
    password = _fill(var, sandbox)
    _say("Starting the web server and the worker ...")  # on a line of its own: both of them speak, too
    children: Children = {"sandbox AWS": sandbox.process, **_start_children(started, var)}
    _wait_until_served(port, children)
    _welcome(port, sandbox, password, var)
    return _watch(children)


def folder() -> Path:
    """Return where the embedded default keeps its data."""
    return Path(os.environ.get("ACCESS_DESK_VAR_DIR", BASE_DIR / "var")).resolve()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CannotStartError(f"PORT is `{given}`. Write a number from 1 to 65535, for example: make run PORT=8001")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(given)))
        except OSError as error:
            raise CannotStartError(
                f"Port {given} cannot be used: {error.strerror}. Choose another one: make run PORT={int(given) + 1}"
            ) from None
    return int(given)


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Hold a lock on the folder: two launchers would share a database, but not a sandbox."""
    with (var / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStartError(
                f"Access Desk runs already with the data in {var}. Stop it, or name another folder: "
                "ACCESS_DESK_VAR_DIR=/path make run"
            ) from None
        yield


def _forget_surroundings() -> None:
    for name in list(os.environ):
        is_ours = name.startswith(("ACCESS_DESK_", "AWS_")) or name == "DATABASE_URL"
        if is_ours and name not in _PASSED_ON:
            del os.environ[name]


def settings_for(var: Path, port: int) -> dict[str, str]:
    """Return the environment of the embedded default with its data in `var`."""
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "ACCESS_DESK_EMBEDDED": "1",
        "ACCESS_DESK_VAR_DIR": str(var),
        "ACCESS_DESK_SECRET_KEY": _kept(var / "secret-key", lambda: secrets.token_urlsafe(64))[0],
        "ACCESS_DESK_AUDIT_KEY": _kept(var / "audit-key", lambda: secrets.token_urlsafe(48))[0],
        "ACCESS_DESK_HOSTS": "127.0.0.1,localhost",
        "ACCESS_DESK_SITE_URL": f"http://{HOST}:{port}",
        "PORT": str(port),
        "HOST": HOST,
    }


def _kept(file: Path, make: Callable[[], str]) -> tuple[str, bool]:
    """Return the text that is kept in `file`, and whether it was made just now. Only its owner may read the file."""
    try:
        return file.read_text(encoding="utf-8"), False
    except FileNotFoundError:
        text = make()
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        return text, True


def _start_sandbox(started: ExitStack, var: Path) -> Sandbox:
    with _step("Starting the sandbox AWS"):
        sandbox = start_sandbox()
        started.callback(sandbox.stop)
        folder = var / "sandbox"
        people = tuple(user.name for user in world.PEOPLE)
        write_credentials(folder / "credentials", sandbox.keys, (*people, "portal"))
        write_credentials(folder / "worker-credentials", sandbox.keys, ("portal-worker",))
        write_config(folder / "config", sandbox.endpoint_url, (*people, "portal", "portal-worker"))
    os.environ["ACCESS_DESK_AWS_ENDPOINT_URL"] = sandbox.endpoint_url
    return sandbox


def _fill(var: Path, sandbox: Sandbox) -> str:
    from django.conf import settings  # noqa: PLC0415 - only now does the environment hold them

    settings.AWS_ENDPOINT_URL = sandbox.endpoint_url
    with _step("Preparing the database"):
        call_command("migrate", verbosity=0, interactive=False)
    with _step("Collecting the static files"):
        call_command("collectstatic", verbosity=0, interactive=False)
    with _step("Filling in the demo people and the grants"):
        password, new = _kept(var / "demo-password", _new_password)
        call_command("seed_demo", password=password, renew=new)
        call_command("replay_sandbox")
    return password


def _new_password() -> str:
    return f"desk-{secrets.randbelow(9000) + 1000}-{secrets.randbelow(9000) + 1000}"


def _start_children(started: ExitStack, var: Path) -> Children:
    web = [sys.executable, "-m", "gunicorn", "--config", "portal/gunicorn.py", "portal.wsgi"]
    worker = [sys.executable, "-u", "manage.py", "run_worker"]
    children: Children = {}
    for name, command, environment in (
        ("web server", web, _aws(var, "credentials", "portal")),
        ("worker", worker, {**_aws(var, "worker-credentials", "portal-worker"), **_writer()}),
    ):
        children[name] = subprocess.Popen(  # noqa: S603 - our own commands
            tethered(command), cwd=BASE_DIR, env=environment, start_new_session=True
        )
        # gunicorn waits ten seconds for open connections on SIGTERM, and ends at once on SIGQUIT.
        started.callback(_end, children[name], signal.SIGQUIT if name == "web server" else signal.SIGTERM)
    return children


def _aws(var: Path, credentials: str, profile: str) -> dict[str, str]:
    """Return an environment whose only AWS credentials are those of one of the sandbox's profiles."""
    return {
        **os.environ,
        "AWS_SHARED_CREDENTIALS_FILE": str(var / "sandbox" / credentials),
        "AWS_CONFIG_FILE": str(var / "sandbox" / "config"),
        "AWS_PROFILE": profile,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _writer() -> dict[str, str]:
    """Return what only the worker may know."""
    return {"ACCESS_DESK_WRITER_ROLES": f"{world.ACCOUNT}={world.WRITER_ROLE};{world.EXTERNAL_ID}"}


def _end(child: subprocess.Popen[Any], number: signal.Signals) -> None:
    child.send_signal(number)
    try:
        child.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _wait_until_served(port: int, children: Children) -> None:
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline:
        _check_alive(children)
        try:
            with opener.open(f"http://{HOST}:{port}/health/", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise CannotStartError("The web server did not answer in time. What it said stands above.")


def _check_alive(children: Children) -> None:
    for name, child in children.items():
        status = child.poll()
        if status is not None:
            raise CannotStartError(f"The {name} ended unexpectedly (status {status}). What it said stands above.")


def _watch(children: Children) -> int:
    while True:
        _check_alive(children)
        time.sleep(0.5)


def _welcome(port: int, sandbox: Sandbox, password: str, var: Path) -> None:
    rows = [("who", "user name", "what they do"), *((p.first_name, p.user_name, p.does) for p in PEOPLE)]
    _say(f"\nAccess Desk is at http://{HOST}:{port}")
    _say(f"The sandbox AWS is at {sandbox.endpoint_url} (account {world.ACCOUNT}, keys in {var / 'sandbox'})")
    _say(f"\nSign in with the password {password} as:")
    for who, name, does in rows:
        _say(f"  {who:9} {name:10} {does}")
    _say("\nCtrl-C stops everything. A second `make run` keeps the data; `make reset` forgets it.")


@contextmanager
def _step(words: str) -> Iterator[None]:
    begun = time.monotonic()
    _say(f"{words} ... ", end="")
    try:
        yield
    except BaseException:
        _say("not done")
        raise
    _say(f"done ({time.monotonic() - begun:.1f} s)")


def _say(words: str, end: str = "\n") -> None:
    print(words, end=end, flush=True)  # noqa: T201 - the launcher speaks to a person at a terminal


if __name__ == "__main__":
    sys.exit(main())
