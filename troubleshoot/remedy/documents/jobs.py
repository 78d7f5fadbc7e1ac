"""The permissions of a job: auditor, builder, application runtime, operations, or actions picked one by one.

The jobs are data (`data/personas.json`, with sources); here they are fitted to an account and to some resources.
"""

import fnmatch
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from troubleshoot.iam import catalog
from troubleshoot.remedy.documents.plan import PERSONALIZE, Place, as_list, document

JOBS = ("auditor", "builder", "runtime", "operations")
ROLE_PASSING = (
    "CreateBatchInferenceJob", "CreateBatchSegmentJob", "CreateDataDeletionJob", "CreateDatasetExportJob",
    "CreateDatasetGroup", "CreateDatasetImportJob", "CreateMetricAttribution", "UpdateMetricAttribution",
)  # fmt: skip
"""The operations that pass a role:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_personalize.html"""
_NO_ACCOUNT = ("algorithm", "feature-transformation", "recipe")
_HOLDS_OTHERS = ("dataset-group", "solution")
_TAGGABLE_KEY = "aws:ResourceTag/${TagKey}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which resources: `all`, those with a `prefix`, the `named` ones, or those with a `tag`."""

    kind: str
    prefix: str = ""
    arns: tuple[str, ...] = ()
    tag: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be allowed: a job of `JOBS`, or with `custom` the picked `actions`; and what goes with it."""

    name: str
    place: Place
    scope: Scope
    actions: tuple[str, ...] = ()
    role: str = ""
    bucket: str = ""


def job_policy(job: Job) -> dict[str, Any]:
    """Return the policy document of a job. `ValueError` where the scope leaves nothing to allow."""
    statements = list(_custom(job) if job.name == "custom" else _persona(job))
    if not any(one["Effect"] == "Allow" for one in statements):
        raise ValueError("These resources do not fit the actions, so that nothing would be allowed.")
    return document(*statements)


@cache
def persona_data() -> Mapping[str, Any]:
    """Return the data of the jobs and of the service role."""
    file = Path(__file__).parent.parent / "data" / "personas.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def expand(patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the actions of the catalog that action patterns (`personalize:Describe*`) cover, sorted."""
    found: set[str] = set()
    for pattern in patterns:
        known = catalog.actions_of(pattern.partition(":")[0].lower())
        found.update(name for name in known if fnmatch.fnmatchcase(name.lower(), pattern.lower()))
    return tuple(sorted(found))


def types_of(action: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds of resource of a Personalize action as in ARNs: the required ones, and all."""
    info = catalog.action(action)
    if info is None:
        return (), ()
    return tuple(_arn_type(one.arn) for one in info.required_types), tuple(
        _arn_type(one.type.arn) for one in info.resource_types
    )


def taggable_types() -> frozenset[str]:
    """Return the kinds of resource that can have tags."""
    return frozenset(
        _arn_type(kind.arn) for kind in catalog.resource_types("personalize") if _TAGGABLE_KEY in kind.condition_keys
    )


def _arn_type(arn: str) -> str:
    return arn.split(":", 5)[5].partition("/")[0]


def _persona(job: Job) -> Iterator[dict[str, Any]]:
    for statement in persona_data()["jobs"][job.name]["Statement"]:
        resources = as_list(statement["Resource"])
        if resources == ["*"]:
            yield dict(statement)
        elif resources[0].startswith("arn:aws:personalize:"):
            yield from _scoped(job, statement["Sid"], as_list(statement["Action"]), map(_arn_type, resources))
        elif statement["Action"] == "iam:PassRole":
            yield from _pass_role(job.role)
        elif job.bucket:
            suffix = "/*" if resources[0].endswith("/*") else ""
            yield {**statement, "Resource": f"arn:{job.place.partition}:s3:::{job.bucket}{suffix}"}


def _custom(job: Job) -> Iterator[dict[str, Any]]:
    free = [name for name in job.actions if not types_of(name)[1]]
    bound = [name for name in job.actions if types_of(name)[1]]
    if free:
        yield {"Sid": "TakesNoResource", "Effect": "Allow", "Action": free, "Resource": "*"}
    if bound:
        types = [kind for name in bound for kind in types_of(name)[1]]
        yield from _scoped(job, "PickedActions", bound, types)
    if any(name.partition(":")[2] in ROLE_PASSING for name in job.actions):
        yield from _pass_role(job.role)


def _pass_role(role: str) -> Iterator[dict[str, Any]]:
    if role:
        yield pass_role_statement(role)


def pass_role_statement(role: str) -> dict[str, Any]:
    """Return the statement that lets somebody pass exactly this role, to Personalize only.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    return {
        "Sid": "PassOnlyThisRole",
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": role,
        "Condition": {"StringEquals": {"iam:PassedToService": PERSONALIZE}},
    }


def _scoped(job: Job, sid: str, actions: Iterable[str], types: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the statement that allows actions on resources of these types, as far as the scope reaches."""
    kinds = list(dict.fromkeys(types))
    wanted = list(actions)
    scope = job.scope
    if scope.kind == "named":
        kinds = [kind for kind in kinds if any(_arn_type(arn) == kind for arn in _with_parts(scope.arns))]
        wanted = [name for name in expand(wanted) if _fits(name, frozenset(kinds))]
    elif scope.kind == "tag":
        kinds = [kind for kind in kinds if kind in taggable_types()]
        wanted = [name for name in expand(wanted) if _fits(name, frozenset(kinds)) and not _sets_tags(name)]
    resources = list(_resources(job, kinds))
    if not wanted or not resources:
        return
    statement: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": wanted, "Resource": resources}
    if scope.kind == "tag":
        statement["Condition"] = {"StringEquals": {f"aws:ResourceTag/{scope.tag[0]}": scope.tag[1]}}
    yield statement


def _fits(action: str, kinds: frozenset[str]) -> bool:
    required, every = types_of(action)
    return set(required) <= kinds if required else bool(set(every) & kinds)


def _sets_tags(action: str) -> bool:
    """Creating and tagging are never scoped by a tag.

    What is being created has no tag yet, and whoever may set tags could open every resource to themselves.
    """
    name = action.partition(":")[2]
    return name.startswith("Create") or name in ("TagResource", "UntagResource")


def _resources(job: Job, kinds: Iterable[str]) -> Iterator[str]:
    place = job.place
    for kind in kinds:
        if job.scope.kind == "named":
            yield from (arn for arn in _with_parts(job.scope.arns) if _arn_type(arn) == kind)
        elif kind in _NO_ACCOUNT:
            yield f"arn:{place.partition}:personalize:::{kind}/*"
        else:
            # Event trackers go by generated ids: no prefix ever fits them.
            prefix = job.scope.prefix if job.scope.kind == "prefix" and kind != "event-tracker" else ""
            yield f"arn:{place.partition}:personalize:{place.region}:{place.account}:{kind}/{prefix}*"


def _with_parts(arns: Iterable[str]) -> Iterator[str]:
    """Yield each ARN, and the pattern of what stands below it: versions of a solution, datasets of a group."""
    for arn in arns:
        yield arn
        kind = _arn_type(arn)
        if kind in _HOLDS_OTHERS:
            below = arn.replace(":dataset-group/", ":dataset/") if kind == "dataset-group" else arn
            yield f"{below}/*"
