"""How principals, resources and layers are called on the pages: short, with the full ARN in reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from troubleshoot.iam.catalog import spelled_key
from troubleshoot.iam.layers import Layer

LAYERS: dict[Layer, str] = {
    Layer.RCPS: "Resource control policy",
    Layer.SCPS: "Service control policy",
    Layer.VPC_ENDPOINT: "VPC endpoint policy",
    Layer.RESOURCE: "Resource policy",
    Layer.IDENTITY: "Identity policy",
    Layer.BOUNDARY: "Permissions boundary",
    Layer.SESSION: "Session policy",
}
"""IAM's own names of the layers, in AWS's order."""

EXPLANATIONS: dict[Layer, str] = {
    Layer.RCPS: "A limit that an organization sets on resources.",
    Layer.SCPS: "A limit that an organization sets on whole accounts.",
    Layer.VPC_ENDPOINT: "A limit on calls that go through a private network endpoint.",
    Layer.RESOURCE: "A policy on the resource itself. Amazon Personalize has none.",
    Layer.IDENTITY: "The policies of a user, its groups or a role. This is where access is granted.",
    Layer.BOUNDARY: "The most that the identity policies can ever allow.",
    Layer.SESSION: "A limit that was set when a temporary session began.",
}
"""One sentence for each layer, for whoever meets the word here for the first time."""

_PRINCIPALS = {"assumed-role": "role", "federated-user": "federated user"}


@dataclass(frozen=True, slots=True)
class Name:
    """What stands on the page: `kind` (`user`, `role`, …, or empty), `short`, and the `full` text."""

    kind: str
    short: str
    full: str

    def __str__(self) -> str:
        return f"{self.kind} {self.short}".strip()


def principal_name(principal: str | None) -> Name | None:
    """Return `user mateojackson` for an IAM user's ARN; a role session is called by its role."""
    if not principal:
        return None
    account, resource = _arn_tail(principal)
    if resource == "root":
        return Name("root user of account", account, principal)
    kind, *rest = resource.split("/")
    if not rest:
        return Name("", principal, principal)
    return Name(_PRINCIPALS.get(kind, kind), rest[0] if kind == "assumed-role" else rest[-1], principal)


def resource_name(resource: str | None) -> Name | None:
    """Return the resource without its ARN's head (`campaign/retail-prod`). `*` stays as it is."""
    if not resource:
        return None
    _, tail = _arn_tail(resource)
    return Name("", tail or resource, resource)


def in_sentence(layer: Layer) -> str:
    """Return the layer's name as it stands within a sentence: `identity policy`, but `VPC endpoint policy`."""
    name = LAYERS[layer]
    return name if name[:3].isupper() else name[0].lower() + name[1:]


def with_article(layer: Layer) -> str:
    """Return `an identity policy`, `a session policy`."""
    name = in_sentence(layer)
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def list_in_words(items: Sequence[str], *, last: str = "and") -> str:
    """Return `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def keys_in_words(keys: Sequence[str], *, last: str = "and") -> str:
    """Return context keys as AWS spells them: `aws:SourceIp and aws:PrincipalTag/team`."""
    return list_in_words([spelled_key(key) for key in keys], last=last)


def _arn_tail(text: str) -> tuple[str, str]:
    parts = text.split(":", 5)
    return (parts[4], parts[5]) if len(parts) == 6 and parts[0] == "arn" else ("", "")
