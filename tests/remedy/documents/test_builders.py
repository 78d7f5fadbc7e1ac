"""Every document that a guide can produce: it parses, lints clean, fits its quota, and grants what its words say.

The answers are enumerated; what is typed is sampled.
"""

import itertools
import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import hcl2
import pytest
from botocore import xform_name
from cfnlint.api import lint_all

from tests.flows.products import covering, products, walks_to_documents
from tests.flows.walking import everything
from troubleshoot.guide.flow import Flow
from troubleshoot.guide.flows import FLOWS
from troubleshoot.guide.results import NothingToBuildError, plan_of, trust_facts
from troubleshoot.guide.walk import Walk, replay
from troubleshoot.iam import PolicySet, Request, catalog, evaluate, parse_policy
from troubleshoot.iam.access import allowed_access, newly_allowed
from troubleshoot.iam.decision import Outcome as Result
from troubleshoot.iam.lint import Finding, lint
from troubleshoot.iam.lint import Kind as LintKind
from troubleshoot.remedy.documents.checked import allows, problems
from troubleshoot.remedy.documents.jobs import types_of
from troubleshoot.remedy.documents.plan import Kind, Paper, Plan
from troubleshoot.remedy.render import RENDERERS, cloudformation, shell, terraform
from troubleshoot.web.presenters.guide import file_of

DEEP = bool(os.environ.get("ACCESS_DESK_DEEP"))
BUILDING = ("pass-role", "let-others-in", "outside-my-account")
"""The flows that end in documents."""
EVERY_NTH = 1 if DEEP else 9
CALLER = "arn:aws:iam::123456789012:user/marymajor"


@cache
def plans() -> tuple[tuple[str, Walk, Plan], ...]:
    """Return every plan that differs from the ones before, with the answers that lead to it.

    All combinations of answers in a deep run, else those that cover every pair of answers.
    """
    found: dict[str, tuple[str, Walk, Plan]] = {}
    for slug in BUILDING:
        for walk in walks_to_documents(FLOWS[slug], whole=DEEP):
            plan = plan_of(walk)
            if plan is not None:
                found.setdefault(repr(plan), (f"{slug}: {walk.query()}", walk, plan))
    return tuple(found.values())


def test_there_are_many() -> None:
    assert len(plans()) > (4000 if DEEP else 500)


def test_no_other_flow_ends_in_documents() -> None:
    builders = {slug: {outcome.builder for outcome in flow.outcomes} - {""} for slug, flow in FLOWS.items()}
    # What to send to the owner of a VPC endpoint is no entity of IAM's: test_endpoint.py looks at it.
    assert builders.pop("not-authorized") == {"endpoint"}
    assert {slug for slug, found in builders.items() if found} == set(BUILDING)


@pytest.mark.parametrize("slug", BUILDING)
def test_every_pair_of_answers_is_tried(slug: str) -> None:
    every = list(products(FLOWS[slug]))
    tried = list(covering(every))
    assert _pairs(tried) == _pairs(every)
    assert len(tried) < len(every)


@pytest.mark.parametrize("slug", BUILDING)
def test_every_builder_and_every_answer_on_the_way_to_it_is_tried(slug: str) -> None:
    flow = FLOWS[slug]
    every = list(covering(products(flow)))
    reached = {replay(flow, answers, everything(flow)).at for answers in every}
    assert reached == {outcome for outcome in flow.outcomes if outcome.builder}
    asked = {name for answers in every for name in answers}
    for name in asked & set(MANY_ANSWERS):
        assert {answers[name] for answers in every if name in answers} >= MANY_ANSWERS[name], name


MANY_ANSWERS = {
    "job": {"auditor", "builder", "runtime", "operations", "custom"},
    "scope": {"all", "prefix", "named", "tag"},
    "scope-build": {"all", "prefix", "named"},
    "service-role": {"given", "unknown"},
    "data": {"given", "unknown"},
    "guard": {"none", "boundary", "mfa", "time", "boundary.mfa", "boundary.time", "mfa.time", "boundary.mfa.time"},
    "hours": {"1", "4", "8", "12"},
    "chain": {"yes", "no", "unknown"},
    "role-needs": {"read", "write", "metrics", "read.write", "read.metrics", "write.metrics", "read.write.metrics"},
}
"""Answers that decide what stands in a document, written out a second time."""


def _pairs(combinations: list[Any]) -> set[frozenset[Any]]:
    return {frozenset(pair) for answers in combinations for pair in itertools.combinations(answers.items(), 2)}


