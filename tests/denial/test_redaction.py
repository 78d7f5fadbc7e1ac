"""Secrets are gone before anything else looks at the text."""

import base64
import html
import json
import logging
import re
from itertools import product
from urllib.parse import quote, unquote

import pytest

from troubleshoot.denial import Removed, TextTooLarge, parse, redact
from troubleshoot.denial.secret_shapes import SHAPES
from troubleshoot.denial.secret_signs import announced

SECRET = "q7Zt/Yb2+Lw9XcR4mNvK1pHs8DfGj3TaQe6UiOoB"
JWT = (
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJub3JhLmZpZWxkIiwiYXVkIjoic2hvcCJ9"
    ".kJ8h3Lq0ZxWv5TnB2mRc7YpUe9SdFgAo1iXwQbN4tMrVyHzKlPjDuCfGs6aEoT0w"
)
SESSION = "IQoJb3JpZ2luX2VjEJr" + "kT9vXq2LmZ7rB4nW8/+Yc" * 12
CANARIES = {
    "secret-access-key": (SECRET, "aws_secret_access_key = {}"),
    "session-token": (SESSION, "AWS_SESSION_TOKEN={}"),
    "presigned-url": (
        "9f8e7d6c5b4a39281706f5e4d3c2b1a0" * 2,
        "https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature={}",
    ),
    "presigned-url-2": ("Zx8QwErTyUiOpAsDfGhJkLzXcVb=", "https://b.s3.amazonaws.com/k?Expires=1&Signature={}"),
    "password": ("Tr0ub4dor-canary-77", "password: {}"),
    "password-in-url": ("S3cr3tCanaryPw99", "postgres://shop:{}@db.example.com/shop"),
    "cookie": ("sessionid=c4n4ryc00k1evalue8812", "Cookie: {}"),
    "private-key": (
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7canary",
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
    ),
    "jwt": (JWT, "id: {}"),
    "authorization": ("YWxhZGRpbjpvcGVuc2VzYW1lY2FuYXJ5", "Authorization: Basic {}"),
    "token": ("ghp_cAnAry0123456789abcdefghijABCDEFGHIJ", "remote {}"),
    "client-secret": ("8Q~canaryClientSecretValue-4471", '"client_secret": "{}"'),
    "header-token": ("opaque-cAnArY-0123456789abcdefXYZ", "x-amz-security-token: {}"),
    "camel-token": ("opaque-cAnArY-0123456789abcdefXYZ", "xAmzSecurityToken={}"),
    "bare-key": (SECRET, "key={} x"),
    "signature-2": ("frJIUN8DYpKDtOLCwoQyllqDzgcAnArY", "Authorization: AWS AKIAQWERTYUIOP123456:{}"),
    "bearer": ("abcDEF123456789-cAnArY.opaque", '"Authorization": "Bearer {}"'),
    "external-id": ("cAnArY-external-4471-id", '"externalId":"{}"'),
    "external-id-condition": ("cAnArY-external-4471-id", '"sts:ExternalId": "{}"'),
    "external-id-flag": ("cAnArY-external-4471-id", "aws sts assume-role --external-id {}"),
    "registry-auth": ("QVdTOmNBbkFyWS1odW50ZXIyLXBhc3M9", '"auth": "{}"'),
}
DENIED = "User: arn:aws:iam::444455556666:user/nora is not authorized to perform: s3:GetObject"
POSITIONS = {
    "alone": "{}",
    "before": "{}\n" + DENIED,
    "behind": DENIED + "\n{}",
    "between": DENIED + "\n{}\n" + DENIED,
    "in-a-log-line": "2026-03-02 10:15:00 INFO env {} started\n" + DENIED,
    "in-json": '{{"level": "info", "message": "{}"}}',
    "in-a-comment": DENIED + "\n# {}",
    "in-brackets": "[{}]\n" + DENIED,
    "after-the-resource": DENIED + " on resource: arn:aws:s3:::shop/x {}",
    "in-yaml": "env:\n  - name: IMPORT\n    value: {}\n" + DENIED,
    "twice": "{0}\n" + DENIED + "\n{0}",
}


def json_text(text: str) -> str:
    return json.dumps({"message": text})


def json_ascii_slashes(text: str) -> str:
    return json.dumps(text).replace("/", "\\/").replace("+", "\\u002b")


