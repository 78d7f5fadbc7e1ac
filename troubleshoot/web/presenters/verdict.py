"""The heading of a diagnosis, in the person's own terms, and the sentences under it."""

from dataclasses import dataclass

from troubleshoot.access.answer import Answer
from troubleshoot.access.explain import SIGNED_OUT
from troubleshoot.denial import DenyKind
from troubleshoot.iam.arn import account_of
from troubleshoot.iam.decision import Effect, LayerResult, Outcome
from troubleshoot.iam.layers import Layer
from troubleshoot.remedy import LAYER_OF
from troubleshoot.web.presenters.names import (
    Name,
    in_sentence,
    keys_in_words,
    list_in_words,
    principal_name,
    resource_name,
    with_article,
)

_IMPLICIT = {
    Layer.RCPS: "No resource control policy of the organization allows it.",
    Layer.SCPS: "No service control policy of the organization allows it.",
    Layer.VPC_ENDPOINT: "The policy of the VPC endpoint does not allow it.",
    Layer.RESOURCE: "The resource’s own policy does not allow it.",
    Layer.IDENTITY: "No identity policy allows it.",
    Layer.BOUNDARY: "The permissions boundary leaves it out.",
    Layer.SESSION: "The session policy leaves it out.",
}

_HANGING = "resource_policy_may_suffice"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What heads the page. `tone` is error, success, warning or info.

    The heading reads: `before`, the action as code, `between`, the resource as code, `after`.
    """

    tone: str
    before: str
    action: str
    between: str
    resource: Name | None
    after: str
    sentences: tuple[str, ...]

    @property
    def plain(self) -> str:
        """The heading as plain text, for the page's title and for tickets."""
        resource = self.resource.short if self.resource else ""
        return " ".join(part for part in (self.before, self.action, self.between, resource, self.after) if part)


def verdict_of(answer: Answer) -> Verdict:
    """Return the heading and the sentences of an answer."""
    if answer.fictional:
        return _fictional(answer)
    if not answer.facts.action:
        return _unnamed(answer)
    if answer.live and answer.decision is not None:
        return _live(answer, answer.decision.outcome)
    return _denied(answer, _message_sentences(answer))


def _fictional(answer: Answer) -> Verdict:
    return Verdict(
        "info",
        "",
        answer.facts.action or "",
        "is AWS’s made-up example",
        None,
        "",
        (
            "The action stands in AWS’s help page and does not exist. Allowing it would change nothing.",
            "Paste the message that AWS gave to you, or pick the action that you really used.",
        ),
    )


def _unnamed(answer: Answer) -> Verdict:
    operation = answer.facts.operation
    sentence = "The message does not name the action." if not operation else f"The call {operation} was refused."
    return Verdict(
        "warning",
        "AWS refused a call, and does not say which action",
        "",
        "",
        None,
        "",
        (sentence, "Add what you know, and this page says more."),
    )


def _live(answer: Answer, outcome: Outcome) -> Verdict:
    if outcome is Outcome.ALLOWED:
        return _allowed(answer)
    if outcome is Outcome.DEPENDS:
        return _depends(answer)
    return _denied(answer, _stop_sentences(answer))


def _allowed(answer: Answer) -> Verdict:
    sentences = ["Every policy that the portal could read lets this call through. Try it again now."]
    if answer.disagrees:
        sentences.append(f"{_said(answer)}. The policies may have changed since then.")
    return Verdict("success", "IAM allows", *_what(answer), "now", tuple(sentences))


def _depends(answer: Answer) -> Verdict:
    told, hanging = _told(answer), _hanging(answer)
    if told or hanging:
        return _denied(answer, [*told, *hanging, *_hope(answer)])
    sentences = [*_unread_sentences(answer), *_hope(answer)]
    if answer.disagrees:
        said = f"{_said(answer)}. The policies may have changed since then, so try it again."
        return Verdict("warning", "Nothing that we can read stops", *_what(answer), "", (said, *sentences))
    return Verdict("warning", "AWS refused", *_what(answer), "", tuple(sentences))


def _said(answer: Answer) -> str:
    """Return what says that the call was denied: a message, or the person who has the grant."""
    if answer.repeats:
        return f"No new error was pasted. This is the call of request {answer.repeats}, checked once more"
    return "The message says it was denied"


def _denied(answer: Answer, sentences: list[str]) -> Verdict:
    who = _subject(answer)
    return Verdict("error", f"{who} may not use", *_what(answer), "", tuple(sentences))


