"""The heading of a diagnosis, in the person's own terms, and the sentences under it."""

from dataclasses import dataclass

from troubleshoot.access.answer import Answer
from troubleshoot.access.explain import SIGNED_OUT
from troubleshoot.denial import DenyKind
from troubleshoot.iam.decision import Effect, LayerResult, Outcome
from troubleshoot.iam.layers import Layer
from troubleshoot.remedy import LAYER_OF
from troubleshoot.web.presenters.names import (
    Name,
    in_sentence,
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
        sentences.append("The message says it was denied. The policies may have changed since then.")
    return Verdict("success", "IAM allows", *_what(answer), "now", tuple(sentences))


def _depends(answer: Answer) -> Verdict:
    sentences = [*_unread_sentences(answer), *_hope(answer)]
    if hanging := _hanging(answer):
        return _denied(answer, [hanging, *_hope(answer)])
    if answer.disagrees:
        said = "The message says it was denied. The policies may have changed since then, so try it again."
        return Verdict("warning", "Nothing that we can read stops", *_what(answer), "", (said, *sentences))
    return Verdict("warning", "AWS refused", *_what(answer), "", tuple(sentences))


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
    stopping = answer.decision.stopping if answer.decision else ()
    sentences = [_stop(stopping[0], _whom(answer))] if stopping else []
    sentences += [f"The {in_sentence(result.layer)} stops it too." for result in stopping[1:]]
    return sentences + _hope(answer)


def _stop(result: LayerResult, whom: str) -> str:
    if result.effect is Effect.EXPLICIT:
        return f"A statement in {with_article(result.layer)} denies it to {whom}."
    if result.layer is Layer.IDENTITY:
        return f"No identity policy allows it to {whom}."
    return _IMPLICIT[result.layer]


def _message_sentences(answer: Answer) -> list[str]:
    facts = answer.facts
    layer = LAYER_OF.get(facts.policy_type) if facts.policy_type else None
    if facts.deny_kind is DenyKind.EXPLICIT:
        where = f"a statement in {with_article(layer)}" if layer else "a statement in some policy"
        sentence = f"According to the message, {where} denies it."
    elif layer is not None:
        sentence = f"According to the message: {_IMPLICIT[layer][0].lower()}{_IMPLICIT[layer][1:]}"
    else:
        sentence = "The message does not say which policy decided."
    return [sentence, *_hope(answer)]


def _hope(answer: Answer) -> list[str]:
    if answer.proposal is None:
        return []
    if answer.proposal.proven:
        return ["Nothing that the portal can see forbids it, so a request can fix this."]
    return ["A request can ask for it. Whether that is enough shows when it is checked."]


def _hanging(answer: Answer) -> str:
    """What is said where only a resource policy that nobody read could still let the call through."""
    layers = answer.decision.layers.values() if answer.decision else ()
    names = [in_sentence(result.layer) for result in layers if result.code == "resource_policy_may_suffice"]
    if not names:
        return ""
    verb = "does" if len(names) == 1 else "do"
    return f"The {list_in_words(names)} {verb} not allow it. Only the resource’s own policy could, which was not read."


def _unread_sentences(answer: Answer) -> list[str]:
    decision = answer.decision
    layers = [in_sentence(layer) for layer in decision.missing_layers] if decision else []
    keys = list(decision.missing_keys) if decision else []
    sentences = [f"The portal cannot read the {list_in_words(layers)}."] if layers else []
    if keys:
        sentences.append(f"It depends on {list_in_words(keys)}, which the portal cannot know.")
    return sentences


def _whom(answer: Answer) -> str:
    principal = principal_name(answer.facts.principal)
    account = f" in account {answer.facts.account}" if answer.facts.account else ""
    return f"the {principal}{account}" if principal else f"you{account}"
