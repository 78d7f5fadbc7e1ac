"""The actions of AWS's services."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from troubleshoot.iam.catalog.resources import PLACEHOLDER, ResourceType, resource_types
from troubleshoot.iam.catalog.services import closest_service, service_of, services
from troubleshoot.iam.catalog.source import load_json, overlay


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
    return any(entry["action"].lower() == name.lower() for entry in overlay()["fictional"])


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
        dependent.extend(entry["action"] for entry in overlay()["further_checks"].get(found["name"], ()))
    return ActionInfo(
        name=f"{service}:{found['name']}",
        description=found["description"],
        access_levels=frozenset(found["accessLevel"].split(", ")),
        resource_types=resources,
        condition_keys=tuple(found["conditionKeys"]),
        dependent_actions=tuple(dict.fromkeys(dependent)),
        note=overlay()["notes"].get(found["name"]) if service == "personalize" else None,
    )