def test_every_document_parses_lints_clean_and_fits_its_quota() -> None:
    for name, walk, plan in plans():
        for paper in plan.papers():
            assert problems(paper, trust_facts(walk)) == (), f"{name}: {paper.name}"
            assert _linted(paper.text, paper.kind) == (), f"{name}: {paper.name}"
            if paper.limit is not None:
                assert paper.size <= paper.limit[0]


@cache
def _linted(text: str, kind: Kind) -> tuple[Finding, ...]:
    kinds = {Kind.PERMISSIONS: LintKind.MANAGED, Kind.TRUST: LintKind.TRUST}
    found = lint(parse_policy(text, name="a document"), kinds.get(kind, LintKind.RESOURCE))
    # An identity provider's keys begin with its issuer, so that no list of AWS's names them.
    return tuple(one for one in found if not (kind is Kind.TRUST and one.code == "key_unknown"))


def _papers(kind: Kind) -> Iterator[Paper]:
    seen: set[str] = set()
    for _, _, plan in plans():
        for paper in plan.papers():
            if paper.kind is kind and paper.text not in seen:
                seen.add(paper.text)
                yield paper


def _witness(resource: str) -> str:
    return resource.replace("*", "witness")


def _context(paper: Paper) -> dict[str, str]:
    context = {"aws:PrincipalArn": CALLER}
    for statement in paper.policy["Statement"]:
        for operator, keys in statement.get("Condition", {}).items():
            for key, value in keys.items():
                context[key] = "2026-12-01T00:00:00Z" if operator == "DateLessThan" else value
    return context


def _allowed(paper: Paper, action: str, resource: str, context: dict[str, str]) -> bool:
    policy = parse_policy(paper.text, name=paper.name)
    request = Request(CALLER, action, resource, "123456789012", context, wildcard_only=resource == "*")
    return evaluate(request, PolicySet(identity=(policy,))).outcome is Result.ALLOWED


def test_every_document_grants_exactly_what_its_words_say() -> None:
    for paper in itertools.islice(_papers(Kind.PERMISSIONS), 0, None, EVERY_NTH):
        context = _context(paper)
        said = _said(paper)
        witnesses = {_witness(resource) for resource in _resources(paper)} | {
            "*",
            "arn:aws:personalize:us-east-1:999999999999:campaign/witness",
            "arn:aws:personalize:us-east-1:123456789012:campaign/other",
        }
        for action in catalog.actions_of("personalize"):
            for resource in witnesses:
                if _fits(action, resource):
                    assert _allowed(paper, action, resource, context) == _is_said(said, action, resource), (
                        f"{action} on {resource}\n{paper.text}"
                    )


def test_the_engine_finds_no_more_and_no_less_access_than_the_words_say() -> None:
    for paper in itertools.islice(_papers(Kind.PERMISSIONS), 0, None, EVERY_NTH * (3 if DEEP else 4)):
        policies = PolicySet(identity=(parse_policy(paper.text, name=paper.name),))
        # What is said of a key counts only together with the key's own policy: the test after this one.
        said = {(action, resource) for action, resource in _said(paper) if not action.startswith("kms:")}
        services = {action.partition(":")[0] for action, _ in said}
        found = newly_allowed(PolicySet(identity=()), policies, CALLER, services=services)
        assert {one.action for one in found} == {action for action, _ in said}, paper.text
        assert all(_is_said(list(said), one.action, one.resource) for one in found), paper.text
        assert all(one.certain for one in found), paper.text


def test_a_key_that_leaves_it_to_the_account_is_used_as_the_words_say() -> None:
    root = {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "*", "Resource": "*"}
    of_key = parse_policy(json.dumps({"Version": "2012-10-17", "Statement": [root]}), name="the key’s policy")
    with_keys = [paper for paper in _papers(Kind.PERMISSIONS) if "kms:" in paper.text]
    assert with_keys
    for paper in with_keys:
        policies = PolicySet(identity=(parse_policy(paper.text, name=paper.name),), resource=of_key)
        said = {(action, key) for action, key in _said(paper) if action.startswith("kms:")}
        others = {(action, f"{key[:-1]}9") for action, key in said} | {
            ("kms:ScheduleKeyDeletion", key) for _, key in said
        }
        for action, key in said | others:
            outcome = evaluate(Request(CALLER, action, key, "123456789012"), policies).outcome
            assert (outcome is Result.ALLOWED) is ((action, key) in said), (action, key)


