"""IAM names its own resources by kind and name: `user mateojackson`, `policy arn:aws:iam::…`. Which ARN that is.

A path is part of an ARN and not of such a name, so only what is certain is told: an ARN behind the kind, and the
user who makes the call. Every other name keeps as it was said.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

import re
from dataclasses import replace
from typing import Final

from troubleshoot.denial import Denial

_KIND_AND_ARN: Final = re.compile(r"(?:user|role|group|policy|instance profile) (arn:\S+)")


def whole_resource(facts: Denial) -> Denial:
    """Return the facts with the resource's ARN where the message names it in IAM's way and it is certain."""
    if facts.resource is None:
        return facts
    if found := _KIND_AND_ARN.fullmatch(facts.resource):
        return replace(facts, resource=found[1])
    user = (facts.principal or "").partition(":user/")[2].rpartition("/")[2]
    if user and facts.resource == f"user {user}" and (facts.action or "").startswith("iam:"):
        return replace(facts, resource=facts.principal)
    return facts
