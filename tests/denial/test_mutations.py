"""What happens to a message on its way changes the reading to null at most, never to something else."""

import os
import random
from typing import Any

import pytest

from tests.denial.cases import DENIALS, FIELDS, samples
from tests.denial.mutations import MUTATIONS, Mutation, mutated
from troubleshoot.denial import Denial, parse
from troubleshoot.denial.tails import CUT

DEEP = os.environ.get("ACCESS_DESK_DEEP") == "1"
ROWS = samples(*DENIALS)
NOT_READ = {None, "unknown", CUT}


def differences(denial: Denial, expected: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that say something else than the sample's label."""
    label = {"deny_kind": "unknown", **expected}
    read = {name: getattr(denial, name) for name in FIELDS}
    wrong = {name: value for name, value in read.items() if value != label.get(name) and value not in NOT_READ}
    if str(label.get("error_code")).endswith(f"#{wrong.get('error_code')}"):
        del wrong["error_code"]  # the code without its namespace is the same code
    return wrong


@pytest.mark.parametrize("seed", range(10 if DEEP else 1))
def test_any_mixture_of_changes_leaves_the_reading_or_makes_it_null(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same numbers are wanted again
    read = 0
    rounds = 1000 if DEEP else 400
    different = []
    for _ in range(rounds):
        row = rng.choice(ROWS)
        text, names = mutated(row["text"], rng)
        denials = parse(text).denials
        read += bool(denials)
        wrong = differences(denials[0], row["expect"]) if denials else {}
        if wrong:
            different.append((row["id"], names, wrong, text))
    assert different == [], f"{len(different)} of {rounds} read differently"
    assert read > 0.96 * rounds


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_one_change_alone_rarely_costs_a_field(mutation: Mutation) -> None:
    rng = random.Random(7)  # noqa: S311 - the same numbers are wanted again
    whole = 0
    for row in ROWS:
        denials = parse(mutation(row["text"], rng)).denials
        label = {**dict.fromkeys(FIELDS), "deny_kind": "unknown", **row["expect"]}
        whole += bool(denials) and {name: getattr(denials[0], name) for name in FIELDS} == label
    assert whole >= 0.88 * len(ROWS)


def test_a_text_cut_off_after_the_action_says_less_but_nothing_else() -> None:
    for row in samples("sentences"):
        action = row["expect"].get("action")
        if action is None or row["text"].count(action) == 0:
            continue
        cut = row["text"][: row["text"].index(action) + len(action)]
        for denial in parse(cut).denials:
            assert not differences(denial, row["expect"]), (row["id"], cut)


NORA = "arn:aws:iam::444455556666:user/nora"
FAILURE = "You are not authorized to perform this operation. Encoded authorization failure message:"


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (f"User: {NORA} is not authorized to perform: s3:ListBucke\nt on the shop", "action", None),
        (f"User: {NORA} is not authorized to perform: s3:ListBucket\non the shop", "action", "s3:ListBucket"),
        (f"User: {NORA} is not authorized to perform: s3:ListBucket\nimport stopped", "action", "s3:ListBucket"),
        ("failed for build-run\nner-7 is not authorized to perform: s3:ListBucket", "principal", None),
        ("the topic Cloud\nh Alarms is not authorized to perform: SNS:Publish", "principal", None),
        (
            "User: arn:aws:sts::[account\nid]:assumed-role/Import/x is not authorized to perform: s3:ListBucket",
            "principal",
            None,
        ),
        (
            (
                f"User: {NORA} is not authorized to perform: ec2:RunInstances on resource: "
                "arn:aws:ec2:eu-west-1:444455556666:instance\n/* with an explicit deny in a session policy"
            ),
            "resource",
            "arn:aws:ec2:eu-west-1:444455556666:instance/*",
        ),
        (
            f"User: {NORA} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::4444\nmake: *** Error",
            "resource",
            None,
        ),
        (
            (
                f"User: {NORA} is not authorized to perform: iam:CreateRole with an explicit deny in a permissions "
                "boundary: arn:aws:iam::444455556666:policy/Ceiling.\nDescribed in the handbook."
            ),
            "policy_arn",
            "arn:aws:iam::444455556666:policy/Ceiling",
        ),
        (f"User: {NORA} is not authorized to perform: kms:Decrypt on resource: *\n**", "resource", None),
        (f"User: {NORA} is not authorized to perform: s3:ListBucket on resource: *\n * on resource", "resource", "*"),
        (
            "User: arn:aws:sts::444455556666:assumed-\nrole\n/Import/x is not authorized to perform: s3:ListBucket",
            "principal",
            "arn:aws:sts::444455556666:assumed-role/Import/x",
        ),
        (
            "L'utilisateur arn:aws:iam::444455556666:user/nora.\nfield n'est pas autorisé à effectuer : s3:ListBucket",
            "principal",
            None,
        ),
        (f"(UnauthorizedOperation) when calling the DescribeIns\n\ntances operation: {FAILURE}", "operation", None),
        (
            f"(403) when calling X: <Code>Access\nDenied</Code>User: {NORA} is not authorized to perform: s3:A",
            "error_code",
            "AccessDenied",
        ),
        ("It does not have permissions to call PutIt\nem. Allow dynamodb:PutIt\nem there.", "action", None),
        (
            f"{FAILURE} {'x9Qk3vT1mZ' * 5}\n{'7pR5sW2yB8' * 3}</pr\ne>",
            "encoded_message",
            "x9Qk3vT1mZ" * 5 + "7pR5sW2yB8" * 3,
        ),
        (f"{FAILURE} x9Qk3vT1mZ7pR5sW2yB8-[secret-access-key-removed]", "encoded_message", CUT),
        ("AccessDenied: user\n/nora is not authorized to perform: s3:ListBucket", "principal", None),
        (
            f"User: {NORA} is not authorized to perform: s3:Lis\\\u2060tBucket with an explicit deny",
            "action",
            "s3:ListBucket",
        ),
        (
            (
                '{"userIdentity": {"\narn": "ar\nn:aws:iam::444455556666:user/nora", "userName": "nora"}, '
                '"eventName": "A", "errorCode": "AccessDenied", "errorMessage": "Access Denied"}'
            ),
            "principal",
            NORA,
        ),
        (
            (
                f"Mar  2 10:15:00 host app[1]: User: {NORA} is not authorized to perform: s3:GetObject on resource: "
                "arn:aws:s3:::shop\nMar  2 10:15:00 host app[1]: /* with an explicit deny in a session policy"
            ),
            "resource",
            "arn:aws:s3:::shop/*",
        ),
        (
            "error: ECS was unable to assume the role 'arn:aws:iam::444455556666:role/shop'that was provided",
            "resource",
            None,
        ),
    ],
)
def test_what_a_line_break_may_have_cut_is_whole_or_null(text: str, field: str, value: str | None) -> None:
    (denial,) = parse(text).denials
    assert getattr(denial, field) == value


@pytest.mark.parametrize("width", range(20, 160, 7))
def test_the_plain_sentence_is_read_whole_at_every_width(width: int) -> None:
    row = next(row for row in ROWS if row["id"] == "explicit-scp-arn")
    text = row["text"] + ".\n"
    broken = "\n".join(text[at : at + width] for at in range(0, len(text), width))
    (denial,) = parse(broken).denials
    assert (denial.principal, denial.action, denial.resource) == tuple(
        row["expect"][name] for name in ("principal", "action", "resource")
    )
