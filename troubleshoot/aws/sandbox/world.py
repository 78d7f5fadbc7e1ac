"""What the sandbox's AWS account holds, as data. The names are those of the examples in AWS's own help.

Several kinds of denial can be met in it:

- Mateo, `personalize:ListSchemas`: nothing allows it, though his group may list much else (identity policy)
- Mateo, `personalize:DescribeDataset` of another dataset group: the group's inline policy nearly fits
- Mateo, `personalize:DeleteDatasetGroup`: allowed to him, but an SCP of the organizational unit denies it
- Mateo, `s3:ListAllMyBuckets`: allowed to him, but the permissions boundary does not allow it
- Mary, `iam:PassRole`: her policy names the role without its path
- Mary, `personalize:CreateDataDeletionJob`: a policy of her group denies it
"""

from dataclasses import dataclass, field
from typing import Any

from troubleshoot.aws.policies import ceiling_arn

ACCOUNT = "123456789012"
ACCOUNT_NAME = "Retail Personalize"
MANAGEMENT_ACCOUNT = "111122223333"
REGION = "us-east-1"
PEOPLE_PATH = "/"
CEILING_ARN = ceiling_arn(ACCOUNT)
DATA_BUCKET = "retail-personalize-data"
EXTERNAL_ID = "access-desk-sandbox"

MATEO = f"arn:aws:iam::{ACCOUNT}:user/mateojackson"
MARY = f"arn:aws:iam::{ACCOUNT}:user/marymajor"
READER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/portal/AccessDeskReader"
WRITER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/portal/AccessDeskWriter"
SERVICE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonPersonalize-ExecutionRole-Retail"
BUILDER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/personalize-people/PersonalizeBuilder"

Statement = dict[str, Any]


def policy(*statements: Statement) -> dict[str, Any]:
    """Return a policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(sid: str, action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Statement:
    """Return a statement that allows."""
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(sid: str, action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Statement:
    """Return a statement that denies."""
    return {"Sid": sid, "Effect": "Deny", "Action": action, "Resource": resource, **more}


def trust(principal: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a trust policy for one principal."""
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def personalize(resource: str) -> str:
    """Return the ARN of a Personalize resource in the sandbox."""
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:{resource}"


@dataclass(frozen=True, slots=True)
class GroupSeed:
    """A group with one managed and some inline policies."""

    name: str
    managed: tuple[str, dict[str, Any]]
    inline: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UserSeed:
    """A user. `keys` says of each access key whether it is active."""

    name: str
    groups: tuple[str, ...] = ()
    inline: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: tuple[bool, ...] = ()
    ceiling: bool = False
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoleSeed:
    """A role with its trust policy."""

    path: str
    name: str
    trust: dict[str, Any]
    inline: dict[str, dict[str, Any]]
    ceiling: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class ControlPolicySeed:
    """A service control policy. `on_unit`: attached to the organizational unit, not to the root."""

    name: str
    description: str
    document: dict[str, Any]
    on_unit: bool


_READING = policy(
    allow(
        "SeeConfiguration",
        ["personalize:DescribeCampaign", "personalize:DescribeDatasetGroup", "personalize:DescribeSolution"],
        [personalize(f"{kind}/retail*") for kind in ("campaign", "dataset-group", "solution")],
    ),
    allow(
        "ListMostThings",
        [
            "personalize:ListCampaigns",
            "personalize:ListDatasetGroups",
            "personalize:ListDatasets",
            "personalize:ListRecipes",
            "personalize:ListSolutions",
            "personalize:ListSolutionVersions",
        ],
    ),
)

_BUILDING = policy(
    allow(
        "BuildAndChange",
        [
            "personalize:Create*",
            "personalize:Describe*",
            "personalize:List*",
            "personalize:TagResource",
            "personalize:Update*",
        ],
    ),
    deny("NoMassDeletion", ["personalize:CreateDataDeletionJob", "personalize:DeleteDataset"]),
)

