"""The whole road as a stranger walks it: `make run`'s launcher, a real denial, a paste, a request, a grant.

The launcher runs as its own process with the sandbox AWS, the web server and the worker as its children.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from playwright.sync_api import Browser, Page, expect

from tests.browser.harness import tab
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
MATEO = "arn:aws:iam::123456789012:user/mateojackson"
GET_WIDGET = f"User: {MATEO} is not authorized to perform: personalize:GetWidget on resource: my-example-widget"
PASS_ROLE = "User: arn:aws:iam::123456789012:user/marymajor is not authorized to perform: iam:PassRole"


@dataclass(frozen=True)
class Desk:
    """The running product: its address, the sandbox's, the demo password, and where its files lie."""

    address: str
    sandbox: str
    password: str
    var: Path

    def list_schemas(self, profile: str) -> list[str]:
        """Call Amazon Personalize with ordinary boto3, as the owner of the profile's access key."""
        session = boto3.Session(profile_name=profile, region_name="us-east-1")
        client = session.client("personalize", endpoint_url=self.sandbox, config=Config(retries={"max_attempts": 1}))
        return [schema["name"] for schema in client.list_schemas()["schemas"]]


@pytest.fixture(scope="module", params=[True, False], ids=["js", "no-js"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs JavaScript. Each way has a desk of its own."""
    return bool(request.param)


@pytest.fixture(scope="module")
def desk(scripts: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    var = tmp_path_factory.mktemp("desk")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ACCESS_DESK_", "DATABASE_", "AWS_"))}
    del environment["DJANGO_SETTINGS_MODULE"]
    environment |= {"PORT": str(free_port()), "ACCESS_DESK_VAR_DIR": str(var)}
    said = (var / "said").open("w+")
    launcher = subprocess.Popen(
        [sys.executable, "-u", "-m", "portal.launch"], cwd=ROOT, env=environment, stdout=said, stderr=said
    )
    try:
        yield _started(launcher, var)
    finally:
        launcher.send_signal(signal.SIGINT)
        launcher.wait(timeout=60)
        said.close()


@pytest.fixture(autouse=True)
def _credentials(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(desk.var / "sandbox" / "credentials"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def person(browser: Browser, desk: Desk, scripts: bool) -> Iterator[Callable[[str], Page]]:
    """Return a function that signs somebody in, in a browser of their own, through the sign-in page."""
    opened = []

    def sign_in(name: str) -> Page:
        manager = tab(browser, desk.address, scripts=scripts)
        window = manager.__enter__()
        opened.append((manager, window))
        page = window.open("/sign-in/")
        page.locator("[name=username]").fill(name)
        page.locator("[name=password]").fill(desk.password)
        page.locator("main form button[type=submit]").click()
        expect(page.locator("header")).to_contain_text(name.capitalize())
        return page

    yield sign_in
    complaints = [complaint for _, window in opened for complaint in window.complaints]
    for manager, _ in opened:
        manager.__exit__(None, None, None)
    assert complaints == []


def test_the_road_from_a_denied_call_to_the_same_call_allowed(person, desk, scripts):
    error = _denied(desk, "mateojackson")

    employee = person("mateo")
    clicks = _Clicks()
    _paste(employee, desk, error, clicks)
    expect(employee.locator("h1")).to_contain_text("personalize:ListSchemas")
    expect(employee.locator("main")).to_contain_text("mateojackson")
    expect(employee.locator("main")).to_contain_text("123456789012")
    expect(employee.locator("main")).to_contain_text("No identity policy allows it")
    expect(employee.locator("main")).to_contain_text("Read from IAM")
    clicks.on(employee.get_by_role("link", name="Request access"))
    employee.locator("[name=justification]").fill("The weekly import needs the list of schemas.")
    clicks.on(employee.get_by_role("button", name="Request access"))
    expect(employee.locator("#request-status")).to_contain_text("waiting for a decision")
    assert clicks.count <= 4
    waiting = employee.url

    approver = person("rita")
    approver.goto(f"{desk.address}/queue/{waiting.rstrip('/').rpartition('/')[2]}/")
    expect(approver.locator("main")).to_contain_text("The weekly import needs the list of schemas.")
    clicks = _Clicks()
    clicks.on(approver.get_by_role("button", name="Approve"))
    assert clicks.count <= 2

    if scripts:
        # Nobody touches the employee's page: it turns by itself.
        expect(employee.locator("#request-status")).to_contain_text("verified, try again now", timeout=30_000)
    else:
        _until(lambda: "verified, try again now" in _reloaded(employee))
    assert desk.list_schemas("mateojackson")

    mails = "".join(file.read_text() for file in (desk.var / "mail").iterdir())
    assert "To: mateo@example.com" in mails
    assert "To: rita@example.com" in mails


def test_awss_fictional_example_is_recognised(person, desk):
    employee = person("mateo")
    _paste(employee, desk, GET_WIDGET, _Clicks())
    expect(employee.locator("main")).to_contain_text("GetWidget")
    expect(employee.locator("main")).to_contain_text("example")
    expect(employee.get_by_role("link", name="Request access")).to_have_count(0)


def test_a_pass_role_error_leads_on_to_which_role(person, desk):
    employee = person("mary")
    _paste(employee, desk, PASS_ROLE, _Clicks())
    expect(employee.locator("h1")).to_contain_text("iam:PassRole")
    employee.get_by_label("role", exact=False).first.fill("arn:aws:iam::123456789012:role/no-such-role")
    employee.locator("main form:has(input[name=resource]) button[type=submit]").click()
    expect(employee.locator("main")).to_contain_text("no-such-role")


class _Clicks:
    """Counts what a person presses on the way."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, button) -> None:
        self.count += 1
        button.click()


def _paste(page: Page, desk: Desk, text: str, clicks: _Clicks) -> None:
    page.goto(desk.address)
    page.locator("textarea[name=text]").fill(text)
    clicks.on(page.locator("form[action='/read/'] button[type=submit]"))


def _denied(desk: Desk, profile: str) -> str:
    with pytest.raises(ClientError) as caught:
        desk.list_schemas(profile)
    return str(caught.value)


def _reloaded(page: Page) -> str:
    page.reload()
    return page.locator("#request-status").inner_text()


def _until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.5)


def _started(launcher: subprocess.Popen[bytes], var: Path) -> Desk:
    said = ""

    def ready() -> bool:
        nonlocal said
        said = (var / "said").read_text()
        assert launcher.poll() is None, said
        return "Ctrl-C stops everything" in said

    _until(ready, seconds=120)
    found = [
        re.search(pattern, said) for pattern in (r"Access Desk is at (\S+)", r"AWS is at (\S+)", r"password (\S+)")
    ]
    address, sandbox, password = (match[1] for match in found if match)
    return Desk(address, sandbox, password, var)
