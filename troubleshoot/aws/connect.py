"""Connections: the portal's own credentials, the role it assumes in an account, and one way to make a call.

Credentials come from boto3's default chain. The role's session is kept until shortly before it ends and is
renewed by itself: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any

from troubleshoot.aws.errors import CONNECTION_KINDS, AwsProblem, ProblemKind, problem

if TYPE_CHECKING:
    from botocore.session import Session

Answer = dict[str, Any]

# Seconds for which a connection that failed is not tried again. A snapshot makes some 20 calls.
_REST = 2.0
# Services that no snapshot needs: where one of them is down, or not offered in a Region, the others go on.
_APART = frozenset({"accessanalyzer", "cloudtrail", "iam-toolbox"})
# Clients whose name is not the prefix of their actions in IAM.
_PREFIXES = {"accessanalyzer": "access-analyzer", "iam-toolbox": "iam"}
# botocore's sessions do not allow two threads to make a client at once.
_MAKING = threading.RLock()


class Connection:
    """One role of one account. Thread-safe; nothing is sent before the first call.

    `role_arn` empty means that the portal's own credentials are used as they are.
    """

    def __init__(self, *, region: str, endpoint_url: str, role_arn: str, external_id: str, session_name: str) -> None:
        self._region = region
        self._endpoint_url = endpoint_url or None
        self._role_arn = role_arn
        self._external_id = external_id
        self._session_name = session_name
        self._clients: dict[str, Any] = {}
        self._session: Session | None = None
        self._down: dict[str, tuple[ProblemKind | None, float]] = {}

    def call(self, service: str, operation: str, **parameters: Any) -> Answer:
        """Make one call, for example `call("iam", "GetUser", UserName="mateojackson")`.

        Returns the answer; raises `AwsProblem`, which names the IAM action that the call needs.
        """
        permission = permission_of(service, operation)
        with self._told(service, permission):
            answer = getattr(self.client(service), _method(operation))(**parameters)
        if not isinstance(answer, dict):
            raise problem(ProblemKind.BAD_ANSWER, permission)
        return answer

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        """Yield the members of the list `key` over all pages of an answer. Raises `AwsProblem`."""
        permission = permission_of(service, operation)
        for page in self.whole_pages(service, operation, **parameters):
            yield from field(page, key, permission=permission, kind=list)

    def whole_pages(self, service: str, operation: str, **parameters: Any) -> Iterator[Any]:
        """Yield the pages of an answer, each as AWS sent it. Raises `AwsProblem`."""
        permission = permission_of(service, operation)
        with self._told(service, permission):
            paginator = self.client(service).get_paginator(_method(operation))
            pages = iter(paginator.paginate(**parameters))
        while True:
            with self._told(service, permission):
                page = next(pages, None)
            if page is None:
                return
            yield page

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service, with the documents of IAM left as AWS wrote them."""
        with _MAKING:
            if service not in self._clients:
                self._clients[service] = self._made(self._signed_in(), service)
            return self._clients[service]

    def rest(self, service: str = "") -> None:
        """Ask nothing for a moment: a reading waited in vain, and the next one would do the same.

        A service that is of no use to any other (`_APART`) rests by itself.
        """
        self._down[_part(service)] = (ProblemKind.TIMED_OUT, monotonic())

    @contextmanager
    def _told(self, service: str, permission: str) -> Iterator[None]:
        """Tell problems in words. After one of the whole connection, do not make every next call wait for it again."""
        from troubleshoot.aws.raised import told  # noqa: PLC0415 - loads botocore, at the first call

        down, since = self._down.get(_part(service), (None, 0.0))
        if down is not None and monotonic() - since < _REST:
            raise problem(down, permission)
        try:
            with told(permission):
                yield
        except AwsProblem as found:
            if found.kind in CONNECTION_KINDS:
                self._down[_part(service)] = (found.kind, monotonic())
            if found.kind in (ProblemKind.EXPIRED, ProblemKind.BAD_CREDENTIALS):
                self._sign_out()
            raise

    def _sign_out(self) -> None:
        with _MAKING:
            self._session = None
            self._clients = {}

    def _signed_in(self) -> "Session":
        from troubleshoot.aws.sessions import own_session, session_with  # noqa: PLC0415 - loads botocore

        if self._session is None:
            self._session = session_with(self._assume_role) if self._role_arn else own_session()
        return self._session

    def _made(self, session: "Session", service: str) -> Any:
        from troubleshoot.aws.sessions import make_client  # noqa: PLC0415 - loads botocore

        return make_client(session, service, region=self._region, endpoint_url=self._endpoint_url)

    def _assume_role(self) -> dict[str, str]:
        from troubleshoot.aws.sessions import own_session  # noqa: PLC0415 - loads botocore

        with _MAKING:
            sts = self._made(own_session(), "sts")
        parameters = {"RoleArn": self._role_arn, "RoleSessionName": self._session_name}
        if self._external_id:
            parameters["ExternalId"] = self._external_id
        answer = sts.assume_role(**parameters)
        keys = answer["Credentials"]
        return {
            "access_key": keys["AccessKeyId"],
            "secret_key": keys["SecretAccessKey"],
            "token": keys["SessionToken"],
            "expiry_time": keys["Expiration"].isoformat(),
        }


def permission_of(service: str, operation: str) -> str:
    """Return the IAM action that a client's call needs."""
    return f"{_PREFIXES.get(service, service)}:{operation}"


def field(answer: Any, *names: str, permission: str, kind: type = str) -> Any:
    """Return what stands at the end of `names` in an answer. `AwsProblem` where it is not there, or not a `kind`."""
    value = answer
    for name in names:
        if not isinstance(value, dict) or name not in value:
            raise problem(ProblemKind.BAD_ANSWER, permission)
        value = value[name]
    if not isinstance(value, kind):
        raise problem(ProblemKind.BAD_ANSWER, permission)
    return value


@lru_cache(maxsize=16)  # each holds about a megabyte of clients
def connection(
    *, region: str, endpoint_url: str, role_arn: str, external_id: str = "", session_name: str = "access-desk"
) -> Connection:
    """Return the kept connection of these settings, so that its session and its clients are used again."""
    return Connection(
        region=region,
        endpoint_url=endpoint_url,
        role_arn=role_arn,
        external_id=external_id,
        session_name=session_name,
    )


def session_name(purpose: str, case: str) -> str:
    """Return the name that CloudTrail shows for the portal's session: `access-desk-reader-CASE`."""
    name = "-".join(part for part in ("access-desk", purpose, case) if part)
    return re.sub(r"[^\w+=,.@-]", "-", name, flags=re.ASCII)[:64]


def forget() -> None:
    """Drop every kept session and client, for example after the portal's credentials have changed."""
    from troubleshoot.aws.sessions import own_session  # noqa: PLC0415 - loads botocore

    connection.cache_clear()
    own_session.cache_clear()


def _method(operation: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()


def _part(service: str) -> str:
    return service if service in _APART else ""
