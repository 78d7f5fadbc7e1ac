"""The documents of a passed role: what each link of the chain should look like. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from troubleshoot.guide.flows.pass_role import METRICS, WRITING
from troubleshoot.guide.walk import Walk
from troubleshoot.iam.arn import parse_arn
from troubleshoot.remedy.documents import jobs, service_role
from troubleshoot.remedy.documents.plan import Kind, Paper, Place, Plan, document


def chain_plan(walk: Walk) -> Plan | None:
    """Return the documents of the chain to the role that was named, to compare with what is there; None without one.

    The guide does not ask for a Region, so that the role's trust names any of the account.
    """
    role = walk.typed.get("role", "")
    arn = parse_arn(role)
    if arn is None:
        return None
    place = Place(arn.account, "cn-north-1" if arn.partition == "aws-cn" else "us-east-1")
    return Plan(place, elsewhere=(*_of_role(role, place), *_of_data(walk, role, place)))


def _of_role(role: str, place: Place) -> Iterator[Paper]:
    passing = document(jobs.pass_role_statement(role))
    yield Paper(
        "may-pass", "You: passing exactly this role", Kind.PERMISSIONS, passing, "the identity that passes the role"
    )
    policy = service_role.trust(place)
    source = f"arn:{place.partition}:personalize:*:{place.account}:*"
    policy["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"] = source
    yield Paper("service-trust", "The role: its trust policy", Kind.TRUST, policy, "the role")


def _of_data(walk: Walk, role: str, place: Place) -> Iterator[Paper]:
    """Yield the documents of the role's rights, of the bucket and of the key, as far as those were named."""
    bucket, key, op = walk.typed.get("bucket", ""), walk.typed.get("key", ""), walk.answer("op")
    if not bucket:
        return
    needs = service_role.Needs(bucket, op in WRITING, key, op in METRICS)
    entity, statements, _ = service_role.service_role(place, needs)
    yield replace(entity.permissions[0], title="The role: its permissions", belongs="the role")
    yield statements.paper
    if key:
        yield Paper(
            "key-policy", "The key: a statement", Kind.KEY, service_role.key_policy(role), "the policy of the key"
        )