GROUPS = (
    GroupSeed(
        "ml-readers",
        ("PersonalizeReading", _READING),
        {
            "RetailDatasets": policy(
                allow("OneDatasetGroup", "personalize:DescribeDataset", personalize("dataset/retail/*"))
            ),
            "UseTheBuilderRole": policy(allow("AssumeBuilder", "sts:AssumeRole", BUILDER_ROLE)),
        },
    ),
    GroupSeed("ml-builders", ("PersonalizeBuilding", _BUILDING)),
)

PEOPLE = (
    UserSeed(
        "mateojackson",
        groups=("ml-readers",),
        inline={
            "CleanUp": policy(
                allow("DeleteRetailGroups", "personalize:DeleteDatasetGroup", personalize("dataset-group/retail-*"))
            ),
            "LookAround": policy(allow("SeeBuckets", "s3:ListAllMyBuckets")),
        },
        keys=(True, False),
        ceiling=True,
        tags={"team": "analytics"},
    ),
    UserSeed(
        "marymajor",
        groups=("ml-builders",),
        inline={
            "PassPersonalizeRole": policy(
                allow(
                    "PassRoleToPersonalize",
                    "iam:PassRole",
                    f"arn:aws:iam::{ACCOUNT}:role/AmazonPersonalize-ExecutionRole-Retail",
                    Condition={"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}},
                )
            )
        },
        keys=(True,),
        ceiling=True,
        tags={"team": "retail"},
    ),
)

# The portal's web process may become the reader only; the worker the writer as well.
PORTAL_USERS = (
    UserSeed("portal", inline={"BecomeReader": policy(allow("Reader", "sts:AssumeRole", READER_ROLE))}, keys=(True,)),
    UserSeed(
        "portal-worker",
        inline={"BecomeReaderOrWriter": policy(allow("Both", "sts:AssumeRole", [READER_ROLE, WRITER_ROLE]))},
        keys=(True,),
    ),
)

_DATA_ACCESS = policy(
    allow("ListData", "s3:ListBucket", f"arn:aws:s3:::{DATA_BUCKET}"),
    allow("ReadAndWriteData", ["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{DATA_BUCKET}/*"),
)

ROLES = (
    RoleSeed(
        "/service-role/",
        "AmazonPersonalize-ExecutionRole-Retail",
        trust(
            {"Service": "personalize.amazonaws.com"},
            Condition={
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": personalize("*")},
            },
        ),
        {"RetailData": _DATA_ACCESS},
        description="Lets Amazon Personalize read and write the retail team's data.",
    ),
    RoleSeed(
        "/personalize-people/",
        "PersonalizeBuilder",
        trust({"AWS": [MATEO, MARY]}),
        {
            "Building": policy(
                allow("BuildAndSee", ["personalize:Create*", "personalize:Describe*", "personalize:List*"])
            )
        },
        ceiling=True,
        description="For people who build in Amazon Personalize now and then.",
    ),
)

BUCKET_POLICY = policy(
    *(
        {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": "personalize.amazonaws.com"},
            "Action": actions,
            "Resource": resource,
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
        for sid, actions, resource in (
            ("PersonalizeLists", "s3:ListBucket", f"arn:aws:s3:::{DATA_BUCKET}"),
            ("PersonalizeReadsAndWrites", ["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{DATA_BUCKET}/*"),
        )
    )
)

UNIT_NAME = "Retail"
CONTROL_POLICIES = (
    ControlPolicySeed(
        "StayInTheOrganization",
        "No account leaves the organization by itself",
        policy(deny("NoLeaving", "organizations:LeaveOrganization")),
        on_unit=False,
    ),
    ControlPolicySeed(
        "KeepDatasetGroups",
        "Retail data is deleted by the data team only",
        policy(deny("NoDeletionOfDatasetGroups", "personalize:DeleteDatasetGroup")),
        on_unit=True,
    ),
)
