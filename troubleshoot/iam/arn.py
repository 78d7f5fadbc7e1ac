"""Amazon Resource Names: taking one apart.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

import re
from dataclasses import dataclass

_SEPARATOR = re.compile(r"[/:]")
_WILDCARD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Arn:
    """The six parts of an ARN. `region` and `account` are empty where the service leaves them out."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def resource_type(self) -> str:
        """The resource part up to the first `/` or `:` (`dataset-group`), or all of it."""
        return _SEPARATOR.split(self.resource, maxsplit=1)[0]

    @property
    def resource_id(self) -> str:
        """What follows the resource type, or an empty string (`retail` of `dataset-group/retail`)."""
        return self.resource[len(self.resource_type) + 1 :]

    @property
    def is_in_one_place(self) -> bool:
        """Whether no wildcard stands for its partition, service, Region or account.

        In a policy nothing can make one literal there, for variables count after the fifth colon only.
        """
        return not _WILDCARD.search(f"{self.partition}:{self.service}:{self.region}:{self.account}")


def parse_arn(text: str) -> Arn | None:
    """Return the parts of `text`, or None where it is no ARN of six parts."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return None
    return Arn(*parts[1:])


def is_account_id(text: str) -> bool:
    """Tell whether `text` is a 12-digit account number."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def account_of(text: str) -> str | None:
    """Return the account that the ARN `text` names, or None where it names none."""
    parts = text.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[0] == "arn" and is_account_id(parts[4]) else None
