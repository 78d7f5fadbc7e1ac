"""Who is to get access, and how they sign in."""

from troubleshoot.guide.blocks import Points, Term, Text
from troubleshoot.guide.flow import GIVEN, UNKNOWN, Ask, Field, HandOver, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.words import DONT_KNOW, LET_TOPIC

NODES: tuple[Node, ...] = (
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
            to("application", "through the account access manager", "manager"),
            to("place", "as IAM users", "group", "user"),
            to("choose", "not known", UNKNOWN),
        ),
        options=(
            Option("idc", "IAM Identity Center", "a permission set is made"),
            Option(
                "manager", "IAM Identity Center, with IAM roles of our own", "account access manager: a role is made"
            ),
            Option("saml", "Our own identity provider, straight into this account", "a role is made"),
            Option("group", "IAM users, in a group", "a group is made"),
            Option("user", "One new IAM user", "only where nothing else works"),
            DONT_KNOW,
        ),
        help=(Text("AWS advises temporary keys: people through a federation, programs with roles."),),
    ),
    Question(
        "application",
        "Which application of the account access manager?",
        (to("place", "told", GIVEN), to("find-application", "not known", UNKNOWN)),
        ask=Ask.TEXT,
        fields=(
            Field(
                "application",
                "ARN of the application",
                "access-application",
                "Such as arn:aws:account-access:us-east-1:123456789012:application/APPID.",
            ),
        ),
        may_not_know=True,
        help=(
            Term("Account access manager", "gives people of Identity Center existing IAM roles, new in 2026."),
            Text("The role trusts this one application, so nobody else’s can use it."),
        ),
    ),
    Outcome(
        "find-application",
        "First find the application’s ARN",
        (
            Points(
                (
                    "It stands on the page **Settings** of the account access manager, in the IAM console.",
                    "It is in the organization’s management account, or in an account that it names.",
                    "It needs an organization instance of Identity Center, and a Region that is on by default.",
                )
            ),
        ),
        ("Ask whoever manages Identity Center for the ARN.", "Come back with it."),
        (
            Next("I have the ARN", "/guide/let-others-in/?who=people&signs-in=manager", "Build the role."),
            Next("Use a permission set", "/guide/let-others-in/?who=people&signs-in=idc", "It needs no application."),
        ),
        ask_admin="Do we use the account access manager? If so, please send me the ARN of its application.",
    ),
    HandOver("to-saml", "People of an identity provider", "outside-my-account", (("who", "saml"),)),
    Outcome(
        "choose",
        "Choose how people sign in",
        (
            Points(
                (
                    "Many accounts, and people of your company: IAM Identity Center with a permission set.",
                    "An organization that wants its own IAM roles for people: the account access manager.",
                    "One account with an identity provider: a role for SAML or OpenID Connect.",
                    "A single IAM user that is there already: a group, and later a role.",
                    "A program: a role, never a user.",
                )
            ),
            Term("Permission set", "rights that Identity Center turns into a role in each account."),
        ),
        ("Look how you yourself sign in: most companies use one way.", "Then go back and choose it."),
        (Next("Answer again", "/guide/let-others-in/?who=people", "With the way of signing in."), LET_TOPIC),
        ask_admin="How do people of our company sign in to AWS: IAM Identity "
        "Center, an identity provider, or IAM users?",
    ),
)
