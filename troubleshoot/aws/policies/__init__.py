"""The portal's own IAM policies, as they ship: for the reader's role, the writer's role, and the ceiling.

The files hold `ACCOUNT_ID`, `PARTITION`, `PEOPLE_PATH`, `CEILING_ARN` and `DATA_BUCKETS` where an installation's
own values go. `docs/reference/sandbox.md` says how the sandbox's copies differ.
"""

import re
from importlib.resources import files
from typing import Literal

_ACCOUNT = re.compile(r"[0-9]{12}")
_PARTITION = re.compile(r"aws[a-z-]*")
_PATH = re.compile(r"/(?:[\w+=,.@-]+/)*", re.ASCII)
_BUCKETS = re.compile(r"[a-z0-9.*?-]+")

PolicyName = Literal["reader", "writer", "ceiling"]
CEILING_NAME = "PortalCeiling"
CEILING_PATH = "/portal-guard/"


def ceiling_arn(account_id: str, *, partition: str = "aws") -> str:
    """Return the ARN of the permissions boundary that every principal under the people path carries."""
    return f"arn:{partition}:iam::{account_id}:policy{CEILING_PATH}{CEILING_NAME}"


def shipped_policy(
    name: PolicyName,
    *,
    account_id: str,
    partition: str = "aws",
    people_path: str = "/personalize-people/",
    data_buckets: str = "retail-personalize-*",
) -> str:
    """Return the text of one shipped policy for an account.

    `people_path` begins and ends with a slash. `ValueError`, with words, where a value has another form.
    """
    for value, form, named in (
        (account_id, _ACCOUNT, "the 12 digits of an account"),
        (partition, _PARTITION, "a partition"),
        (people_path, _PATH, "a path that begins and ends with a slash"),
        (data_buckets, _BUCKETS, "a pattern of bucket names"),
    ):
        if form.fullmatch(value) is None:
            raise ValueError(f"`{value}` is not {named}")
    text = files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    values = {
        "CEILING_ARN": ceiling_arn(account_id, partition=partition),
        "ACCOUNT_ID": account_id,
        "PARTITION": partition,
        "PEOPLE_PATH": people_path.strip("/") + "/" if people_path != "/" else "",
        "DATA_BUCKETS": data_buckets,
    }
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text
