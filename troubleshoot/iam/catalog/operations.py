"""What one call of an API operation must be allowed: every action, each with its type of resource."""

from dataclasses import dataclass

from troubleshoot.iam.catalog.actions import ActionInfo, action
from troubleshoot.iam.catalog.source import overlay


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


def endpoint_of(name: str) -> str:
    """Return the endpoint that an action is called on: of Amazon Personalize one of three, else the action's service.

    https://docs.aws.amazon.com/personalize/latest/dg/vpc-interface-endpoints.html
    """
    service, _, short = name.partition(":")
    known = overlay()["operations"].get(short) if service.lower() == "personalize" else None
    return str(known["client"]) if known else service.lower()


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
    for entry in overlay()["further_checks"].get(short, ()):
        context = tuple(entry.get("context", {}).items())
        kind = "role" if entry["action"] == "iam:PassRole" else _created_type(info)
        found.append(Check(entry["action"], kind, entry["when"], entry.get("role_parameter"), context))
    return tuple(found)


def _created_type(info: ActionInfo) -> str | None:
    """`CreateDatasetImportJob` needs a dataset too, but it is the import job that it tags."""
    created = info.name.partition(":Create")[2].lower()
    return next((kind.name for kind in info.required_types if kind.name.lower() == created), None)