def html_numbers(text: str) -> str:
    return html.escape(text).replace("/", "&#x2F;").replace("+", "&#43;")


ESCAPES = {
    "plain": str,
    "json": json_text,
    "json-twice": lambda text: json_text(json_text(text)),
    "json-slashes": json_ascii_slashes,
    "html": html.escape,
    "html-numbers": html_numbers,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "quoted": lambda text: "\n".join(f"> {line}" for line in text.split("\n")),
    "colours": lambda text: f"\x1b[31m{text}\x1b[0m",
    "invisible": lambda text: text.replace("9", "\u200b9"),
    "shell": lambda text: text.replace("=", "\\=").replace("&", "\\&"),
    "percent": lambda text: quote(text, safe=""),
    "percent-twice": lambda text: quote(quote(text, safe=""), safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64-lines": lambda text: base64.encodebytes(text.encode()).decode(),
    "base64-twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "base64-in-json": lambda text: json_text(base64.b64encode(text.encode()).decode()),
    "base64-of-utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "tabs": lambda text: text.replace(" ", "\t\t\t\t\t"),
    "no-break-blanks": lambda text: text.replace(" ", "\u00a0"),
}


def pieces(canary: str, size: int = 12) -> list[str]:
    """Return what must not be seen of a canary: any longer part of it."""
    return [canary[at : at + size] for at in range(0, max(1, len(canary) - size + 1), size)]


@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize("kind", CANARIES)
def test_no_canary_survives_in_any_position(kind: str, escape: str, caplog: pytest.LogCaptureFixture) -> None:
    canary, carrier = CANARIES[kind]
    for position, frame in POSITIONS.items():
        text = ESCAPES[escape](frame.format(carrier.format(canary)))
        assert found_in(canary, text), f"{position}: the test would not see the canary in the text itself"
        with caplog.at_level(logging.DEBUG):
            reading = parse(text)
        spans = [reading.text[slice(*span)] for denial in reading.denials for span in denial.spans.values()]
        assert not found_in(canary, repr(reading)), position
        assert not found_in(canary, repr(spans)), position
        assert not found_in(canary, caplog.text), position
        assert reading.removed, position


def found_in(canary: str, text: str) -> list[str]:
    """Return the pieces of a canary that an attentive reader makes out in a text, behind escapes and base64."""
    shown = [text, *_opened(_plain(text))]
    return [piece for piece, plain in product(pieces(canary), map(_plain, shown)) if piece in plain]


def _opened(text: str, layers: int = 2) -> list[str]:
    """Return what stands in each blob of base64, also where lines break it."""
    blobs = re.findall(r"(?:[A-Za-z0-9+/]{16,}(?:n|\s)?)+", text) if layers else []
    opened = []
    for blob in blobs:
        letters = re.sub(r"[^A-Za-z0-9+/]", "", blob)
        for cut in (letters, letters.replace("n", "", 0)):
            data = base64.b64decode(cut[: len(cut) // 4 * 4])
            opened.append(data.replace(b"\0", b"").decode("latin-1"))
    return opened + [deeper for inner in opened for deeper in _opened(inner, layers - 1)]


def _plain(text: str) -> str:
    """What an attentive reader would make out behind escapes."""
    for old, new in (("\\", ""), ("u002b", "+"), ("&#x2F;", "/"), ("&#43;", "+"), ("u200b", ""), ("\u200b", "")):
        text = text.replace(old, new)
    return unquote(unquote(text))


@pytest.mark.parametrize("slot", ["user/{}", "role/{}", "assumed-role/Builder/{}"])
def test_a_secret_in_the_place_of_a_name_is_removed(slot: str) -> None:
    arn = f"arn:aws:iam::444455556666:{slot.format(SECRET)}"
    reading = parse(f"User: {arn} is not authorized to perform: s3:GetObject on resource: {arn}")
    assert SECRET not in repr(reading)
    assert reading.denials[0].action == "s3:GetObject"


@pytest.mark.parametrize("width", range(17, 60, 3))
def test_a_secret_access_key_broken_over_lines_is_removed(width: int) -> None:
    text = f"aws_secret_access_key = {SECRET}"
    broken = "\n".join(text[at : at + width] for at in range(0, len(text), width))
    assert "secret-access-key" in {item.kind for item in redact(broken).removed}
    assert not [piece for piece in pieces(SECRET) if piece in redact(broken).text]


def test_percent_signs_do_not_hide_a_secret() -> None:
    shown = unquote(redact(f"GET /import?key={quote(SECRET, safe='')}&x=1").text)
    assert not [piece for piece in pieces(SECRET) if piece in shown]


def test_the_example_keys_of_the_documentation_stay() -> None:
    text = "AKIAIOSFODNN7EXAMPLE and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    assert redact(text).text == text
    assert redact(text).removed == ()
    assert redact("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY").removed == ()


def test_an_access_key_id_keeps_its_last_four_characters() -> None:
    redacted = redact("key AKIAQWERTYUIOP123456 used")
    assert redacted.text == "key AKIA…3456 used"
    assert redacted.removed == (Removed("access-key-id", 1),)


def test_what_was_removed_is_counted_by_kind_and_never_shown() -> None:
    redacted = redact(f"password=hunter22 and PASSWORD: hunter33 and {SECRET}")
    assert {item.kind: item.count for item in redacted.removed} == {"password": 2, "secret-access-key": 1}
    assert "hunter" not in repr(redacted)


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:secretsmanager:eu-west-1:444455556666:secret:shop/password-AbCdEf",
        "is not authorized to perform: secretsmanager:GetSecretValue",
        "arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_DataTeam_0f1e2d3c4b5a6978/sam.ode@example.com",
        "Encoded authorization failure message: "
        + "x9Qk3vT1mZ7pR5sW2yB8nC4dF6gH0jLa-Ue_Io1Ap2Sd3Fg4Hj5Kl6Zx7Cv8Bn9Mq0We1Rt2Yu3Io4Pa" * 4,
        "(RequestToken: 8c1d2e3f-aaaa-bbbb-cccc-1234567890ab, HandlerErrorCode: AccessDenied)",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
        (
            "Request ID: MA54K0UDUOCLJ96UP6PT76VTBBVV4KQNSO5AEMVJF66Q9ASUAAJG; S3 Extended Request ID: "
            "W7/K75kzFngDmps4ezVPEoeLeMyUG6QZ5RUvT1a4SG5Y/kVYAB1dZESowrrKoRC9Ti+jFA2Vied="
        ),
        "authorization id: q7w8e9r0t1y2u3i4o5p6a7s8",
        "The security token included in the request is invalid.",
        "password=$DB_PASSWORD secret_access_key=*** token=<token>",
        "software/amazon/awssdk/services/personalize/model/PersonalizeException",
    ],
)
def test_it_leaves_what_is_no_secret(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("command", "secret", "kind"),
    [
        ("mysql -h db.example.com -u root -pSummer2031x shop", "Summer2031x", "password"),
        ("mysqldump -pSummer2031x shop > shop.sql", "Summer2031x", "password"),
        ("aws sts get-session-token --token-code 402913", "402913", "token"),
        ("aws sts assume-role --token-code=402913", "402913", "token"),
    ],
)
def test_a_secret_in_a_command_is_removed(command: str, secret: str, kind: str) -> None:
    redacted = redact(f"{DENIED}\n{command}")
    assert secret not in redacted.text
    assert redacted.removed == (Removed(kind, 1),)


def test_it_is_the_same_when_done_twice() -> None:
    for canary, carrier in CANARIES.values():
        once = redact(carrier.format(canary)).text
        assert redact(once).text == once


def test_a_refusal_of_the_size_does_not_repeat_the_text() -> None:
    with pytest.raises(TextTooLarge) as raised:
        parse(SECRET * 8000)
    assert SECRET[:10] not in str(raised.value)


def test_the_quick_look_lets_no_announced_secret_by() -> None:
    for shape in SHAPES:
        for word in shape.words:
            assert shape in announced(f"{word} {shape.also}"), word


@pytest.mark.parametrize("blank", [" " * 30, "\t" * 30, "\u00a0" * 9])
def test_many_blanks_between_a_label_and_its_secret_hide_nothing(blank: str) -> None:
    assert "hunter2222" not in redact(f"password ={blank}hunter2222").text


def test_a_path_of_words_is_no_secret() -> None:
    text = "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'"
    assert redact(text).text == text
