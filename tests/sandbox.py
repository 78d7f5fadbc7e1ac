"""The sandbox AWS for tests: one server for a test session, in its own process, filled as `make run` fills it.

`from tests.sandbox import sandbox, sandbox_server, seeded_sandbox  # noqa: F401` gives a test module its fixtures:

- `sandbox`: seeded anew; the test may change it
- `seeded_sandbox`: as seeded; the test only reads it, or cleans up after itself
- `sandbox_server`: the running server in whatever state it is
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from troubleshoot.aws.gateway import AccountSettings, forget
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox, start_sandbox, write_credentials
from troubleshoot.aws.sandbox.seed import reseed

PORTAL_USERS = ("portal", "portal-worker")


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The running server. The process's own AWS credentials are those of the portal's worker."""
    running = start_sandbox()
    folder = tmp_path_factory.mktemp("sandbox")
    previous = use_credentials(running, folder)
    yield running
    running.stop()
    os.environ.clear()
    os.environ.update(previous)
    forget()


@pytest.fixture
def seeded_sandbox(sandbox_server: Sandbox, tmp_path: Path) -> Sandbox:
    """The server as it was seeded, for a test that only reads it, or cleans up after itself."""
    return _seeded(sandbox_server, tmp_path).sandbox


@pytest.fixture
def sandbox(sandbox_server: Sandbox, tmp_path: Path) -> Sandbox:
    """The server as it was seeded, for a test that changes it."""
    state = _seeded(sandbox_server, tmp_path)
    state.is_changed = True
    return state.sandbox


@dataclass
class _State:
    sandbox: Sandbox
    is_changed: bool = False


_STATES: dict[str, _State] = {}


def _seeded(running: Sandbox, folder: Path) -> _State:
    """Fill the server anew if an earlier test has changed it. That takes a second, so it is not done every time."""
    state = _STATES.setdefault(running.endpoint_url, _State(running))
    if state.is_changed:
        state.sandbox = replace(running, keys=reseed(running.endpoint_url))
        state.is_changed = False
    use_credentials(state.sandbox, folder)
    return state


def use_credentials(running: Sandbox, folder: Path) -> dict[str, str]:
    """Make the portal's keys the process's own, as the launcher does; return the environment as it was."""
    previous = dict(os.environ)
    file = folder / "credentials"
    write_credentials(file, running.keys, PORTAL_USERS)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_SHARED_CREDENTIALS_FILE=str(file),
        AWS_CONFIG_FILE=str(folder / "no-config"),
        AWS_PROFILE="portal-worker",
        AWS_EC2_METADATA_DISABLED="true",
        NO_PROXY="127.0.0.1",
    )
    forget()
    return previous


def settings_of(running: Sandbox) -> AccountSettings:
    """Return how to reach the sandbox's account, with both roles."""
    return AccountSettings(
        account_id=world.ACCOUNT,
        region=world.REGION,
        reader_role_arn=world.READER_ROLE,
        reader_external_id=world.EXTERNAL_ID,
        writer_role_arn=world.WRITER_ROLE,
        writer_external_id=world.EXTERNAL_ID,
        people_path=world.PEOPLE_PATH,
        ceiling_arn=world.CEILING_ARN,
        endpoint_url=running.endpoint_url,
    )
