"""Topic 2: "I am not authorized to perform iam:PassRole".

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html,
https://docs.aws.amazon.com/personalize/latest/dg/grant-user-permissions.html,
https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html,
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html and
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from troubleshoot.guide.blocks import Document, Link, Points, Sample, Section, Steps, Table, Term, Text, Topic

EXAMPLE = "User: arn:aws:iam::123456789012:user/marymajor is not authorized to perform: iam:PassRole"

_ROLE = "arn:aws:iam::123456789012:role/personalize/RetailPersonalizeService"

_PASS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "PassOnlyThePersonalizeRole",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": _ROLE,
            "Condition": {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}},
        }
    ],
}

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "PersonalizeMayUseThisRole",
            "Effect": "Allow",
            "Principal": {"Service": "personalize.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:personalize:us-east-1:123456789012:*"},
            },
        }
    ],
}

_NOW = Section(
    "what-to-do",
    "What to do now",
    (
        Steps(
            (
                "Find out which role you were passing. It stands in your call as `roleArn`, or in your template.",
                "[Paste the error on the home page](/). If the message does not name the role, you are asked for it.",
                "Give the role's whole name, its path included, as in the example below.",
                "Ask for the access from there. Your administrator sees exactly which role, and for which service.",
            )
        ),
        Sample(_ROLE),
    ),
)

_HAPPENED = Section(
    "what-happened",
    "What happened",
    (
        Term("Role", "an identity with permissions of its own, which a person or a service can use for a while."),
        Term("Service role", "a role that a service such as Amazon Personalize uses to work for you."),
        Text(
            "You can hand an existing role to Personalize instead of making a new one. "
            "Handing it over is called **passing the role**, and it needs a permission of its own: `iam:PassRole`."
        ),
        Text("You do not have that permission for this role. So Personalize refused the whole call."),
        Text(
            "`iam:PassRole` is not a call, so it never stands in CloudTrail, the account's log. "
            "Look there for the `Create…` call that passed the role."
        ),
    ),
)

_EXAMPLE = Section(
    "example",
    "The example in AWS's help",
    (
        Sample(EXAMPLE),
        Text("Mary has to ask her administrator to allow her to pass the role to Amazon Personalize."),
        Text("This message does not say **which** role. Without it, nobody can give a safe permission. So we ask."),
    ),
)

_CALLS = Section(
    "which-calls",
    "Which calls pass a role",
    (
        Text("These eight actions of Personalize do. In three of them the role is optional."),
        Table(
            ("Action", "Where the role stands"),
            (
                ("`CreateDatasetImportJob`", "`roleArn`, optional"),
                ("`CreateDatasetExportJob`", "`roleArn`"),
                ("`CreateBatchInferenceJob`", "`roleArn`"),
                ("`CreateBatchSegmentJob`", "`roleArn`"),
                ("`CreateDataDeletionJob`", "`roleArn`"),
                ("`CreateDatasetGroup`", "`roleArn`, only with your own encryption key"),
                ("`CreateMetricAttribution`", "`metricsOutputConfig.roleArn`"),
                ("`UpdateMetricAttribution`", "`metricsOutputConfig.roleArn`, optional"),
            ),
        ),
    ),
)

_CHAIN = Section(
    "the-chain",
    "The four links of the chain",
    (
        Text("For the job to work, all four must hold. A denial for `iam:PassRole` is about the first."),
        Steps(
            (
                "**You may pass this exact role**, its path included, and only to `personalize.amazonaws.com`.",
                "**The role trusts Personalize.** Its trust policy, the list of who may use it, names the service.",
                "**The role may reach the data.** It needs permission on the bucket and, if there is one, the key.",
                "**The bucket and the key let it in.** Their own policies must allow Personalize too.",
            )
        ),
        Document(
            "Permission to pass one role",
            _PASS,
            "Link 1. It goes on the person or their role, by way of a request here.",
            (8, 11),
        ),
        Document(
            "Trust policy of the service role",
            _TRUST,
            "Link 2. The condition keeps other accounts from using the role through Personalize.",
            (8, 13, 16),
        ),
    ),
)

_OFTEN = Section(
    "often",
    "Still refused?",
    (
        Points(
            (
                "`role/service-role/Name` and `role/Name` are two different roles. The path is part of the name.",
                "A role can only be passed inside its own account.",
                "`iam:PassedToService` must be `personalize.amazonaws.com`, not another service.",
                "Conditions on the role's tags do not work reliably for `iam:PassRole`.",
                "AWS's own example for the trust policy mixes two account numbers. Pasted as it is, it never matches.",
                (
                    "If your access key was leaked, AWS may have put a quarantine policy on your user. "
                    "Its current version denies `iam:PassRole`. [What to do with a leaked key](/access-keys/#leaked)"
                ),
            )
        ),
    ),
)

PASS_ROLE = Topic(
    slug="pass-role",
    title="I am not authorized to perform iam:PassRole",
    short="Not authorized for iam:PassRole",
    summary="You handed a role to Personalize and may not. Four things must fit together; find the one that doesn't.",
    icon="key",
    example=EXAMPLE,
    sections=(_NOW, _HAPPENED, _EXAMPLE, _CALLS, _CHAIN, _OFTEN),
    links=(
        Link(
            "Grant a user permissions to pass a role to an AWS service",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        ),
        Link(
            "How Amazon Personalize works with IAM",
            "https://docs.aws.amazon.com/personalize/latest/dg/security_iam_service-with-iam.html",
        ),
        Link(
            "Setting up permissions for Amazon Personalize",
            "https://docs.aws.amazon.com/personalize/latest/dg/set-up-required-permissions.html",
        ),
        Link(
            "Giving Amazon Personalize access to Amazon S3",
            "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html",
        ),
        Link(
            "Giving Amazon Personalize permission to use your AWS KMS key",
            "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html",
        ),
    ),
    causes=("P03", "P04", "P05", "P06", "P07", "P09", "P10", "P13", "P16"),
)
