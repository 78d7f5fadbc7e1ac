"""Who owns a layer that no request can change, and what to ask them."""

from troubleshoot.iam.layers import Layer

OWNERS = {
    Layer.RCPS: "whoever manages your organization's resource control policies",
    Layer.SCPS: "whoever manages your organization's service control policies",
    Layer.VPC_ENDPOINT: "the network team that owns the VPC endpoint",
    Layer.RESOURCE: "the owner of the resource, whose own policy must let you in",
    Layer.IDENTITY: "the administrator of this account",
    Layer.BOUNDARY: "the administrator who set the permissions boundary",
    Layer.SESSION: "whoever started the session and passed a policy to it",
}

NAMES = {
    Layer.RCPS: "resource control policy",
    Layer.SCPS: "service control policy",
    Layer.VPC_ENDPOINT: "VPC endpoint policy",
    Layer.RESOURCE: "resource-based policy",
    Layer.IDENTITY: "identity-based policy",
    Layer.BOUNDARY: "permissions boundary",
    Layer.SESSION: "session policy",
}


def question(layer: Layer, *, principal: str, action: str, resource: str, explicit: bool) -> str:
    """Return a text that is ready to send to the layer's owner."""
    name = NAMES[layer]
    article = "an" if name[0] in "aeiou" else "a"
    reason = f"A statement in {article} {name} denies it." if explicit else f"No {name} allows it."
    change = "change that statement" if explicit else f"allow it in the {name}"
    return (
        f"AWS refuses {action} on {resource} to {principal}. {reason} "
        f"Could you {change}, or tell me which way you want people to do this?"
    )
