"""The heading of a diagnosis, in the person's own terms, and the sentences under it."""

from dataclasses import dataclass

from troubleshoot.access.answer import Answer
from troubleshoot.denial import DenyKind
from troubleshoot.iam.decision import Effect, LayerResult, Outcome
from troubleshoot.iam.layers import Layer
from troubleshoot.remedy import LAYER_OF
from troubleshoot.web.presenters.names import LAYERS, Name, principal_name, resource_name

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
    return Verdict("success", "IAM allows", answer.facts.action or "", *_on(answer), "now", tuple(sentences))


def _depends(answer: Answer) -> Verdict:
    if answer.facts.deny_kind is not DenyKind.UNKNOWN or answer.disagrees:
        return _denied(answer, _depends_sentences(answer))
    return Verdict(
        "warning", "AWS refused", answer.facts.action or "", *_on(answer), "", tuple(_depends_sentences(answer))
    )


def _denied(answer: Answer, sentences: list[str]) -> Verdict:
    who = _subject(answer)
    return Verdict("error", f"{who} may not use", answer.facts.action or "", *_on(answer), "", tuple(sentences))


def _subject(answer: Answer) -> str:
    principal = principal_name(answer.facts.principal)
    if answer.own_principal or principal is None or not answer.account:
        return "You"
    return principal.short


def _on(answer: Answer) -> tuple[str, Name | None]:
    resource = resource_name(answer.facts.resource)
    if resource is None or resource.short == "*":
        return "", None
    return "on", resource


def _stop_sentences(answer: Answer) -> list[str]:
    stopping = answer.decision.stopping if answer.decision else ()
    sentences = [_stop(stopping[0], _whom(answer))] if stopping else []
    sentences += [f"The {_lower(result.layer)} stops it too." for result in stopping[1:]]
    return sentences + _hope(answer)


def _stop(result: LayerResult, whom: str) -> str:
    if result.effect is Effect.EXPLICIT:
        return f"A statement in a {_lower(result.layer)} denies it to {whom}."
    if result.layer is Layer.IDENTITY:
        return f"No identity policy allows it to {whom}."
    return _IMPLICIT[result.layer]


def _message_sentences(answer: Answer) -> list[str]:
    facts = answer.facts
    layer = LAYER_OF.get(facts.policy_type) if facts.policy_type else None
    if facts.deny_kind is DenyKind.EXPLICIT:
        where = f"a statement in a {_lower(layer)}" if layer else "a statement in some policy"
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


def _depends_sentences(answer: Answer) -> list[str]:
    missing = answer.decision.missing_layers if answer.decision else ()
    keys = answer.decision.missing_keys if answer.decision else ()
    if missing:
        names = ", ".join(_lower(layer) for layer in missing)
        return [f"What the portal can read lets it through. It cannot read: {names}.", *_hope(answer)]
    if keys:
        return [f"It depends on what the portal cannot know: {', '.join(keys)}.", *_hope(answer)]
    return ["It depends on what the portal cannot know.", *_hope(answer)]


def _whom(answer: Answer) -> str:
    principal = principal_name(answer.facts.principal)
    account = f" in account {answer.facts.account}" if answer.facts.account else ""
    return f"the {principal}{account}" if principal else f"you{account}"


def _lower(layer: Layer) -> str:
    name = LAYERS[layer]
    return name if name.startswith("VPC") else name[0].lower() + name[1:]
