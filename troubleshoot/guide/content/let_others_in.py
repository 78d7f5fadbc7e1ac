"""Topic 4: "I'm an administrator and want to allow others to access Amazon Personalize".

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html,
https://docs.aws.amazon.com/personalize/latest/dg/grant-user-permissions.html and
https://docs.aws.amazon.com/personalize/latest/dg/security_iam_id-based-policy-examples.html
"""

from troubleshoot.guide.blocks import Document, Link, Points, Section, Steps, Table, Term, Text, Topic

_CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012"

_AUDITOR = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "PersonalizeConfigRead",
            "Effect": "Allow",
            "Action": ["personalize:Describe*", "personalize:List*", "personalize:GetSolutionMetrics"],
            "Resource": "*",
        }
    ],
}

_RUNTIME = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Recommend",
            "Effect": "Allow",
            "Action": [
                "personalize:GetRecommendations",
                "personalize:GetPersonalizedRanking",
                "personalize:GetActionRecommendations",
            ],
            "Resource": [
                f"{_CAMPAIGN}:campaign/retail-home",
                f"{_CAMPAIGN}:recommender/retail-home",
                f"{_CAMPAIGN}:filter/retail-*",
            ],
        },
        {
            "Sid": "StreamEvents",
            "Effect": "Allow",
            "Action": ["personalize:PutEvents", "personalize:PutActionInteractions"],
            "Resource": "*",
        },
    ],
}

_NOW = Section(
    "what-to-do",
    "What to do now",
    (
        Steps(
            (
                "**Choose what stands for them in AWS**: a role, a permission set or, rarely, a user.",
                "**Choose the job** that they do: look, build, run an application, or keep it running.",
                "**Attach the policy for that job**, limited to the things that they work on.",
                "**Let them try it**, and have them paste what is refused [on the home page](/).",
            )
        ),
        Text(
            "You only approve requests here? They are in your queue once you are signed in. "
            "You are not an administrator? [See what to do about a refused call](/not-authorized/)."
        ),
    ),
)

_ENTITY = Section(
    "which-entity",
    "Who gets access: user, role or permission set",
    (
        Term("Policy", "a document that says who may do what, and to which things."),
        Term("Role", "an identity with permissions of its own, which a person or a program can use for a while."),
        Term("Permission set", "a role that IAM Identity Center makes for you in every account you choose."),
        Table(
            ("Who", "What to make"),
            (
                ("people who work in many accounts", "a permission set, or a role given by account access manager"),
                ("people of one account, with company sign-in", "a role for federation (SAML or OIDC)"),
                ("an application", "a role for its machine, function or container; never a user"),
                ("an IAM user you already have", "a group with the policy now, a role later"),
            ),
        ),
        Text(
            "AWS advises roles and temporary keys for all of these. "
            "Make an IAM user only where a role cannot be used, and for emergencies."
        ),
        Text(
            "**Account access manager** is new in 2026. "
            "It gives existing roles to people and groups of IAM Identity Center, across your organization."
        ),
    ),
)

_JOBS = Section(
    "which-job",
    "Which job: four policies to start from",
    (
        Text("They name only what the job needs. Replace the account, the region and the name `retail-`."),
        Table(
            ("Job", "May", "May not"),
            (
                ("Auditor", "see every setting and metric", "see recommendations or data"),
                (
                    "Builder",
                    "create, train and change everything named `retail-…`",
                    "delete data sets and their groups",
                ),
                ("Application runtime", "get recommendations, send events", "change any setting"),
                ("Operations", "retrain, start and stop, run jobs", "create solutions, delete"),
            ),
        ),
        Document(
            "Auditor",
            _AUDITOR,
            "Don't write personalize:Get* instead: it would let the auditor get recommendations.",
        ),
        Document(
            "Application runtime",
            _RUNTIME,
            "The last two actions know no single things, so their resource must be *.",
        ),
        Text("Builders and operations also pass the service role. [How to allow that, safely](/pass-role/#the-chain)"),
        Text(
            "`AmazonPersonalizeFullAccess` is AWS's own policy. AWS calls it broader than most people need. "
            "It reaches only buckets with `personalize` or `Personalize` in their name."
        ),
    ),
)

_ATTACH = Section(
    "attach",
    "Attach the policy",
    (
        Steps(
            (
                "**Role**: attach the policy to it, and name in its trust policy who may use it.",
                "**Permission set**: add the policy to it, then assign it to people or groups for an account.",
                "**IAM user**: put the user in a group and attach the policy to the group.",
            )
        ),
        Text("A new IAM user? Make it without permissions. Send the console link and the password separately."),
        Text("Add the policy after the first sign-in, so that a lost mail opens nothing."),
        Points(
            (
                "A user or a group takes 10 managed policies, a role 20. A user can be in 10 groups.",
                "AWS raises that on request: to 20 for a user and 25 for a role, but never for a group.",
                "Check a new policy with IAM Access Analyzer before you attach it.",
            )
        ),
    ),
)

_DELEGATE = Section(
    "delegate",
    "Let somebody else give access",
    (
        Term(
            "Permissions boundary", "a limit on a user or role. Whatever its policies say, it can't do more than that."
        ),
        Text(
            "Let a colleague create roles only **with** your boundary: the condition key is `iam:PermissionsBoundary`. "
            "Forbid them to edit the boundary's policy, or to take boundaries off."
        ),
        Text("Requests in this portal work like that: what it writes stays inside a boundary you set."),
    ),
)

LET_OTHERS_IN = Topic(
    slug="let-others-in",
    title="I'm an administrator and want to allow others to access Amazon Personalize",
    short="Let others use Personalize",
    summary="Give a person or an application exactly what their job needs, and nothing more.",
    icon="people",
    sections=(_NOW, _ENTITY, _JOBS, _ATTACH, _DELEGATE),
    links=(
        Link(
            "Creating your first IAM delegated user and group",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/getting-started_create-delegated-user.html",
        ),
        Link(
            "How Amazon Personalize works with IAM",
            "https://docs.aws.amazon.com/personalize/latest/dg/security_iam_service-with-iam.html",
        ),
        Link(
            "Policy examples for Amazon Personalize",
            "https://docs.aws.amazon.com/personalize/latest/dg/security_iam_id-based-policy-examples.html",
        ),
        Link("Security best practices in IAM", "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"),
        Link(
            "Account access manager",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager-getting-started.html",
        ),
    ),
    causes=("P29", "P31", "P26", "P20", "P22", "P23"),
)
