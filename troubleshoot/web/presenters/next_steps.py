"""What the person can do now, best first: each step with its words and, where there is one, its button."""

import re
from collections.abc import Iterable
from typing import Literal
from urllib.parse import quote, urlencode

from django.urls import reverse

from troubleshoot.access.answer import Answer
from troubleshoot.denial import PrincipalKind
from troubleshoot.iam.catalog import actions_of
from troubleshoot.iam.layers import Layer
from troubleshoot.models import UNSETTLED, AccessRequest, Account, Diagnosis, Person, State
from troubleshoot.remedy.documents.plan import Paper
from troubleshoot.web.presenters.names import list_in_words, principal_name, resource_name
from troubleshoot.web.presenters.policies import PolicyView, document_view
from troubleshoot.web.presenters.steps import Link, Step
from troubleshoot.web.presenters.usable_roles import role_steps

_SAID_ELSEWHERE = frozenset({"already_allowed", "unknown_action", "root", "no_principal"})
_PERMISSION_SET = (
    "AWSReservedSSO_"  # https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
)
_VERB = re.compile(r"[A-Z][a-z]+")


def open_request(requests: Iterable[AccessRequest]) -> AccessRequest | None:
    """Return the first of a case's requests that still asks for something, or still gives it."""
    return next((request for request in requests if request.state in UNSETTLED), None)


def next_steps(
    answer: Answer,
    diagnosis: Diagnosis | None,
    *,
    asked: AccessRequest | None = None,
    viewer: Person | None = None,
) -> tuple[Step, ...]:
    """Return the steps of an answer, in the order in which to try them.

    `diagnosis` is None when signed out; `asked` is an open request from this case, called the viewer's own if it is.
    """
    steps = [
        *_missing(answer, diagnosis),
        *_closest(answer, diagnosis),
        *_try_again(answer),
        *role_steps(answer),
        *_caller(answer),
        *(_asked(asked, answer, viewer) if asked else _request(answer, diagnosis)),
        *_owner(answer),
        *_topic(answer),
        *_contact(answer),
    ]
    return tuple(steps)


def real_actions(answer: Answer) -> tuple[str, ...]:
    """Return the real actions that may be meant; for AWS's made-up example those that begin with its verb."""
    action = answer.facts.action or ""
    service, _, name = action.partition(":")
    verb = _VERB.match(name)
    if answer.fictional and verb:
        alike = tuple(real for real in actions_of(service.lower()) if real.partition(":")[2].startswith(verb.group()))
        return alike or answer.closest_actions
    return answer.closest_actions


def is_pass_role(answer: Answer) -> bool:
    """Tell whether the denied action is iam:PassRole, which has a topic of its own."""
    return (answer.facts.action or "").lower() == "iam:passrole"


def _topic(answer: Answer) -> list[Step]:
    if is_pass_role(answer):
        words = "You hand a role to Amazon Personalize, and it works with that role’s rights."
        return [
            Step("Read what passing a role means", words, reverse("pass-role"), "About iam:PassRole"),
            Step(
                "Check the whole chain",
                "A guide looks at you, the role, its trust, the bucket and the key.",
                f"{reverse('guide', args=['pass-role'])}?when=call",
                "Start the guide",
            ),
        ]
    if answer.no_proposal and answer.no_proposal.code == "other_account":
        words = "Somebody there gives you a role, and you assume it for this call."
        return [Step("Read how to get into another account", words, reverse("outside-my-account"), "Read on")]
    if answer.fictional:
        words = "AWS shows the example to explain what to ask an administrator for."
        return [Step("Read what the example means", words, reverse("not-authorized"), "Read on")]
    return []


def _missing(answer: Answer, diagnosis: Diagnosis | None) -> list[Step]:
    missing = [name for name in answer.missing if not (name == "resource" and is_pass_role(answer))]
    if not missing or diagnosis is None or answer.fictional:
        return []
    resource = "the resource’s ARN, only a name" if answer.facts.resource else "the resource"
    words = {"principal": "who made the call", "action": "the action", "resource": resource}
    return [
        Step(
            "Add what the message left out",
            f"It does not say {list_in_words([words[name] for name in missing], last='or')}.",
            reverse("facts", args=[diagnosis.token]),
            "Add it",
            "primary",
        )
    ]


def _closest(answer: Answer, diagnosis: Diagnosis | None) -> list[Step]:
    if not answer.closest_actions or (answer.action_exists and not answer.fictional):
        return []
    known = list_in_words(real_actions(answer), last="or")
    return [
        Step(
            "Pick the action that you really used",
            f"AWS knows no {answer.facts.action}. You may mean {known}.",
            reverse("facts", args=[diagnosis.token]) if diagnosis else "",
            "Change the action" if diagnosis else "",
            "primary",
            choices=action_choices(answer, diagnosis) if diagnosis else (),
        )
    ]


def action_choices(answer: Answer, diagnosis: Diagnosis) -> tuple[Link, ...]:
    """Return the real actions that may be meant, each leading to the form with that action filled in."""
    if answer.action_exists and not answer.fictional:
        return ()
    address = reverse("facts", args=[diagnosis.token])
    return tuple(Link(action, f"{address}?{urlencode({'action': action})}") for action in real_actions(answer))


