"""From a paste to an answer on live IAM state (the sandbox), as each viewer may see it."""

import pytest

from tests.cast import MARY_ARN, MATEO_ARN
from tests.sandbox import sandbox, sandbox_server  # noqa: F401
from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access.answer import Evidence
from troubleshoot.access.explain import NO_ACCOUNT, NO_SUCH_PRINCIPAL, NOT_YOURS, SIGNED_OUT, TEXT_ONLY
from troubleshoot.aws.sandbox import world
from troubleshoot.iam.decision import Effect, Outcome
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import AuditEntry, Diagnosis, Mode
from troubleshoot.remedy import NoProposal, Proposal

DATASET = "arn:aws:personalize:us-east-1:123456789012:dataset/food/INTERACTIONS"
DATASET_GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/retail-old"


def denial(action, resource=None, principal=MATEO_ARN, tail=""):
    on = f" on resource: {resource}" if resource else ""
    return f"User: {principal} is not authorized to perform: {action}{on}{tail}"


@pytest.fixture
def live(account, sandbox, settings):  # noqa: F811
    settings.AWS_ENDPOINT_URL = sandbox.endpoint_url
    account.mode = Mode.READ
    account.reader_role_arn = world.READER_ROLE
    account.reader_external_id = world.EXTERNAL_ID
    account.save()
    return account


def answered(person, text, viewer=None):
    kept = diagnoses.diagnose(person=person, reading=diagnoses.read_paste(text))
    return diagnoses.answer(Diagnosis.objects.get(pk=kept.pk), viewer=viewer or person)


def gate(answer, layer):
    return next(gate for gate in answer.gates if gate.layer is layer)


def test_the_live_state_decides_and_a_proposal_is_proven(live, mateo):
    answer = answered(mateo, denial("personalize:ListSchemas"))
    assert answer.live
    assert answer.own_principal
    assert answer.decision.outcome is Outcome.IMPLICIT_DENY
    assert gate(answer, Layer.IDENTITY).effect is Effect.IMPLICIT
    assert gate(answer, Layer.IDENTITY).evidence is Evidence.LIVE
    assert gate(answer, Layer.SCPS).effect is Effect.PASSES
    assert isinstance(answer.proposal, Proposal)
    assert answer.proposal.proven
    assert not answer.after.stopping
    assert answer.after.missing_layers == (Layer.VPC_ENDPOINT,)


def test_the_closest_statement_is_shown_in_its_document(live, mateo):
    answer = answered(mateo, denial("personalize:DescribeDataset", DATASET))
    closest = answer.statements[0]
    assert not closest.deciding
    assert closest.reason.sid == "OneDatasetGroup"
    assert "dataset/retail/*" in closest.document


def test_the_level_of_the_organization_that_denies_is_named_but_its_text_is_not_for_employees(live, mateo):
    answer = answered(mateo, denial("personalize:DeleteDatasetGroup", DATASET_GROUP))
    assert gate(answer, Layer.SCPS).effect is Effect.EXPLICIT
    assert gate(answer, Layer.SCPS).level == world.UNIT_NAME
    shown = answer.statements[0]
    assert (shown.document, shown.reason.sid, shown.reason.elements) == (None, None, ())
    assert all(not reason.elements for reason in answer.decision.layers[Layer.SCPS].deciding)
    assert isinstance(answer.no_proposal, NoProposal)
    assert answer.no_proposal.layer is Layer.SCPS


@pytest.mark.parametrize(
    ("viewer", "own_text", "control_text"),
    [("helen", False, False), ("rita", True, True), ("adam", True, True), ("otto", True, True)],
)
def test_staff_see_as_much_as_their_role_lets_them(live, request, mateo, viewer, own_text, control_text):
    viewer = request.getfixturevalue(viewer)
    near = answered(mateo, denial("personalize:DescribeDataset", DATASET), viewer=viewer)
    assert near.live
    assert (near.statements[0].document is not None) is own_text
    assert bool(near.decision.layers[Layer.IDENTITY].near_misses) is own_text
    scp = answered(mateo, denial("personalize:DeleteDatasetGroup", DATASET_GROUP), viewer=viewer)
    assert (scp.statements[0].document is not None) is control_text


def test_pasting_somebody_elses_arn_reads_nothing_about_them(live, charlie, mary):
    for person in (charlie, mary):
        answer = answered(person, denial("personalize:ListSchemas"))
        assert not answer.live
        assert answer.not_live_because == NOT_YOURS
        assert answer.decision is None
        assert Diagnosis.objects.get(person=person).snapshot is None


