"""A pasted text as large as the box takes is answered while a person waits: `POST /read/`, and the page it leads to."""

import json
import os
import time

import pytest
from django.test import Client

from tests.builders import denial_text
from tests.cast import MATEO_ARN
from tests.web.signing_in import signed_in
from troubleshoot.models import Person

DEEP = os.environ.get("ACCESS_DESK_DEEP") == "1"
SLOWEST = 0.2 if DEEP else 2
"""Seconds of processor time. The promise is 0.2; shared machines get more room in the everyday run."""
LARGEST = 256 * 1024
DENIED = denial_text(MATEO_ARN)
NOISE = "2026-03-02 10:15:00,123 INFO worker.3 processed batch 7 of s3://shop/part-00017.csv in 12 ms\n"
KINDS = {
    "noise around one denial": NOISE * (LARGEST // len(NOISE) - 10) + DENIED,
    "one denial again and again": (DENIED + "\n") * (LARGEST // (len(DENIED) + 1)),
    "many denials in JSON": json.dumps(
        [{"errorCode": "AccessDenied", "errorMessage": denial_text(f"{MATEO_ARN}{n}")} for n in range(700)], indent=1
    )[:LARGEST],
    "base64": "hT4vX9qLm2Rz8Kp1Wd6Yb3Nc7Jf5Gs0AeUoIiQaZ" * (LARGEST // 41),
}


def seconds(client: Client, text: str) -> tuple[float, str]:
    best, place = 9.0, ""
    for _ in range(2):
        start = time.process_time()
        response = client.post("/read/", {"text": text})
        best = min(best, time.process_time() - start)
        place = response.headers.get("Location", "")
    return best, place


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_paste_is_answered_in_time(kind: str, mateo: Person) -> None:
    client = signed_in(mateo)
    client.get("/read/")
    took, place = seconds(client, KINDS[kind])
    assert took < SLOWEST
    if place:
        start = time.process_time()
        assert client.get(place).status_code == 200
        assert time.process_time() - start < SLOWEST