def _try_again(answer: Answer) -> list[Step]:
    if not (answer.no_proposal and answer.no_proposal.code == "already_allowed"):
        return []
    return [
        Step(
            "Try the call again",
            "A change in IAM can take a minute or more to reach every region. If it fails again, paste that message.",
            reverse("home"),
            "Paste the new message",
        )
    ]


def _request(answer: Answer, diagnosis: Diagnosis | None) -> list[Step]:
    if answer.proposal is None:
        return []
    action, resource = answer.facts.action or "", resource_name(answer.facts.resource)
    what = f"{action} on {resource.short}" if resource and resource.short != "*" else action
    if diagnosis is None:
        return [Step("Sign in to ask for access", f"A request for {what} is filled in for you.", *_sign_in())]
    if answer.account is None:
        return []
    return [
        Step(
            "Ask for just this action" if answer.own_principal else f"Ask on behalf of {_principal(answer)}",
            f"{what}, nothing more{_or_the_job(action)}. {who_decides(answer)}",
            reverse("request-access", args=[diagnosis.token]),
            "Request access",
            "primary",
        )
    ]


def _or_the_job(action: str) -> str:
    return "; or the whole job that it belongs to, risks side by side" if action.startswith("personalize:") else ""


def _asked(asked: AccessRequest, answer: Answer, viewer: Person | None) -> list[Step]:
    words = "It was asked for already, and stands there until it is over."
    if asked.state == State.ACTIVE:
        stopped = answer.decision is not None and bool(answer.decision.stopping)
        words = (
            "It was verified after this case was checked. Check again to see it here." if stopped else "It is active."
        )
    own = viewer is not None and viewer.pk in (asked.requester_id, asked.beneficiary_id)
    return [
        Step(
            f"See your request {asked.code}" if own else f"See request {asked.code} of {asked.requester}",
            words,
            reverse("request", args=[asked.code]),
            "See the request",
            "primary",
        )
    ]


def who_decides(answer: Answer) -> str:
    """Return one sentence on who will decide a request."""
    names = [str(person) for person in answer.who_decides]
    if not names:
        return "Nobody can approve it yet; an administrator will be told."
    shown = names[:3] + ([f"{len(names) - 3} more"] if len(names) > 3 else [])
    return f"{list_in_words(shown, last='or')} decides."


def _caller(answer: Answer) -> list[Step]:
    """A root user and a federated user hold no policy that a request could add to; a permission set is shared.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html
    """
    match answer.facts.principal_kind:
        case PrincipalKind.ROOT:
            words = (
                "The root user needs nobody’s permission, so only a limit stops it: a policy of the organization, "
                "or one on the resource. AWS advises to make daily calls as a user or a role."
            )
            return [Step("Make this call as a user or a role", words)]
        case PrincipalKind.FEDERATED_USER:
            words = (
                "A federated user has what two things both allow: the IAM user that made the session, and the policy "
                "passed with it. Neither shows in this name. Ask who runs the sign-in that you used."
            )
            return [Step("Ask who gave you this session", words)]
    if f"/{_PERMISSION_SET}" in (answer.facts.principal or ""):
        words = (
            "IAM Identity Center made this role from a permission set, and nobody can change the role itself. "
            "Whatever is granted goes into the permission set, and so to everybody who has it."
        )
        return [Step("Know that this role comes from a permission set", words)]
    return []


def _owner(answer: Answer) -> list[Step]:
    no = answer.no_proposal
    if no is None or answer.fictional or no.code in _SAID_ELSEWHERE:
        return []
    own = next((one.paper for one in no.blockers if one.ask == no.ask), None)
    words = "No request here can change this. The text below is ready to send."
    first = Step(f"Ask {no.owner}", words, quote=no.ask, document=_document(own))
    others = [one for one in no.blockers if one.ask != no.ask and (one.explicit or one.layer is not Layer.IDENTITY)]
    words = "This stops the call too, so ask them as well."
    more = (Step(f"Ask {one.owner}", words, quote=one.ask, document=_document(one.paper)) for one in others)
    return [first, *more]


def _document(paper: Paper | None) -> PolicyView | None:
    """A document to send along, checked by the portal's own evaluator."""
    if paper is None:
        return None
    return document_view(paper.text, title=paper.title, caption=f"Belongs to {paper.belongs}.")


def _contact(answer: Answer) -> list[Step]:
    account = answer.account
    if account is None or not (account.contact_name or account.contact_email):
        return [
            Step(
                "Ask your administrator",
                "It is the person who gave you your AWS user name, or set up your sign-in.",
            )
        ]
    mail = (
        (f"mailto:{quote(account.contact_email, safe='@')}", "Write an e-mail") if account.contact_email else ("", "")
    )
    return [Step(f"Ask {account.contact_name or 'your administrator'}", contact_words(account), *mail)]


def contact_words(account: Account) -> str:
    """Return how to reach the administrator of an account."""
    parts = [f"Administrator of {account.name}", account.contact_note]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def not_yours(principal: str | None, viewer: Person | None) -> str:
    """Return whom a message is about that is not known to be the viewer; no full stop at its end."""
    name = principal_name(principal)
    whom = name.short if name else "somebody"
    if viewer is not None and not viewer.links.exists():
        return f"The portal does not know that {whom} is you"
    return f"This message is about {whom}, not about you"


def _sign_in() -> tuple[str, str, Literal["primary"]]:
    return reverse("sign-in"), "Sign in", "primary"


def _principal(answer: Answer) -> str:
    name = principal_name(answer.facts.principal)
    return name.short if name else "somebody"
