"""Guide 4: an administrator lets people and programs of the own account in. It ends in documents to use.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html,
https://docs.aws.amazon.com/personalize/latest/dg/grant-user-permissions.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html and
https://docs.aws.amazon.com/personalize/latest/dg/set-up-required-permissions.html
"""

from troubleshoot.guide.blocks import Points, Term, Text
from troubleshoot.guide.flow import UNKNOWN, Ask, Field, HandOver, Next, Option, Outcome, Question, flow_of, given, to
from troubleshoot.guide.flows.shared import access_questions, place_question
from troubleshoot.guide.flows.words import DONT_KNOW

_TOPIC = Next("Read the topic", "/let-others-in/", "Which kind of identity to make, and the policies of four jobs.")
_CHAIN = Next("Check a service role", "/guide/pass-role/?when=before", "See whether the chain to the data is complete.")
_AFTER = (to("guard", "then"),)

LET_OTHERS_IN = flow_of(
    "let-others-in",
    "I want to let others use Amazon Personalize",
    "Answer who, for what and where. You get documents that are checked, ready to use.",
    Question(
        "who",
        "Who is to get access?",
        (
            to("signs-in", "one person", "person"),
            to("signs-in", "several people", "people", UNKNOWN),
            to("runs-on", "an application", "app"),
            to("to-ci", "a build pipeline", "ci"),
            to("team", "another team", "team"),
            to("role-place", "Personalize itself", "service"),
            to("to-outside", "somebody outside", "outside"),
        ),
        options=(
            Option("person", "One person"),
            Option("people", "Several people with the same work"),
            Option("app", "An application"),
            Option("ci", "A build pipeline", "such as GitHub Actions"),
            Option("team", "Another team of our company"),
            Option("service", "Personalize itself: it must reach our data", "a service role"),
            Option("outside", "Somebody outside our AWS account"),
            DONT_KNOW,
        ),
    ),
    HandOver("to-ci", "Let a build pipeline in", "outside-my-account", (("who", "github"),)),
    HandOver("to-outside", "Somebody outside the account", "outside-my-account"),
    Question(
        "team",
        "Where does that team work?",
        (
            to("signs-in", "in this account", "here"),
            to("to-own", "in another account", "there"),
            to("signs-in", "not known", UNKNOWN),
        ),
        options=(Option("here", "In this AWS account"), Option("there", "In another AWS account of ours"), DONT_KNOW),
    ),
    HandOver("to-own", "From another account of ours", "outside-my-account", (("who", "own"),)),
    Question(
        "signs-in",
        "How do they sign in to AWS?",
        (
            to("place", "through Identity Center", "idc"),
            to("to-saml", "through an identity provider", "saml"),
            to("place", "as IAM users", "group", "user"),
            to("choose", "not known", UNKNOWN),
        ),
        options=(
            Option("idc", "IAM Identity Center", "a permission set is made"),
            Option("saml", "Our own identity provider, straight into this account", "a role is made"),
            Option("group", "IAM users, in a group", "a group is made"),
            Option("user", "One new IAM user", "only where nothing else works"),
            DONT_KNOW,
        ),
        help=(Text("AWS advises temporary keys: people through a federation, programs with roles."),),
    ),
    HandOver("to-saml", "People of an identity provider", "outside-my-account", (("who", "saml"),)),
    Outcome(
        "choose",
        "Choose how people sign in",
        (
            Points(
                (
                    "Many accounts, and people of your company: IAM Identity Center with a permission set.",
                    "An organization that wants its own IAM roles for people: the account access manager, new in 2026.",
                    "One account with an identity provider: a role for SAML or OpenID Connect.",
                    "A single IAM user that is there already: a group, and later a role.",
                    "A program: a role, never a user.",
                )
            ),
            Term("Permission set", "rights that Identity Center turns into a role in each account."),
        ),
        ("Look how you yourself sign in: most companies use one way.", "Then go back and choose it."),
        (Next("Answer again", "/guide/let-others-in/?who=people", "With the way of signing in."), _TOPIC),
        ask_admin="How do people of our company sign in to AWS: IAM Identity "
        "Center, an identity provider, or IAM users?",
    ),
    Question(
        "runs-on",
        "Where does the application run?",
        (to("place", "inside AWS", "ec2", "lambda", "ecs"), to("anywhere", "elsewhere", "else", UNKNOWN)),
        options=(
            Option("ec2", "On EC2 machines"),
            Option("lambda", "In Lambda functions"),
            Option("ecs", "In ECS containers"),
            Option("else", "Outside AWS"),
            DONT_KNOW,
        ),
    ),
    Outcome(
        "anywhere",
        "First choose how the application signs in",
        (
            Points(
                (
                    "A build pipeline or a cloud with OpenID Connect: a federated role.",
                    "Own servers with certificates: IAM Roles Anywhere.",
                    "An application inside AWS: a role of the machine, function or container.",
                )
            ),
        ),
        ("Choose the way that fits.", "An access key is the last resort."),
        (
            Next("With OpenID Connect", "/guide/outside-my-account/?who=oidc", "A role for an issuer’s tokens."),
            Next("Do I need a key?", "/guide/access-keys/?want=need", "Every way, and when it fits."),
        ),
    ),
    place_question(
        "place",
        "Where, and what is the new thing called?",
        (to("job", "told"),),
        name="Name of the new role, group, user or permission set",
        example="Such as RetailBuilders.",
    ),
    *access_questions(_AFTER),
    Question(
        "guard",
        "Which guard rails do you want?",
        (
            to("boundary", "with a boundary", "boundary"),
            to("ends", "with an end", "time"),
            to("grant", "without", "none"),
            to("grant", "with MFA", "mfa"),
        ),
        ask=Ask.SOME,
        options=(
            Option(
                "boundary",
                "A permissions boundary",
                "the most that they can ever have; for roles, users and permission sets",
            ),
            Option("mfa", "A second factor (MFA)", "for IAM users; federations ask for it at sign-in"),
            Option("time", "An end", "after a day, nothing is allowed any more"),
            Option("none", "None of these"),
        ),
    ),
    Question(
        "boundary",
        "Which policy is the boundary?",
        (to("ends", "and an end", given=given("guard", "time")), to("grant", "told")),
        ask=Ask.TEXT,
        fields=(
            Field(
                "boundary",
                "ARN of the policy",
                "policy",
                "Such as arn:aws:iam::123456789012:policy/portal-guard/PortalCeiling.",
            ),
        ),
    ),
    Question(
        "ends",
        "Until which day?",
        (to("grant", "told"),),
        ask=Ask.TEXT,
        fields=(Field("ends", "Last day", "day", "As year-month-day. It ends at midnight after it, in UTC."),),
    ),
    Outcome(
        "grant",
        "The documents for this access",
        (
            Text(
                "Each document was checked by the portal’s engine. "
                "Below it you read what it allows, and what of its quota it uses."
            ),
        ),
        (
            "Read what it allows.",
            "Copy it in the form that you use, or download it.",
            "Have a second person look at it before it is applied.",
        ),
        (_CHAIN, _TOPIC),
        builder="grant",
        check=True,
    ),
    place_question(
        "role-place",
        "In which account does Personalize work?",
        (to("role-data", "told"),),
        name="Name of the team or project",
        example="It is not part of the documents. Such as retail.",
    ),
    Question(
        "role-data",
        "Which bucket must Personalize reach?",
        (to("role-needs", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field("bucket", "Name of the bucket", "bucket", "Such as retail-personalize-data."),
            Field(
                "key",
                "ARN of the KMS key",
                "key",
                "Only if the bucket is encrypted with a key of your own.",
                optional=True,
            ),
        ),
    ),
    Question(
        "role-needs",
        "What will Personalize do there?",
        (to("service", "told"),),
        ask=Ask.SOME,
        options=(
            Option("read", "Read data", "imports and data deletion"),
            Option("write", "Write data", "exports, batch jobs and metrics"),
            Option("metrics", "Report metrics to CloudWatch", "metric attribution"),
        ),
    ),
    Outcome(
        "service",
        "The documents for the service role",
        (
            Text(
                "The role and the bucket must both allow it. "
                "A bucket that only a private network may reach cannot be used."
            ),
            Text("The trust policy has a guard, so that nobody else’s Personalize can use your role."),
        ),
        (
            "Make the role.",
            "Add the statements to the bucket policy, and to the key policy if there is one.",
            "Then check the chain.",
        ),
        (_CHAIN, _TOPIC),
        builder="service",
        check=True,
    ),
)
