"""From the answers of a guide to the documents of its outcome. Pure: the builders are `remedy.documents`."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from troubleshoot.guide.answers import same_account
from troubleshoot.guide.chain import chain_plan
from troubleshoot.guide.endpoint import endpoint_plan
from troubleshoot.guide.flow import Outcome
from troubleshoot.guide.walk import Walk
from troubleshoot.iam.arn import account_of
from troubleshoot.remedy.documents import jobs, service_role, trust
from troubleshoot.remedy.documents.checked import problems
from troubleshoot.remedy.documents.plan import (
    Entity,
    EntityKind,
    Kind,
    Paper,
    Place,
    Plan,
    document,
)
from troubleshoot.remedy.trust_lint import TrustFacts

_HOUR = 3600
_ENTITIES = {
    "idc": EntityKind.PERMISSION_SET,
    "group": EntityKind.GROUP,
    "user": EntityKind.USER,
    "manager": EntityKind.ROLE,
}


class NothingToBuildError(ValueError):
    """The answers fit no document; the message says in words which answer to change."""


def plan_of(walk: Walk) -> Plan | None:
    """Return the documents of the outcome that the walk has reached, or None where it has none.

    `NothingToBuildError` where the answers contradict each other, or where the engine finds a fault in a document.
    """
    if not isinstance(walk.at, Outcome) or not walk.at.builder:
        return None
    if same_account(walk.typed.get("other", "")) == walk.typed.get("account", ""):
        raise NothingToBuildError("The other account is your own account. Change one of the two answers.")
    try:
        plan = _BUILDERS[walk.at.builder](walk)
    except ValueError as error:
        raise NothingToBuildError(str(error)) from error
    facts = trust_facts(walk)
    for paper in plan.papers() if plan else ():
        for problem in problems(paper, facts):
            raise NothingToBuildError(f"The document “{paper.title}” cannot be made: {problem}. Change an answer.")
    return plan


def trust_facts(walk: Walk) -> TrustFacts:
    """Return what the answers say beside a trust policy: whose accounts, for whom, for how long."""
    typed = walk.typed
    ours = {typed.get("account", "")}
    if walk.answer("who") == "own":
        ours.add(same_account(typed.get("other", "")) or "")
    if application := walk.typed.get("application"):
        ours.add(account_of(application) or "")
    people = "people" in (walk.answer("people"), walk.answer("lint-about"))
    return TrustFacts(
        frozenset(ours - {""}), for_people=people, max_session=_seconds(walk), path_and_name=typed.get("name", "")
    )


def _place(walk: Walk) -> Place:
    return Place(walk.typed["account"], walk.typed["region"])


def _seconds(walk: Walk) -> int:
    hours = int(walk.answer("hours") or "1")
    return _HOUR if walk.answer("chain") == "yes" else hours * _HOUR


def _job(walk: Walk) -> jobs.Job:
    typed = walk.typed
    kind = walk.answer("scope") or walk.answer("scope-build") or "all"
    scope = jobs.Scope(
        kind,
        prefix=typed.get("prefix", ""),
        arns=tuple(typed.get("named", "").splitlines()),
        tag=(typed.get("tag_key", ""), typed.get("tag_value", "")),
    )
    actions = tuple(name for name in walk.answer("actions").split(".") if name)
    role = typed.get("role", "")
    if role and account_of(role) != typed["account"]:
        raise ValueError(
            "The service role must be in your own account, because a role is passed inside its account only"
        )
    return jobs.Job(walk.answer("job"), _place(walk), scope, actions, role, typed.get("bucket", ""))


def _permissions(walk: Walk, holder: str, entity: EntityKind) -> Paper:
    policy = _guarded(walk, jobs.job_policy(_job(walk)))
    return Paper("permissions", "Permissions", Kind.PERMISSIONS, policy, holder, entity)


def _guarded(walk: Walk, policy: dict[str, Any]) -> dict[str, Any]:
    """Add the end and the second factor to each statement that allows something.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    guards = walk.answer("guard").split(".")
    extra: dict[str, dict[str, str]] = {}
    if "time" in guards:
        last = dt.date.fromisoformat(walk.typed["ends"]) + dt.timedelta(days=1)
        extra["DateLessThan"] = {"aws:CurrentTime": f"{last.isoformat()}T00:00:00Z"}
    if "mfa" in guards and walk.answer("signs-in") in ("group", "user"):
        extra["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    return document(*(_with(one, extra) if one["Effect"] == "Allow" else one for one in policy["Statement"]))


def _with(statement: Mapping[str, Any], extra: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    condition = {**statement.get("Condition", {}), **extra}
    return {**statement, "Condition": condition} if condition else dict(statement)


def _notes(walk: Walk) -> tuple[str, ...]:
    notes: list[str] = []
    job, scope = walk.answer("job"), walk.answer("scope") or walk.answer("scope-build")
    if job == "auditor":
        notes.append("Looking reaches all of Personalize in the account, because lists take no single resource.")
    if scope == "tag":
        notes.append(
            "Schemas and metric attributions have no tags, so they are left out. Creating and tagging are too."
        )
    if job in ("builder", "operations") and not walk.typed.get("role"):
        notes.append("No service role was named, so these documents let nobody pass one. Imports and exports need it.")
    guards = walk.answer("guard").split(".")
    if "mfa" in guards and walk.answer("signs-in") not in ("group", "user"):
        notes.append("The second factor is asked for where these people sign in, not in the policy.")
    if walk.answer("signs-in") == "manager":
        notes.append("Then assign the role to people or groups in the account access manager.")
    if walk.answer("runs-on") == "servers":
        notes.append("IAM Roles Anywhere also needs a profile that names this role.")
    if "boundary" in guards and walk.answer("signs-in") == "group":
        notes.append("A group cannot have a boundary. Set it on each of its users.")
    return tuple(notes)


def _grant(walk: Walk) -> Plan:
    place, name = _place(walk), walk.typed["name"]
    runs_on = walk.answer("runs-on")
    kind = EntityKind.ROLE if runs_on else _ENTITIES[walk.answer("signs-in")]
    policy = _trusted(walk, runs_on)
    trusts = Paper("trust", "Trust policy", Kind.TRUST, policy, f"the role {name}") if policy else None
    boundary = walk.typed.get("boundary", "") if kind is not EntityKind.GROUP else ""
    paper = _permissions(walk, f"the {kind.replace('-', ' ')} {name}", kind)
    entity = Entity(kind, name, (paper,), trusts, boundary=boundary)
    return Plan(place, (entity,), notes=_notes(walk))


def _trusted(walk: Walk, runs_on: str) -> dict[str, Any] | None:
    """Return the trust policy of a role; None for a user, a group or a permission set, which have none."""
    if runs_on == "servers":
        return trust.of_certificates(walk.typed["anchor"], walk.typed["certificate"])
    if runs_on:
        return trust.of_service(runs_on)
    if walk.answer("signs-in") == "manager":
        return trust.of_access_manager(walk.typed["application"])
    return None


def _service(walk: Walk) -> Plan:
    place, needs = _place(walk), walk.answer("role-needs").split(".")
    wanted = service_role.Needs(walk.typed["bucket"], "write" in needs, walk.typed.get("key", ""), "metrics" in needs)
    entity, bucket, key = service_role.service_role(place, wanted)
    return Plan(place, (entity,), (bucket,), key, notes=_replaces(key))


def _data(walk: Walk) -> Plan:
    place = _place(walk)
    wanted = service_role.Needs(
        walk.typed["bucket"], walk.answer("data-use") == "write", walk.typed.get("key", ""), False, walk.typed["other"]
    )
    entity, bucket, key = service_role.service_role(place, wanted)
    theirs = (bucket.paper, *((key,) if key else ()))
    note = (
        f"The statements for bucket and key belong into account {walk.typed['other']}, so the commands leave them out."
    )
    return Plan(place, (entity,), elsewhere=theirs, notes=(note, *_replaces(key)))


def _replaces(key: Paper | None) -> tuple[str, ...]:
    words = "A bucket policy is replaced as a whole. Add the statements that are there already."
    return (words, "The key’s statement is added by hand, for the same reason.") if key else (words,)


def _role(walk: Walk, policy: dict[str, Any], *, elsewhere: bool = False, link: bool = False) -> Plan:
    place, name = _place(walk), walk.typed["name"]
    trusts = Paper(
        "trust", "Trust policy of the role", Kind.TRUST, policy, f"the role {name}, in account {place.account}"
    )
    allowed = _permissions(walk, f"the role {name}", EntityKind.ROLE)
    entity = Entity(EntityKind.ROLE, name, (allowed,), trusts, session_seconds=_seconds(walk))
    theirs: tuple[Paper, ...] = ()
    if elsewhere:
        words = f"whoever uses the role, in account {same_account(walk.typed['other'])}"
        theirs = (
            Paper(
                "their-side",
                "The other side: may assume the role",
                Kind.PERMISSIONS,
                trust.may_assume(entity.arn(place)),
                words,
            ),
        )
    links = ((f"Switch to {name}", _switch_link(place, name)),) if link else ()
    return Plan(place, (entity,), elsewhere=theirs, notes=(*_notes(walk), *_session_notes(walk)), links=links)


def _switch_link(place: Place, name: str) -> str:
    host = "signin.amazonaws.cn" if place.partition == "aws-cn" else "signin.aws.amazon.com"
    return f"https://{host}/switchrole?account={place.account}&roleName={quote(name)}&displayName={quote(name)}"


def _session_notes(walk: Walk) -> tuple[str, ...]:
    if walk.answer("chain") == "yes" and walk.answer("hours") != "1":
        return ("They come from a role, so a session lasts one hour at most. The role is set to that.",)
    return ()


def _own(walk: Walk) -> Plan:
    other, people = walk.typed["other"], walk.answer("people")
    policy = trust.of_account(
        _place(walk), other, organization=walk.typed.get("organization", ""), mfa=people == "people"
    )
    return _role(walk, policy, elsewhere=True, link=people != "programs")


def _third(walk: Walk) -> Plan:
    policy = trust.of_account(_place(walk), walk.typed["other"], external_id=walk.typed["external_id"])
    return _role(walk, policy, elsewhere=True)


def _saml(walk: Walk) -> Plan:
    if account_of(walk.typed["saml"]) != walk.typed["account"]:
        raise ValueError("The SAML provider must be in the same account as the role")
    return _role(walk, trust.of_saml(_place(walk), walk.typed["saml"]))


def _oidc(walk: Walk) -> Plan:
    typed = walk.typed
    if walk.answer("who") == "github":
        return _role(walk, trust.of_github(_place(walk), typed["repository"], typed["branch"]))
    return _role(walk, trust.of_oidc(_place(walk), typed["issuer"], typed["audience"], typed["subject"]))


_BUILDERS: Mapping[str, Callable[[Walk], Plan | None]] = {
    "grant": _grant,
    "service": _service,
    "data": _data,
    "chain": chain_plan,
    "endpoint": endpoint_plan,
    "own": _own,
    "third": _third,
    "saml": _saml,
    "oidc": _oidc,
}
"""Each builder by the name that an outcome gives it."""
