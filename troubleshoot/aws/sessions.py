"""Sessions and clients of botocore. Loaded at the first call: no page without AWS, and no command, waits for botocore.

Credentials come from boto3's default chain.
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials
from botocore.handlers import json_decode_policies
from botocore.loaders import create_loader
from botocore.session import Session

# It tells at every start where it found the credentials, which is nobody's news.
logging.getLogger("botocore.credentials").setLevel(logging.WARNING)

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "adaptive", "total_max_attempts": 3},
    user_agent_extra="access-desk",
    max_pool_connections=16,
)
# The service models of botocore, some megabytes of JSON: loaded once, shared by every session.
_MODELS = create_loader()


def new_session() -> Session:
    """Return a session with boto3's default chain of credentials, which shares the loaded service models."""
    session = Session()
    session.register_component("data_loader", _MODELS)
    return session


@lru_cache(maxsize=1)
def own_session() -> Session:
    """Return the kept session of the portal's own credentials."""
    return new_session()


def session_with(assume: Callable[[], dict[str, str]]) -> Session:
    """Return a session whose credentials come from `assume`, at its first call and shortly before they end."""
    session = new_session()
    session._credentials = DeferredRefreshableCredentials(assume, "assume-role")  # type: ignore[attr-defined]
    return session


def make_client(session: Session, service: str, *, region: str, endpoint_url: str | None) -> Any:
    """Return a client of a service, with the documents of IAM left as AWS wrote them.

    botocore's sessions do not allow two threads to make a client at once: the caller sees to that.
    """
    client = session.create_client(service, region_name=region, endpoint_url=endpoint_url, config=_CONFIG)
    # boto3 decodes policies to dicts, which loses duplicate keys and the position of each statement.
    client.meta.events.unregister("after-call.iam", json_decode_policies)
    return client
