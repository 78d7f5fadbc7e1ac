"""The document at the end of a call through a VPC endpoint: the statements that would let it pass. Pure."""

from troubleshoot.guide.walk import Walk
from troubleshoot.iam.arn import parse_arn
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.request import Request
from troubleshoot.remedy.documents.endpoint import endpoint_paper
from troubleshoot.remedy.documents.plan import Place, Plan

_REPLACED = "The policy of an endpoint is replaced as a whole. Keep the statements that are there already."
_GIVES_NOTHING = "It gives nobody any rights. It only lets the call go through the endpoint."


def endpoint_plan(walk: Walk) -> Plan | None:
    """Return the statements for the endpoint's owner; None where the caller or the action was not told."""
    principal, action = walk.typed.get("principal", ""), walk.answer("action")
    caller, info = parse_arn(principal), catalog_action(action)
    if caller is None or info is None:
        return None
    resource = "*" if info.wildcard_only else walk.typed.get("resource", "*")
    call = Request(principal, info.name, resource, wildcard_only=info.wildcard_only)
    paper = endpoint_paper(call)
    if paper is None:
        return None
    named = parse_arn(resource)
    region = named.region if named and named.region else _some_region(caller.partition)
    return Plan(Place(caller.account, region), elsewhere=(paper,), notes=(_REPLACED, _GIVES_NOTHING))


def _some_region(partition: str) -> str:
    """The document names no Region where the resource does not; the partition follows from it."""
    return "cn-north-1" if partition == "aws-cn" else "us-east-1"
