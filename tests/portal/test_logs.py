"""No secret reaches a log: not in a message, not in an argument, not in a traceback."""

import logging

import pytest

from portal.logs import RemoveSecrets

SECRET = "k3yQw8Zr1TnVb5Xc7Lm9Pd2Fs4Gh6Jt0Ru/Ea+Oi"  # 40 characters, made up


def written(record: logging.LogRecord) -> str:
    assert RemoveSecrets().filter(record)
    return logging.Formatter("%(message)s").format(record)


def record(message, *arguments, exc_info=None):
    return logging.LogRecord("portal", logging.ERROR, __file__, 1, message, arguments, exc_info)


@pytest.mark.parametrize(
    "made",
    [
        record(f"aws_secret_access_key = {SECRET}"),
        record("the answer was %s", f"AWS_SECRET_ACCESS_KEY={SECRET}"),
        record("%s", {"aws_secret_access_key": SECRET}),
    ],
    ids=["message", "argument", "mapping"],
)
def test_a_secret_is_removed_from(made):
    assert SECRET not in written(made)


def test_a_secret_is_removed_from_a_traceback():
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int(f"could not read aws_secret_access_key={SECRET}")
    line = written(record("it broke", exc_info=(caught.type, caught.value, caught.tb)))
    assert SECRET not in line
    assert "it broke" in line
    assert "ValueError" in line


def test_other_words_stay_as_they_are():
    assert written(record("request %s moved to %s", "Q7K4ZZ", "active")) == "request Q7K4ZZ moved to active"
