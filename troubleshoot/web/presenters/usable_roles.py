"""A role that the person may already use: which, how to switch to it, and what that still hangs on."""

from urllib.parse import urlencode

from troubleshoot.access.answer import Answer
from troubleshoot.iam.arn import Arn, parse_arn
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.roles import RoleWay
from troubleshoot.web.presenters.names import in_sentence, keys_in_words, list_in_words, principal_name
from troubleshoot.web.presenters.steps import Step

_SIGN_IN = {
    "aws": "https://signin.aws.amazon.com/switchrole",
    "aws-cn": "https://signin.amazonaws.cn/switchrole",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/switchrole",
}
_NEVER_SEEN = frozenset({Layer.VPC_ENDPOINT, Layer.SESSION})


def role_steps(answer: Answer) -> list[Step]:
    """Return the best way to make the call by a role that the person may assume; none where there is none."""
    ways = answer.aws.roles if answer.aws else None
    stopped = answer.decision is not None and bool(answer.decision.stopping)
    if not isinstance(ways, tuple) or not ways or not stopped:
        return []
    best, *others = ways
    who = "you" if answer.own_principal else str(principal_name(answer.facts.principal))
    more = f" {len(others)} more would do." if others else ""
    return [
        Step(
            f"Use a role that {who} may already use",
            f"{_route(best)} {_hangs_on(best)}{more} The lines below go into the file ~/.aws/config.",
            _console(best),
            "Switch role in the console",
            quote=_profiles(best),
        )
    ]


def _route(way: RoleWay) -> str:
    names = [_short(arn) for arn in way.chain]
    if len(names) == 1:
        return f"The role {names[0]} allows this call, and its trust policy lets it be assumed."
    return f"Assume the role {names[0]} first, and from there {names[1]}, which allows this call."


def _hangs_on(way: RoleWay) -> str:
    if "aws:multifactorauthpresent" in way.missing_keys:
        return "It may ask for a sign-in with MFA."
    if way.missing_keys:
        return f"It depends on {keys_in_words(way.missing_keys)}."
    unread = [in_sentence(layer) for layer in way.missing_layers if layer not in _NEVER_SEEN]
    return f"The portal could not read the {list_in_words(unread, last='or')}." if unread else "Nothing read stops it."


def _console(way: RoleWay) -> str:
    """The console switches to one role only, so that the first of a chain is where it leads.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html
    """
    arn = _parsed(way.chain[0])
    query = {"account": arn.account, "roleName": arn.resource.removeprefix("role/")}
    return f"{_SIGN_IN.get(arn.partition, _SIGN_IN['aws'])}?{urlencode(query)}"


def _profiles(way: RoleWay) -> str:
    """https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html"""
    lines: list[str] = []
    source = "default"
    for arn in way.chain:
        name = _short(arn)
        lines += [f"[profile {name}]", f"role_arn = {arn}", f"source_profile = {source}"]
        source = name
    return "\n".join(lines)


def _short(arn: str) -> str:
    return arn.rpartition("/")[2]


def _parsed(text: str) -> Arn:
    return parse_arn(text) or Arn("aws", "iam", "", "", text)
