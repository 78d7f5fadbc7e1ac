"""One that is deleted and made anew under the same name is somebody else, and gets nothing of what was approved."""

import pytest
from django.utils import timezone

from tests.builders import make_call, make_change, make_diagnosis
from tests.cast import ALICE_ARN, MATEO_ARN, make_account
from tests.faults.fake_iam import ALLOW_ALL, FakeIam, FakeReader, Script, install
from tests.faults.steps import agree, drain, let_it_expire, settle
from tests.sandbox import settings_of
from troubleshoot import audit
from troubleshoot.access import extending, reconcile, services, undo
from troubleshoot.access.same_principal import id_digest
from troubleshoot.aws.errors import problem
from troubleshoot.aws.gateway import ProblemKind, reader_for, writer_for
from troubleshoot.aws.sandbox import world
from troubleshoot.aws.sandbox.seed import client, reseed, unguarded
from troubleshoot.models import AccessRequest, AuditEntry, OutboxMessage, State

pytestmark = pytest.mark.django_db
FIRST = "AIDA-alice"
ANEW = "AIDA-alice-ANEW"
THEIRS = "arn:aws:iam::123456789012:policy/theirs"


def filed(person, account, **values):
    return services.submit(
        requester=person,
        account=account,
        call=make_call(),
        change=make_change(account),
        justification="The weekly import needs it.",
        idempotency_key="one",
        **values,
    )


def events(request):
    return list(AuditEntry.objects.filter(subject=request.code).order_by("sequence").values_list("event", flat=True))


def give(iam, *arns):
    """Attach policies to whoever bears Alice's name now."""
    with iam.changing() as state:
        state["policies"] |= {arn: ALLOW_ALL for arn in arns if arn not in state["policies"]}
        state["attached"][ALICE_ARN] = list(arns)


def refused_as_another(request, iam):
    agree(request, iam)
    assert request.state == State.FAILED
    assert request.failure.startswith("The user was deleted and made anew since this was asked for")
    entry = AuditEntry.objects.get(subject=request.code, event="request.principal_recreated")
    assert (entry.data["principal_id"], entry.data["found"]) == (id_digest(FIRST), id_digest(ANEW))
    assert OutboxMessage.objects.filter(template="failed", request=request).exists()


@pytest.fixture
def evidence(iam):
    return FakeReader(iam).snapshot(ALICE_ARN, action="a:B", resource="*").as_data()


def test_the_id_is_frozen_with_what_the_request_was_judged_on(writable, alice, rita, evidence):
    diagnosis = make_diagnosis(person=alice, account=writable, snapshot=evidence)
    request = filed(alice, writable, diagnosis=diagnosis)
    assert AccessRequest.objects.get(pk=request.pk).principal_unique_id == FIRST
    assert AuditEntry.objects.get(event="request.submit").data["principal_id"] == id_digest(FIRST)


def test_the_id_is_frozen_from_no_text_no_other_account_and_no_other_principal(writable, alice, rita, evidence):
    other = make_account(account_id="210987654321", name="other")
    of_another = {**evidence, "principal": MATEO_ARN}
    for number, values in enumerate([
        {"account": writable},
        {"account": other, "snapshot": evidence},
        {"account": writable, "snapshot": of_another},
    ]):  # fmt: skip
        request = filed(alice, writable, diagnosis=make_diagnosis(person=alice, **values))
        assert request.principal_unique_id == "", number
        assert AuditEntry.objects.filter(event="request.submit").last().data["principal_id"] is None
        services.withdraw(request=request, person=alice)
        AccessRequest.objects.filter(pk=request.pk).update(idempotency_key=f"over-{number}")


def test_the_id_is_frozen_at_the_first_live_reading_where_it_was_filed_from_text_alone(approved, iam):
    assert approved.principal_unique_id == ""
    reconcile.run_one("test")
    approved.refresh_from_db()
    assert (approved.state, approved.principal_unique_id) == (State.APPLYING, FIRST)
    assert AuditEntry.objects.get(event="request.begin").data["principal_id"] == id_digest(FIRST)


def test_the_id_is_frozen_by_nobody_who_lost_the_row(approved, iam, monkeypatch):
    def overtaken(point):
        if point == "unique_id:after":
            AccessRequest.objects.update(fence=99)

    install(monkeypatch, iam, overtaken)
    assert reconcile.run_one("test") == f"{approved.code} approved: moved on meanwhile"
    approved.refresh_from_db()
    assert approved.principal_unique_id == ""


