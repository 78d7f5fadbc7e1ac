"""Topic 5: "I want to allow people outside of my AWS account to access my Amazon Personalize resources".

Facts: https://docs.aws.amazon.com/personalize/latest/dg/security_iam_service-with-iam.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from typing import Any

from troubleshoot.guide.blocks import Document, Link, Points, Section, Steps, Table, Term, Text, Topic


def _trust(sid: str, principal: dict[str, str], action: str, equals: dict[str, str]) -> dict[str, Any]:
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Condition": {"StringEquals": equals},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


_OWN = _trust(
    "OurDataScienceAccount",
    {"AWS": "arn:aws:iam::222222222222:role/DataScience"},
    "sts:AssumeRole",
    {"aws:PrincipalOrgID": "o-exampleorgid"},
)
_VENDOR = _trust(
    "TheVendorOnly",
    {"AWS": "arn:aws:iam::333333333333:role/VendorCollector"},
    "sts:AssumeRole",
    {"sts:ExternalId": "6f1c2f0a-9d0b-4a53-8d5b-2d1f6e0b7a11"},
)
_SAML = _trust(
    "CompanySignIn",
    {"Federated": "arn:aws:iam::123456789012:saml-provider/CorpIdP"},
    "sts:AssumeRoleWithSAML",
    {"SAML:aud": "https://us-east-1.signin.aws.amazon.com/saml"},
)
_OIDC = _trust(
    "OneRepositoryOneBranch",
    {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    "sts:AssumeRoleWithWebIdentity",
    {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:ORG/REPO:ref:refs/heads/main",
    },
)
_CALLER = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "UseTheSharedRole",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": "arn:aws:iam::123456789012:role/PersonalizeGuests",
        }
    ],
}

_NOW = Section(
    "what-to-do",
    "What to do now",
    (
        Steps(
            (
                "**Make a role in the account that has Personalize.** It is the only way in.",
                "**Say who may use it**, in its trust policy. Pick the case below that fits.",
                "**Attach a policy** with what they may do. [Four to start from](/let-others-in/#which-job)",
                "**Send them the role's ARN**, its full name. Never send access keys.",
            )
        ),
    ),
)

_WHY = Section(
    "why-a-role",
    "Why it has to be a role",
    (
        Term("Resource-based policy", "a policy on the thing itself, for example on a bucket, that can let others in."),
        Text(
            "Amazon Personalize has no resource-based policies and no access control lists. "
            "So nobody outside can be let in on a campaign itself. They use a role of yours."
        ),
        Term("Trust policy", "the part of a role that says who may use it. Using it is called assuming the role."),
        Table(
            ("", "With a role", "With a resource-based policy"),
            (
                ("their own permissions", "set aside while they use the role", "kept"),
                ("works for", "everything in your account", "Amazon S3, AWS KMS, Amazon SQS and others"),
                ("works for Personalize", "yes", "no"),
            ),
        ),
        Text("Both sides must agree: your role trusts them, and their own account lets them assume it."),
    ),
)

_OWN_SECTION = Section(
    "my-other-account",
    "Another account of mine",
    (
        Text("Name the exact role in the other account. The condition also asks for your organization."),
        Document("Your side: trust policy of the role", _OWN, "In the account that has Personalize."),
        Document("Their side: permission to assume it", _CALLER, "In the other account, on the role or people."),
        Text("People can then switch to the role in the console, with a link like this one:"),
        Points(
            (
                "`https://signin.aws.amazon.com/switchrole?account=123456789012&roleName=PersonalizeGuests`",
                "Whoever assumes it from another role has it for one hour at most, then assumes it again.",
            )
        ),
    ),
)

_THIRD = Section(
    "third-party",
    "Another company",
    (
        Term("External ID", "a text that the other company sends along, so that nobody else can act through them."),
        Steps(
            (
                "Ask the company for **its role's ARN** and **an external ID**. They make it, one for each customer.",
                "Put both into the trust policy.",
                "Send them your role's ARN.",
                "Ask them to try **without** the external ID. That must be refused.",
            )
        ),
        Document(
            "Trust policy for another company", _VENDOR, "An external ID is not a secret, but must not be guessable."
        ),
        Points(
            (
                "A role that needs an external ID can't be used to switch roles in the console.",
                "Some AWS Partners can ask you for temporary delegation instead. It ends after 12 hours at most.",
            )
        ),
    ),
)

_FEDERATED = Section(
    "federation",
    "People or programs that sign in elsewhere",
    (
        Term("Federation", "signing in to AWS with an identity that another system has already checked."),
        Text("First tell IAM about that system, as a SAML or OIDC provider. Then trust it in the role."),
        Document("Company sign-in with SAML", _SAML, "The audience, SAML:aud, must be AWS's sign-in address."),
        Document(
            "A pipeline with OIDC, here GitHub", _OIDC, "Always check both the audience (aud) and the subject (sub)."
        ),
        Text(
            "Without the subject, every customer of the same provider could use your role. "
            "IAM refuses new roles without it for shared providers, but does not check existing ones again."
        ),
    ),
)

_CHECK = Section(
    "check",
    "Check what you have",
    (
        Points(
            (
                "Never trust `*`. Everybody with an AWS account could use the role.",
                "If a trust policy shows `AROA…` or `AIDA…`, that role or user was deleted. It lets nobody in.",
                "IAM Access Analyzer lists the roles that people outside your account can use.",
                "Your data too? Bucket and key need the **service role** and Personalize in their own policies.",
            )
        ),
    ),
)

OUTSIDE_MY_ACCOUNT = Topic(
    slug="outside-my-account",
    title="I want to allow people outside of my AWS account to access my Amazon Personalize resources",
    short="Let people outside my account in",
    summary="Another account, another company, or people who sign in elsewhere: a role lets them in, and you say whom.",
    icon="globe2",
    sections=(_NOW, _WHY, _OWN_SECTION, _THIRD, _FEDERATED, _CHECK),
    links=(
        Link(
            "How Amazon Personalize works with IAM",
            "https://docs.aws.amazon.com/personalize/latest/dg/security_iam_service-with-iam.html",
        ),
        Link(
            "Providing access to an IAM user in another AWS account that you own",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_aws-accounts.html",
        ),
        Link(
            "Providing access to AWS accounts owned by third parties",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
        ),
        Link(
            "Providing access to externally authenticated users (identity federation)",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_federated-users.html",
        ),
        Link(
            "How IAM roles differ from resource-based policies",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html",
        ),
    ),
    causes=("P05", "P10", "P12", "P13"),
)