def _said(paper: Paper) -> list[tuple[str, str]]:
    return [(action, resource) for one in allows(paper) for action in one.actions for resource in one.resources]


def _is_said(said: list[tuple[str, str]], action: str, resource: str) -> bool:
    return any(
        named == action and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), resource) for named, pattern in said
    )


def _fits(action: str, resource: str) -> bool:
    """An action is checked on resources of its own types, or on `*` where it takes none."""
    every = types_of(action)[1]
    return resource == "*" if not every else resource.split(":", 5)[-1].partition("/")[0] in every


def _resources(paper: Paper) -> Iterator[str]:
    for one in allows(paper):
        yield from one.resources


def _picks() -> Iterator[tuple[str, str, Walk]]:
    """Yield a walk for each action of Personalize alone, on each kind of scope."""
    flow = FLOWS["let-others-in"]
    for action in catalog.actions_of("personalize"):
        for scope in ("all", "prefix", "named", "tag"):
            answers = {
                "who": "app", "runs-on": "ec2", "place": "given", "job": "custom", "actions": action, "scope": scope,
                "prefix": "given", "named": "given", "tag": "given", "service-role": "unknown", "data": "unknown",
                "guard": "none",
            }  # fmt: skip
            yield action, scope, replay(flow, answers, everything(flow))


def _plan_or_refusal(walk: Walk) -> tuple[Plan | None, str]:
    try:
        return plan_of(walk), ""
    except NothingToBuildError as error:
        return None, str(error)


def test_each_action_that_is_picked_is_granted_alone_or_refused_in_words() -> None:
    granted: set[str] = set()
    for action, scope, walk in itertools.islice(_picks(), 0, None, 1 if DEEP else 3):
        plan, refusal = _plan_or_refusal(walk)
        if plan is None:
            assert "nothing would be allowed" in refusal, (action, scope)
            continue
        (paper,) = [one for one in plan.papers() if one.kind is Kind.PERMISSIONS]
        policies = PolicySet(identity=(parse_policy(paper.text, name=paper.name),))
        assert {one.action for one in allowed_access(policies, CALLER, "personalize")} == {action}, (action, scope)
        granted.add(action)
    if DEEP:
        assert granted == set(catalog.actions_of("personalize"))


def test_a_guard_holds_back_what_it_is_to_hold_back() -> None:
    guarded = [paper for paper in _papers(Kind.PERMISSIONS) if "aws:CurrentTime" in paper.text]
    assert guarded
    for paper in guarded:
        first = allows(paper)[0]
        action, resource = first.actions[0], _witness(first.resources[0])
        context = _context(paper)
        assert _allowed(paper, action, resource, context)
        assert not _allowed(paper, action, resource, {**context, "aws:CurrentTime": "2027-02-01T00:00:00Z"})
        if "aws:MultiFactorAuthPresent" in context:
            assert not _allowed(paper, action, resource, {**context, "aws:MultiFactorAuthPresent": "false"})


def test_commands_are_ones_that_the_cli_takes() -> None:
    for name, _, plan in plans():
        for command in _commands(shell(plan)):
            _check_command(command, name)


def _commands(script: str) -> Iterator[list[str]]:
    plain = re.sub(r"^cat > .*?<<'(\w+)'\n.*?\n\1$", "", script, flags=re.DOTALL | re.MULTILINE)
    for line in plain.splitlines():
        text = re.sub(r'^\w+="\$\((.*)\)"$', r"\1", line)
        if text.startswith("aws "):
            yield shlex.split(text)
        else:
            assert not text or text.startswith(("#", "set -eu")), text


@cache
def _operations(service: str) -> dict[str, Any]:
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


def _check_command(words: list[str], name: str) -> None:
    _, service, operation, *options = words
    shape = _operations({"s3api": "s3"}.get(service, service))[operation].input_shape
    given = {option.removeprefix("--") for option in options[::2]} - {"query", "output"}
    known = {xform_name(member, "-"): member for member in shape.members}
    assert given <= set(known), f"{name}: {words}"
    assert {xform_name(member, "-") for member in shape.required_members} <= given, f"{name}: {words}"
    assert all(not value.startswith("--") for value in options[1::2])


def test_documents_in_commands_are_the_ones_shown() -> None:
    for _, _, plan in plans()[:: EVERY_NTH * 5]:
        written = re.findall(r"cat > ([\w-]+)\.json <<'\w+'\n(.*?)\nACCESS_DESK_DOCUMENT", shell(plan), flags=re.DOTALL)
        texts = {paper.name: paper.text for paper in plan.papers()}
        assert all(texts[name] == text for name, text in written)


