"""The reader and the evaluator together: the sandbox's denials, and what becomes of a snapshot with a hole in it."""

from dataclasses import replace

import pytest

from tests.sandbox import settings_of
from troubleshoot.aws.gateway import reader_for
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.process import Sandbox
from troubleshoot.iam import Effect, Layer, Outcome, Request, evaluate
from troubleshoot.iam.snapshot import Missing, Snapshot

SALES = world.personalize("dataset/sales/ITEMS")
RETAIL = world.personalize("dataset-group/retail-1")
RECIPES = ("personalize:ListRecipes", "*")
PIECES = ("identity", "boundary", "scps", "rcps", "resource", "session", "vpc_endpoint")


def read(running: Sandbox, principal: str, action: str, resource: str) -> Snapshot:
    return reader_for(settings_of(running)).snapshot(principal, action=action, resource=resource)


def request(principal: str, action: str, resource: str) -> Request:
    context = {"aws:PrincipalArn": principal, "aws:PrincipalAccount": world.ACCOUNT}
    if action == "iam:PassRole":
        context["iam:PassedToService"] = "personalize.amazonaws.com"
    return Request(principal, action, resource, resource_account=world.ACCOUNT, context=context)


@pytest.mark.parametrize(
    ("principal", "action", "resource", "layer", "effect"),
    [
        (world.MATEO, "personalize:ListSchemas", "*", Layer.IDENTITY, Effect.IMPLICIT),
        (world.MATEO, "personalize:DescribeDataset", SALES, Layer.IDENTITY, Effect.IMPLICIT),
        (world.MATEO, "personalize:DeleteDatasetGroup", RETAIL, Layer.SCPS, Effect.EXPLICIT),
        (world.MATEO, "s3:ListAllMyBuckets", "*", Layer.BOUNDARY, Effect.IMPLICIT),
        (world.MARY, "iam:PassRole", world.SERVICE_ROLE, Layer.IDENTITY, Effect.IMPLICIT),
        (world.MARY, "personalize:CreateDataDeletionJob", RETAIL, Layer.IDENTITY, Effect.EXPLICIT),
    ],
)
def test_each_denial_of_the_sandbox_has_the_layer_that_its_page_names(
    seeded_sandbox: Sandbox, principal: str, action: str, resource: str, layer: Layer, effect: Effect
) -> None:
    snapshot = read(seeded_sandbox, principal, action, resource)
    decision = evaluate(request(principal, action, resource), snapshot.policy_set())
    assert [(result.layer, result.effect) for result in decision.stopping] == [(layer, effect)]


@pytest.mark.parametrize("name", PIECES)
def test_a_snapshot_with_a_hole_never_allows(seeded_sandbox: Sandbox, name: str) -> None:
    whole = replace(read(seeded_sandbox, world.MATEO, *RECIPES), vpc_endpoint=None)
    asked = request(world.MATEO, *RECIPES)
    assert evaluate(asked, whole.policy_set()).outcome is Outcome.ALLOWED
    holed = replace(whole, **{name: Missing("not read")})  # type: ignore[arg-type]
    assert evaluate(asked, holed.policy_set()).outcome is Outcome.DEPENDS


def test_what_nobody_can_see_keeps_a_live_snapshot_from_saying_allowed(seeded_sandbox: Sandbox) -> None:
    decision = evaluate(request(world.MATEO, *RECIPES), read(seeded_sandbox, world.MATEO, *RECIPES).policy_set())
    assert decision.outcome is Outcome.DEPENDS
    assert decision.missing_layers == (Layer.VPC_ENDPOINT,)
