"""The condition keys of AWS's services, and those of all of them."""

import difflib
import re
from collections.abc import Mapping
from functools import cache, lru_cache

from troubleshoot.iam.catalog.resources import PLACEHOLDER
from troubleshoot.iam.catalog.services import services
from troubleshoot.iam.catalog.source import load_json, own_data


def condition_keys(service: str) -> tuple[str, ...]:
    """Return a service's own condition keys as AWS spells them, with `${TagKey}` places."""
    if service not in services():
        return ()
    return tuple(one["key"] for one in load_json("conditionKeys", f"{service}.json").values())


@cache
def global_condition_keys() -> Mapping[str, bool]:
    """Return the keys that AWS offers in every service, in lower case, and whether each has several values."""
    data = own_data("global_keys.json")
    return {
        **dict.fromkeys(map(str.lower, data["single"]), False),
        **dict.fromkeys(map(str.lower, data["multiple"]), True),
    }


@lru_cache(maxsize=8192)
def is_condition_key(name: str) -> bool:
    """Tell whether AWS knows a condition key of this name, in any service."""
    key = name.lower()
    prefix = key.partition(":")[0]
    if "." in prefix:
        return True  # a claim of some identity provider: AWS has no list of these
    known = list(global_condition_keys())
    owners = [prefix, *_unassociated().get(prefix, ())]
    for service in owners:
        known.extend(found.lower() for found in condition_keys(service))
    return any(_key_expression(pattern).fullmatch(key) for pattern in known)


def closest_condition_key(name: str) -> str | None:
    """Return the real key that is spelled most like `name`, or None where none is."""
    known = [*_global_names(), *condition_keys(name.partition(":")[0].lower())]
    close = difflib.get_close_matches(name[:128], known, n=1)
    return close[0] if close else None


@lru_cache(maxsize=8192)
def spelled_key(name: str) -> str:
    """Return a key as AWS spells it (`aws:SourceIp`, `aws:PrincipalTag/team`), or as it is where AWS lists none."""
    stem, slash, tag = name.partition("/")
    known = (*_global_names(), *condition_keys(name.partition(":")[0].lower()))
    found = {one.partition("/")[0].lower(): one.partition("/")[0] for one in known}
    return found.get(stem.lower(), stem) + slash + tag


@lru_cache(maxsize=8192)
def is_multivalued(key: str) -> bool | None:
    """Tell whether a key can have several values; None where that is not known."""
    name = key.lower()
    known = dict(global_condition_keys())
    prefix = name.partition(":")[0]
    for one in load_json("conditionKeys", f"{prefix}.json").values() if prefix in services() else ():
        known[one["key"].lower()] = str(one["type"]).startswith("ArrayOf")
    return next((several for pattern, several in known.items() if _key_expression(pattern).fullmatch(name)), None)


@cache
def _unassociated() -> Mapping[str, list[str]]:
    """The prefixes of keys that stand for no service of their own (`saml:aud`), and who uses them."""
    known: dict[str, list[str]] = load_json("unassociatedConditions.json")
    return known


@cache
def _global_names() -> tuple[str, ...]:
    data = own_data("global_keys.json")
    return (*data["single"], *data["multiple"])


@cache
def _key_expression(key: str) -> re.Pattern[str]:
    parts = PLACEHOLDER.split(key)
    return re.compile("".join(re.escape(part) if at % 2 == 0 else ".+" for at, part in enumerate(parts)), re.DOTALL)
