"""What a browser may send after a form that was too large."""

import pytest

from portal import gunicorn


class Request:
    """What gunicorn gives to its hooks, as far as ours reads it."""

    def __init__(self, **headers: str) -> None:
        self.headers = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.closes = False

    def force_close(self) -> None:
        self.closes = True


@pytest.mark.parametrize(
    ("request_", "closes"),
    [
        (Request(), False),
        (Request(CONTENT_LENGTH="20000"), False),
        (Request(CONTENT_LENGTH=str(3 * 1024 * 1024)), True),
        (Request(TRANSFER_ENCODING="chunked"), True),
    ],
    ids=["no body", "a paste", "a paste that is too large", "a body of unknown length"],
)
def test_a_body_that_may_stay_unread_ends_the_connection(request_: Request, closes: bool) -> None:
    gunicorn.pre_request(None, request_)
    assert request_.closes is closes