def test_the_id_is_frozen_where_an_administrator_applies_it_by_hand(approved, iam, monkeypatch):
    install(monkeypatch, iam, may_write=False)
    settle(approved)
    assert (approved.state, approved.principal_unique_id) == (State.AWAITING_MANUAL_APPLY, FIRST)


@pytest.mark.parametrize("may_write", [True, False])
def test_nothing_is_written_for_another_that_was_made_before_the_worker_came(approved, iam, monkeypatch, may_write):
    install(monkeypatch, iam, may_write=may_write)
    AccessRequest.objects.update(principal_unique_id=FIRST)
    iam.recreate()
    settle(approved)
    refused_as_another(approved, iam)
    assert not iam.effects()
    assert events(approved)[-2:] == ["request.principal_recreated", "request.fail"]


def test_nothing_is_written_for_another_that_was_made_after_the_intent(approved, iam):
    reconcile.run_one("test")
    iam.recreate()
    settle(approved)
    refused_as_another(approved, iam)
    assert not iam.effects()


@pytest.mark.parametrize(
    "point", ["create_policy:before", "create_policy:after", "attach:before", "attach:after", "snapshot:before"]
)
def test_nothing_is_written_for_another_that_was_made_at_any_moment_of_applying(approved, iam, monkeypatch, point):
    def recreated(here):
        if here == point and iam.state["ids"].get(ALICE_ARN) != ANEW:
            iam.recreate()

    install(monkeypatch, iam, recreated)
    settle(approved)
    assert "request.verified" not in events(approved)
    assert approved.state == State.FAILED
    assert (iam.attached(), iam.policies) == ([], {})
    agree(approved, iam)


def test_what_is_given_to_another_who_came_between_the_last_look_and_the_attachment_is_taken_away(
    approved, iam, monkeypatch
):
    def recreated(point):
        if point == "attach:before":
            iam.recreate()

    install(monkeypatch, iam, recreated)
    settle(approved)
    refused_as_another(approved, iam)
    assert iam.effects()["attach", approved.grant.policy_arn] == 1
    assert iam.effects()["detach", approved.grant.policy_arn] == 1
    assert approved.grant.ended_at


def test_for_nobody_at_all_no_policy_is_made(approved, iam):
    reconcile.run_one("test")
    with iam.changing() as state:
        state["gone"].append(ALICE_ARN)
    settle(approved)
    assert approved.state == State.FAILED
    assert not iam.effects()


def test_a_fault_while_the_id_is_read_is_no_other_principal(approved, iam, monkeypatch):

    install(monkeypatch, iam, Script({"unique_id:before": [problem(ProblemKind.THROTTLED, "iam:GetUser")] * 2}))
    settle(approved)
    agree(approved, iam)
    assert approved.state == State.ACTIVE


@pytest.fixture
def active(approved, iam):
    drain()
    approved.refresh_from_db()
    assert approved.state == State.ACTIVE
    return approved


@pytest.mark.parametrize("holds_it", [True, False])
@pytest.mark.parametrize("how", ["expired", "revoked"])
def test_the_end_takes_the_portals_own_policy_from_another_and_nothing_else(active, alice, iam, how, holds_it):
    iam.recreate()
    own = active.grant.policy_arn
    give(iam, THEIRS, *([own] if holds_it else []))
    if how == "expired":
        let_it_expire(active)
    else:
        services.end_early(request=active, person=alice)
    settle(active)
    assert active.state == how
    assert iam.attached() == [THEIRS]
    assert set(iam.policies) == {THEIRS}
    assert AuditEntry.objects.filter(subject=active.code).latest("sequence").data["recreated"] is True


def test_the_end_says_who_holds_what_could_not_be_taken_away(active, iam, adam):
    iam.recreate()
    give(iam, active.grant.policy_arn)
    with iam.changing() as state:
        state["writable"] = []
    let_it_expire(active)
    drain()
    active.refresh_from_db()
    assert active.failure.endswith("was deleted and made anew since, so it is somebody else now.")
    assert OutboxMessage.objects.filter(template="left_behind").exists()