def test_changing_the_principal_to_somebody_elses_reads_nothing_about_them(live, mary):
    kept = diagnoses.diagnose(
        person=mary, reading=diagnoses.read_paste(denial("personalize:ListSchemas", principal=MARY_ARN))
    )
    assert kept.snapshot is not None
    diagnoses.change_facts(kept, viewer=mary, facts={"principal": MATEO_ARN})
    assert kept.snapshot is None
    assert not diagnoses.answer(kept, viewer=mary).live


def test_what_staff_read_of_somebody_stays_hidden_from_who_pasted_it(live, charlie, rita):
    kept = diagnoses.diagnose(person=charlie, reading=diagnoses.read_paste(denial("personalize:ListSchemas")))
    diagnoses.recheck(kept, viewer=rita)
    assert diagnoses.answer(kept, viewer=rita).live
    seen = diagnoses.answer(kept, viewer=charlie)
    assert (seen.live, seen.decision, seen.statements) == (False, None, ())


def test_a_missing_fact_is_asked_for_and_judged_when_it_is_there(live, mary):
    kept = diagnoses.diagnose(person=mary, reading=diagnoses.read_paste(denial("iam:PassRole", principal=MARY_ARN)))
    assert diagnoses.answer(kept, viewer=mary).missing == ("resource",)
    diagnoses.change_facts(kept, viewer=mary, facts={"resource": world.SERVICE_ROLE})
    answer = diagnoses.answer(kept, viewer=mary)
    assert answer.missing == ()
    assert answer.decision.outcome is Outcome.IMPLICIT_DENY
    statement = answer.proposal.change.statements[0]
    assert statement["Resource"] == world.SERVICE_ROLE
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}}


