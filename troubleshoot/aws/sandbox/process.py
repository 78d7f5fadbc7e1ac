"""Starting and stopping the sandbox's process."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.seed import Key, seed
from troubleshoot.aws.sandbox.tether import tethered

_SERVER = "troubleshoot.aws.sandbox.server"
_SECONDS_TO_STOP = 5


class SandboxFailedError(RuntimeError):
    """The sandbox did not start. The message holds what it said."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running, seeded sandbox."""

    endpoint_url: str
    keys: tuple[Key, ...]
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """End the process, and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def keys_of(self, user: str) -> dict[str, str]:
        """Return the parameters of a boto3 client for a user's active access key."""
        key = next(key for key in self.keys if key.user == user and key.active)
        return {"aws_access_key_id": key.id, "aws_secret_access_key": key.secret}


def start_sandbox() -> Sandbox:
    """Start the server on a free port and fill it. `SandboxFailedError` where it does not come up."""
    process = subprocess.Popen(  # noqa: S603 - our own module
        tethered([sys.executable, "-m", _SERVER]),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        cwd=Path(__file__).resolve().parents[3],
    )
    try:
        address = _address(process)
        return Sandbox(address, seed(address), process)
    except BaseException:
        process.kill()
        process.wait()
        raise


def _address(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline().strip() if process.stdout else ""
    if not line.startswith("http://"):
        raise SandboxFailedError("The sandbox did not start. What it said stands above.")
    return line


def write_credentials(file: Path, keys: tuple[Key, ...], users: tuple[str, ...]) -> None:
    """Write the active keys of `users` in the format of AWS's shared credentials file.

    https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
    """
    lines = [
        line
        for key in keys
        if key.active and key.user in users
        for line in (f"[{key.user}]", f"aws_access_key_id = {key.id}", f"aws_secret_access_key = {key.secret}", "")
    ]
    _write_privately(file, lines)


def write_config(file: Path, endpoint_url: str, users: tuple[str, ...]) -> None:
    """Write AWS's shared config file: with it and a profile, any AWS SDK finds the sandbox by itself."""
    lines = [
        line
        for user in users
        for line in (f"[profile {user}]", f"region = {world.REGION}", f"endpoint_url = {endpoint_url}", "")
    ]
    _write_privately(file, lines)


def _write_privately(file: Path, lines: list[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write("\n".join(lines))