def test_an_undo_that_had_detached_already_goes_on(active, rita, iam, monkeypatch):
    def recreated(point):
        if point == "detach:after":
            iam.recreate()
            raise RuntimeError("the worker stops here")

    install(monkeypatch, iam, recreated)
    undo.ask(request=active, person=rita, reason="It was too much.")
    drain()
    install(monkeypatch, iam)
    AccessRequest.objects.update(due_at=timezone.now())
    settle(active)
    assert active.state == State.REVOKED
    assert iam.policies == {}


def test_an_extension_goes_on_for_the_one_whom_the_first_grant_was_for(active, alice, rita, iam):
    longer = extending.extend(
        request=active, person=alice, hours=48, justification="It takes longer.", idempotency_key="longer"
    )
    assert longer.principal_unique_id == FIRST
    iam.recreate()
    before = iam.effects()
    services.approve(request=longer, approver=rita, change_digest=longer.change_digest)
    settle(longer)
    assert longer.state == State.FAILED
    assert "made anew" in longer.failure
    assert iam.effects() == before
    active.refresh_from_db()
    assert active.state == State.ACTIVE


@pytest.fixture
def handed_over(approved, iam, monkeypatch):
    install(monkeypatch, iam, may_write=False)
    settle(approved)
    assert approved.state == State.AWAITING_MANUAL_APPLY
    return approved


def test_what_was_given_by_hand_to_another_is_refused_and_asked_back(handed_over, rita, adam, iam):
    iam.recreate()
    with iam.changing() as state:
        state["policies"][handed_over.grant.policy_arn] = handed_over.grant.document
        state["attached"][ALICE_ARN] = [handed_over.grant.policy_arn]
    services.check_now(request=handed_over, person=rita)
    drain()
    handed_over.refresh_from_db()
    assert handed_over.state == State.FAILED
    assert "made anew" in handed_over.failure
    assert "is attached" in handed_over.failure
    told = OutboxMessage.objects.filter(template="remove_by_hand").values_list("person__username", flat=True)
    assert sorted(told) == ["adam", "rita"]
    give(iam)
    AccessRequest.objects.update(due_at=timezone.now())
    settle(handed_over)
    assert handed_over.grant.ended_at
    assert audit.verify().fault is None


def test_nothing_is_asked_back_where_nothing_was_given(handed_over, rita, iam):
    iam.recreate()
    services.check_now(request=handed_over, person=rita)
    settle(handed_over)
    refused_as_another(handed_over, iam)
    assert handed_over.grant.ended_at
    assert not OutboxMessage.objects.filter(template="remove_by_hand").exists()


def test_what_was_made_by_hand_is_not_active_where_nobody_can_tell_who_it_is(handed_over, rita, iam, monkeypatch):
    install(monkeypatch, FakeIam(iam.file, readable=False), may_write=False)
    services.check_now(request=handed_over, person=rita)
    settle(handed_over)
    assert handed_over.state == State.AWAITING_MANUAL_APPLY
    assert handed_over.failure.startswith("It could not be checked that the principal is still the same one.")


def ids(sandbox):
    settings = settings_of(sandbox)
    reader, writer = reader_for(settings), writer_for(settings)
    session = f"arn:aws:sts::{world.ACCOUNT}:assumed-role/PersonalizeBuilder/session"
    read = [
        reader.snapshot(arn, action="personalize:ListSchemas", resource="*").unique_id
        for arn in (world.MATEO, world.BUILDER_ROLE, session)
    ]
    return read, [writer.unique_id(arn) for arn in (world.MATEO, world.BUILDER_ROLE, session)]


def test_reader_and_writer_read_the_same_ids_which_outlive_a_restart(sandbox):
    read, written = ids(sandbox)
    assert read == written
    user, role, session = read
    assert (user[:4], role[:4], session) == ("AIDA", "AROA", role)
    reseed(sandbox.endpoint_url)
    with unguarded(sandbox.endpoint_url):
        again = client("iam", sandbox.endpoint_url).get_user(UserName="mateojackson")["User"]["UserId"]
    assert again == user


def test_a_user_of_the_same_name_that_was_made_anew_has_another_id(sandbox):
    before = ids(sandbox)[1][0]
    with unguarded(sandbox.endpoint_url):
        iam = client("iam", sandbox.endpoint_url)
        iam.create_user(UserName="newcomer")
        first = iam.get_user(UserName="newcomer")["User"]["UserId"]
        iam.delete_user(UserName="newcomer")
        iam.create_user(UserName="newcomer")
        assert iam.get_user(UserName="newcomer")["User"]["UserId"] not in (first, before)