@pytest.mark.parametrize(
    ("action", "said", "resource"),
    [
        ("iam:GetPolicy", "policy arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("iam:CreateAccessKey", "user mateojackson", MATEO_ARN),
    ],
)
def test_what_iam_names_in_its_own_way_is_judged_where_its_arn_is_certain(live, mateo, action, said, resource):
    answer = answered(mateo, denial(action, said))
    assert answer.missing == ()
    assert answer.call.resource == resource
    assert answer.live


@pytest.mark.parametrize("said", ["role Foo", "user marymajor"])
def test_a_name_whose_path_nobody_knows_is_not_made_an_arn(live, mateo, said):
    answer = answered(mateo, denial("iam:GetRole", said))
    assert answer.missing == ("resource",)
    assert answer.facts.resource == said


def test_a_secret_typed_into_a_fact_is_not_kept(live, mateo):
    secret = "k3yQw8Zr1TnVb5Xc7Lm9Pd2Fs4Gh6Jt0Ru/Ea+Oi"
    kept = diagnoses.diagnose(person=mateo, reading=diagnoses.read_paste(denial("s3:GetObject", "arn:aws:s3:::b/k")))
    diagnoses.change_facts(kept, viewer=mateo, facts={"resource": f"arn:aws:s3:::b/k?aws_secret_access_key={secret}"})
    kept.refresh_from_db()
    assert secret not in str(kept.facts)


def test_a_text_that_redaction_made_longer_is_shown_again(account, mateo):
    text = denial("personalize:ListSchemas") + "\nCookie: a=b" * 20_000
    answer = answered(mateo, text)
    assert len(answer.reading.text) > 256 * 1024
    assert answer.facts.action == "personalize:ListSchemas"


def test_an_action_without_a_resource_is_asked_for_on_everything(live, mateo):
    schema = "arn:aws:personalize:us-east-1:123456789012:schema/*"
    answer = answered(mateo, denial("personalize:ListSchemas", schema))
    assert answer.proposal.change.statements[0]["Resource"] == "*"
    assert answer.proposal.proven


@pytest.mark.parametrize(("operation", "service"), [("CreateDatasetGroup", True), ("CreateFunction", False)])
def test_a_role_is_granted_only_for_the_service_that_the_call_passes_it_to(live, mary, operation, service):
    head = f"An error occurred (AccessDeniedException) when calling the {operation} operation: "
    answer = answered(mary, head + denial("iam:PassRole", world.SERVICE_ROLE, principal=MARY_ARN))
    assert (answer.proposal is not None) is service
    if not service:
        assert answer.no_proposal.code == "other_service"


def test_a_call_that_is_allowed_without_identity_policies_is_not_asked_for(live, mary):
    answer = answered(mary, denial("sts:AssumeRole", world.BUILDER_ROLE, principal=MARY_ARN))
    assert answer.proposal is None
    assert answer.no_proposal.code == "already_allowed"


def test_a_session_of_somebody_elses_role_is_not_asked_for_without_its_path(live, charlie):
    session = "arn:aws:sts::123456789012:assumed-role/PersonalizeBuilder/x"
    assert answered(charlie, denial("personalize:ListSchemas", principal=session)).no_proposal.code == "role_path"


def test_another_partition_is_another_account(live, mateo):
    text = denial("personalize:ListSchemas", principal=MATEO_ARN.replace("arn:aws:", "arn:aws-cn:"))
    assert answered(mateo, text).not_live_because == NO_ACCOUNT


def test_the_second_resource_that_a_create_action_needs_is_named(live, mateo):
    campaign = "arn:aws:personalize:us-east-1:123456789012:campaign/retail-prod"
    answer = answered(mateo, denial("personalize:CreateCampaign", campaign))
    assert ("personalize:CreateCampaign", "solution", "always") in {
        (check.action, check.resource_type, check.when) for check in answer.next_checks
    }


def test_it_says_so_when_the_live_state_would_allow_the_call(live, mateo):
    answer = answered(mateo, denial("personalize:ListCampaigns"))
    assert answer.disagrees
    assert answer.no_proposal.code == "already_allowed"


def test_a_vpc_endpoint_denial_is_taken_from_the_message(live, mateo):
    answer = answered(
        mateo, denial("personalize:ListCampaigns", "*", tail=" with an explicit deny in a VPC endpoint policy")
    )
    assert gate(answer, Layer.VPC_ENDPOINT).effect is Effect.EXPLICIT
    assert gate(answer, Layer.VPC_ENDPOINT).evidence is Evidence.MESSAGE
    assert not answer.disagrees
    assert answer.no_proposal.layer is Layer.VPC_ENDPOINT


def test_a_principal_that_iam_does_not_know_is_said_to_be_gone(live, rita):
    answer = answered(rita, denial("personalize:ListSchemas", principal=MATEO_ARN.replace("mateojackson", "nobody")))
    assert answer.not_live_because == NO_SUCH_PRINCIPAL


def test_an_account_in_text_only_mode_is_answered_from_the_text(account, mateo):
    answer = answered(mateo, denial("personalize:ListSchemas"))
    assert answer.not_live_because == TEXT_ONLY
    assert isinstance(answer.proposal, Proposal)
    assert not answer.proposal.proven


def test_an_account_that_the_portal_does_not_know_is_said_to_be_unknown(mateo):
    text = denial("personalize:ListSchemas", principal="arn:aws:iam::999999999999:user/somebody")
    assert answered(mateo, text).not_live_because == NO_ACCOUNT


def test_signed_out_answers_keep_nothing(account):
    answer = diagnoses.answer_from_text(diagnoses.read_paste(denial("personalize:ListSchemas")))
    assert answer.not_live_because == SIGNED_OUT
    assert not Diagnosis.objects.exists()
    assert not AuditEntry.objects.exists()


def test_awss_fictional_action_is_named_with_real_ones_beside_it(account, mateo):
    answer = answered(mateo, denial("personalize:GetWidget", "my-example-widget"))
    assert answer.fictional
    assert answer.action_exists is False
    assert answer.closest_actions
    assert answer.proposal is None


def test_a_kept_diagnosis_leaves_an_audit_row_without_names(live, mateo):
    answered(mateo, denial("personalize:ListSchemas"))
    entry = AuditEntry.objects.get()
    assert entry.event == "diagnosis.kept"
    assert "mateo" not in str(entry.data) + entry.actor


def test_own_access_keys_are_listed_without_secrets(live, mateo, mary, charlie):
    ((link, keys),) = diagnoses.own_access_keys(mateo)
    assert link.principal_arn == MATEO_ARN
    assert {key.status for key in keys} == {"Active", "Inactive"}
    assert diagnoses.own_access_keys(charlie) == []


def test_own_access_keys_say_why_they_cannot_be_read(account, mateo):
    ((_, keys),) = diagnoses.own_access_keys(mateo)
    assert isinstance(keys, Missing)


def test_awss_own_simulator_is_asked_beside_the_portals_evaluator_and_they_agree(live, mateo):
    answer = answered(mateo, denial("personalize:ListSchemas"))
    assert (answer.aws.simulation.principal, answer.aws.simulation.decision) == (MATEO_ARN, "implicitDeny")
    assert answer.disagreements == ()
    assert isinstance(answer.aws.roles, tuple)


@pytest.mark.parametrize("resource", ["arn:aws:iam::*:role/Admin", "arn:aws:iam::12345678901?:role/Admin"])
def test_a_role_in_every_account_is_no_known_resource(account, mateo, resource):
    answer = answered(mateo, denial("sts:AssumeRole", resource))
    assert answer.missing == ("resource",)
    assert not isinstance(answer.proposal, Proposal)