def _different(maker: Any) -> list[str]:
    """One of each form: documents of equal shape are checked once."""
    found: dict[str, str] = {}
    for _, _, plan in plans():
        if plan.entities:
            form = repr([(e.kind, e.path, bool(e.trust), bool(e.boundary), e.session_seconds) for e in plan.entities])
            trust = plan.entities[0].trust
            kinds = list(trust.policy["Statement"][0]["Principal"]) if trust else []
            found.setdefault(f"{form}{kinds}{bool(plan.buckets)}", maker(plan))
    return list(found.values())


def test_cloudformation_is_accepted_by_its_linter() -> None:
    every = _different(cloudformation)
    assert len(every) > 10
    templates = every if DEEP else every[::2]
    for text in templates:
        json.loads(text)
        found = [f"{match.rule.id} {match.message}" for match in lint_all(text) if match.rule.id[0] in "EW"]
        assert found == [], text


def test_terraform_parses_and_holds_the_documents() -> None:
    for text in _different(terraform):
        found = hcl2.loads(text)
        assert found["resource"]


def test_a_value_never_becomes_a_terraform_expression() -> None:
    from troubleshoot.remedy.documents.plan import Entity, EntityKind, Place, document

    own = "arn:aws:iam::123456789012:user/${aws:username}"
    policy = document({"Sid": "A", "Effect": "Allow", "Action": "iam:GetUser", "Resource": own})
    paper = Paper("permissions", "P", Kind.PERMISSIONS, policy, "x")
    text = terraform(Plan(Place("123456789012", "us-east-1"), (Entity(EntityKind.ROLE, "a", (paper,)),)))
    assert "$${aws:username}" in text


def _walk(flow: Flow, answers: dict[str, str], **typed: str) -> Walk:
    kept = {name: _replaced(fields, typed) for name, fields in everything(flow).items()}
    return replay(flow, answers, kept)


def _replaced(fields: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    return {name: typed.get(name, value) for name, value in fields.items()}


OWN_ROLE = {
    "who": "people", "signs-in": "idc", "place": "given", "job": "builder", "scope-build": "prefix", "prefix": "given",
    "service-role": "given", "data": "given", "guard": "none",
}  # fmt: skip


def test_a_service_role_of_another_account_is_refused_in_words() -> None:
    walk = _walk(FLOWS["let-others-in"], OWN_ROLE, role="arn:aws:iam::999999999999:role/x")
    with pytest.raises(NothingToBuildError, match="must be in your own account"):
        plan_of(walk)


@pytest.mark.parametrize("other", ["123456789012", "arn:aws:iam::123456789012:role/Collector"])
@pytest.mark.parametrize("who", ["own", "third", "data"])
def test_the_own_account_is_not_taken_for_the_other_one(who: str, other: str) -> None:
    """The page refuses it when it is typed; but the own account may be changed to it afterwards."""
    flow = FLOWS["outside-my-account"]
    answers = next(one for one in products(flow) if one["who"] == who)
    with pytest.raises(NothingToBuildError, match="your own account"):
        plan_of(_walk(flow, dict(answers), other=other))


def test_resources_that_fit_no_action_are_refused_in_words() -> None:
    answers = {
        "who": "app", "runs-on": "ec2", "place": "given", "job": "custom", "actions": "personalize:DescribeSchema",
        "scope": "named", "named": "given", "service-role": "unknown", "data": "unknown", "guard": "none",
    }  # fmt: skip
    walk = _walk(FLOWS["let-others-in"], answers)
    assert walk.at.id == "grant"
    with pytest.raises(NothingToBuildError, match="nothing would be allowed"):
        plan_of(walk)


def test_every_document_can_be_downloaded_in_every_form() -> None:
    _, walk, plan = next(one for one in plans() if one[2].entities)
    for paper in plan.papers():
        found = file_of(walk, paper.name, "json")
        assert found is not None
        assert json.loads(found.text) == paper.policy
    for form in RENDERERS:
        assert file_of(walk, "", form) is not None
    assert file_of(walk, "nothing", "json") is None
    assert file_of(walk, "", "nothing") is None


def test_the_data_of_jobs_names_its_sources() -> None:
    folder = Path(__file__).parents[3] / "troubleshoot" / "remedy" / "data"
    for name in ("personas.json", "trust_rules.json"):
        assert json.loads((folder / name).read_text(encoding="utf-8"))["read"] == "2026-11-22"