def _subject(answer: Answer) -> str:
    principal = principal_name(answer.facts.principal)
    somebody_elses = bool(answer.account) and not answer.own_principal and answer.not_live_because != SIGNED_OUT
    if principal is None or not somebody_elses:
        return "You"
    return principal.short


def _what(answer: Answer) -> tuple[str, str, Name | None]:
    resource = resource_name(answer.facts.resource)
    if resource is None or resource.short == "*":
        return answer.facts.action or "", "", None
    return answer.facts.action or "", "on", resource


def _stop_sentences(answer: Answer) -> list[str]:
    """Return what stops the call: first what the message names, also where the portal cannot read that layer."""
    sentences = [*_told(answer), *_elsewhere(answer)]
    named = _named_layer(answer)
    stopping = sorted(answer.decision.stopping if answer.decision else (), key=lambda result: result.layer is not named)
    if _elsewhere(answer):
        stopping = [result for result in stopping if result.layer is not Layer.RESOURCE]
    if stopping and not sentences:
        sentences = [_stop(stopping.pop(0), _whom(answer))]
    sentences += [f"The {in_sentence(result.layer)} stops it too." for result in stopping]
    return sentences + _hope(answer)


def _named_layer(answer: Answer) -> Layer | None:
    """Return the layer that the message names."""
    return LAYER_OF.get(answer.facts.policy_type) if answer.facts.policy_type else None


def _told(answer: Answer) -> list[str]:
    """Return what only the message knows: the layer that it names, where the portal could not read that one."""
    named = _named_layer(answer)
    result = answer.decision.layers.get(named) if answer.decision and named else None
    if result is None or result.effect is not Effect.UNKNOWN or result.code == _HANGING:
        return []
    return [_message_sentence(answer)]


def _elsewhere(answer: Answer) -> list[str]:
    """Return that the resource is another account's, where no policy on it can help."""
    if not (answer.no_proposal and answer.no_proposal.code == "other_account"):
        return []
    account = account_of(answer.facts.resource or "")
    if (answer.facts.action or "").lower() == "iam:passrole":
        return [f"The role belongs to account {account}, and AWS passes only roles of the same account."]
    return [f"It belongs to account {account}, and only a role in that account can reach it."]


def _stop(result: LayerResult, whom: str) -> str:
    if result.effect is Effect.EXPLICIT:
        return f"A statement in {with_article(result.layer)} denies it to {whom}."
    if result.layer is Layer.IDENTITY:
        return f"No identity policy allows it to {whom}."
    return _IMPLICIT[result.layer]


def _message_sentences(answer: Answer) -> list[str]:
    return [_message_sentence(answer), *_elsewhere(answer), *_hope(answer)]


def _message_sentence(answer: Answer) -> str:
    layer = _named_layer(answer)
    if answer.facts.deny_kind is DenyKind.EXPLICIT:
        where = f"a statement in {with_article(layer)}" if layer else "a statement in some policy"
        return f"According to the message, {where} denies it."
    if layer is not None:
        return f"According to the message: {_IMPLICIT[layer][0].lower()}{_IMPLICIT[layer][1:]}"
    if answer.repeats:
        return f"{_said(answer)}."
    return "The message does not say which policy decided."


def _hope(answer: Answer) -> list[str]:
    if answer.proposal is None:
        return []
    if answer.proposal.proven:
        return ["Nothing that the portal can see forbids it, so a request can fix this."]
    return ["A request can ask for it. Whether that is enough shows when it is checked."]


def _hanging(answer: Answer) -> list[str]:
    """Return what allows nothing, where only a resource policy that nobody read could still let the call through.

    Where the message names a layer that nobody read, nothing could.
    """
    layers = answer.decision.layers.values() if answer.decision else ()
    names = [in_sentence(result.layer) for result in layers if result.code == _HANGING]
    if not names:
        return []
    does = f"The {list_in_words(names)} {'does' if len(names) == 1 else 'do'} not allow it"
    if _told(answer):
        return [f"{does} either."]
    return [f"{does}. Only the resource’s own policy could, which was not read."]


def _unread_sentences(answer: Answer) -> list[str]:
    decision = answer.decision
    layers = [in_sentence(layer) for layer in decision.missing_layers] if decision else []
    keys = list(decision.missing_keys) if decision else []
    sentences = [f"The portal cannot read the {list_in_words(layers)}."] if layers else []
    if keys:
        sentences.append(f"It depends on {keys_in_words(keys)}, which the portal cannot know.")
    return sentences


def _whom(answer: Answer) -> str:
    principal = principal_name(answer.facts.principal)
    account = f" in account {answer.facts.account}" if answer.facts.account else ""
    return f"the {principal}{account}" if principal else f"you{account}"
