"""Where messages go beside e-mail: Slack's incoming webhooks, and webhooks of the company's own.

Both come from the environment, `NAME=ADDRESS` and `NAME=ADDRESS;SECRET`, separated by commas. The database, the logs
and the pages know the name alone. What is wrong is reported by `portal.E001`, without the address or the secret.
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portal import env

SHORTEST_SECRET = 32
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Receiver:
    """One receiver. Its address may hold a secret, too, so neither is ever printed."""

    name: str
    channel: str
    address: str = field(repr=False)
    secret: bytes = field(default=b"", repr=False)


def read(*, slack: str, webhooks: str, private: bool, embedded: bool) -> dict[str, Receiver]:
    """Return the receivers that two variables name. A wrong one is left out and told in `env.problems`.

    Addresses are https; the embedded default alone may send to its own machine without. `private` lets the portal
    send into the company's own network.
    """
    found: dict[str, Receiver] = {}
    for variable, channel in ((slack, "slack"), (webhooks, "webhook")):
        for receiver, problem in _entries(variable, channel, private=private or embedded, embedded=embedded):
            twice = f"the name `{receiver.name}` stands twice" if receiver and receiver.name in found else ""
            if problem or twice:
                env.problems.append(f"{variable}: {problem or twice}.")
            elif receiver:
                found[receiver.name] = receiver
    return found


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the internet, and none of this machine, its network or its cloud.

    Addresses that carry another one inside are judged by that: RFC 4291 (mapped), RFC 3056 (6to4), RFC 6052 (NAT64).
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64 or ip.teredo:
            return False
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    return ip.is_global and not ip.is_multicast


def _entries(variable: str, channel: str, *, private: bool, embedded: bool) -> Iterator[tuple[Receiver | None, str]]:
    for number, entry in enumerate(env.words(variable), start=1):
        name, _, rest = entry.partition("=")
        address, _, secret = rest.partition(";")
        if not _NAME.fullmatch(name):
            yield None, f"entry {number} does not begin with a name of small letters and `=`"
            continue
        problem = _address_problem(address, private=private, embedded=embedded)
        key = _secret(secret)
        if channel == "webhook" and (key is None or len(key) < SHORTEST_SECRET):
            problem = problem or f"needs a secret of {SHORTEST_SECRET} characters or more behind `;`"
        told = f"`{name}` {problem}" if problem else ""
        yield Receiver(name, channel, address, key or b""), told


def _address_problem(address: str, *, private: bool, embedded: bool) -> str:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    if parts.scheme != "https" and not (embedded and parts.scheme == "http" and _is_here(host)):
        return "is no https:// address"
    if not host or parts.username or parts.password or parts.fragment or port == 0:
        return "is no plain address of a server"
    if not private and _is_private(host):
        return "leads into a private network; ACCESS_DESK_PRIVATE_RECEIVERS=1 allows that"
    return ""


def _is_here(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host == "::1"


def _is_private(host: str) -> bool:
    """Judge what is written: names are looked up, and judged again, each time something is sent."""
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".internal", ".local"))


def _secret(text: str) -> bytes | None:
    """Return the bytes of a secret: what follows `whsec_` is base64, as the Standard Webhooks write it."""
    if not text.startswith("whsec_"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return None
