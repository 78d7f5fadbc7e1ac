"""Receivers are named in the environment, and a wrong one is told without its address or its secret."""

import pytest

from portal import env, receivers

SECRET = "a-secret-that-is-long-enough-for-hmac"
VARIABLES = {"slack": "ACCESS_DESK_SLACK_RECEIVERS", "webhooks": "ACCESS_DESK_WEBHOOK_RECEIVERS"}


@pytest.fixture
def read(monkeypatch):
    monkeypatch.setattr(env, "problems", [])

    def read(slack="", webhooks="", *, private=False, embedded=False):
        monkeypatch.setenv(VARIABLES["slack"], slack)
        monkeypatch.setenv(VARIABLES["webhooks"], webhooks)
        return receivers.read(**VARIABLES, private=private, embedded=embedded)

    return read


def test_it_reads_both_kinds(read):
    found = read("room=https://hooks.slack.com/services/T/B/x", f"ops=https://ops.example.com/in?a=1;{SECRET}")
    assert env.problems == []
    assert {(one.name, one.channel, one.address) for one in found.values()} == {
        ("room", "slack", "https://hooks.slack.com/services/T/B/x"),
        ("ops", "webhook", "https://ops.example.com/in?a=1"),
    }
    assert found["ops"].secret == SECRET.encode()


def test_neither_address_nor_secret_is_ever_printed(read):
    found = read("room=https://hooks.slack.com/services/T/B/xoxo", f"ops=https://ops.example.com/k3y;{SECRET}")
    for text in map(repr, found.values()):
        assert "xoxo" not in text
        assert "k3y" not in text
        assert SECRET not in text


def test_a_standard_secret_is_base64(read):
    found = read(webhooks="ops=https://ops.example.com/;whsec_" + "QUFB" * 12)
    assert found["ops"].secret == b"AAA" * 12


@pytest.mark.parametrize(
    "address",
    [
        "http://ops.example.com/",
        "ftp://ops.example.com/",
        "https://",
        "https://user:pass@ops.example.com/",
        "https://ops.example.com:99999/",
        "https://[::1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.7/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[2002:0a00:0001::]/",
        "https://[64:ff9b::a00:1]/",
        "https://metadata.google.internal/",
        "https://0.0.0.0/",
    ],
)
def test_it_refuses_an_address_that_is_not_of_the_internet(read, address):
    assert read(webhooks=f"ops={address};{SECRET}") == {}
    [problem] = env.problems
    assert problem.startswith("ACCESS_DESK_WEBHOOK_RECEIVERS: `ops` ")
    assert address.removeprefix("https://").rstrip("/") not in problem or not address.removeprefix("https://")
    assert SECRET not in problem


def test_a_private_network_may_be_allowed(read):
    assert "ops" in read(webhooks=f"ops=https://10.0.0.7/in;{SECRET}", private=True)
    assert env.problems == []


def test_only_the_embedded_default_may_do_without_https_and_only_on_its_own_machine(read):
    assert "ops" in read(webhooks=f"ops=http://127.0.0.1:9000/in;{SECRET}", embedded=True)
    assert read(webhooks=f"ops=http://ops.example.com/in;{SECRET}", embedded=True) == {}
    assert read(webhooks=f"ops=http://127.0.0.1:9000/in;{SECRET}", private=True) == {}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("https://ops.example.com/", "entry 1 does not begin with a name"),
        (f"Ops Team=https://ops.example.com/;{SECRET}", "entry 1 does not begin with a name"),
        ("ops=https://ops.example.com/", "needs a secret"),
        ("ops=https://ops.example.com/;short", "needs a secret"),
        ("ops=https://ops.example.com/;whsec_???", "needs a secret"),
        (f"ops=https://a.example/;{SECRET},ops=https://b.example/;{SECRET}", "`ops` stands twice"),
    ],
)
def test_it_tells_what_is_wrong_with(read, entry, words):
    read(webhooks=entry)
    assert words in env.problems[0]


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address):
    assert receivers.is_public(address)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "0.1.2.3", "10.1.2.3", "100.64.0.1", "224.0.0.1", "fe80::1%eth0", "ff02::1", "::"]
)
def test_others_are_not(address):
    assert not receivers.is_public(address)
