"""Who is to come in, and the ends for those who need no role."""

from troubleshoot.guide.blocks import Points, Term, Text
from troubleshoot.guide.flow import UNKNOWN, HandOver, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.words import DONT_KNOW, OUTSIDE_TOPIC

NODES: tuple[Node, ...] = (
    Question(
        "who",
        "Who is to come in?",
        (
            to("place", "by a role", "own", "third", "saml", "github", "oidc"),
            to("identity-center", "by Identity Center", "idc"),
            to("data-place", "data, not people", "data"),
            to("lint-place", "an existing trust policy", "lint"),
            to("to-keys", "they ask for keys", "keys"),
            to("company", "not known", UNKNOWN),
        ),
        options=(
            Option("own", "People or programs of another account of ours"),
            Option("third", "A company that works for us", "a third party"),
            Option("saml", "People of an identity provider", "SAML"),
            Option("github", "GitHub Actions", "OpenID Connect"),
            Option("oidc", "Another issuer of OpenID Connect tokens"),
            Option("idc", "People of IAM Identity Center"),
            Option("data", "Nobody: our data is in a bucket of another account"),
            Option("lint", "I have a trust policy, and want it checked"),
            Option("keys", "Somebody asks me for access keys"),
            DONT_KNOW,
        ),
        help=(Term("Role", "an identity with rights of its own, which somebody outside can use for a while."),),
    ),
    HandOver("to-keys", "Somebody asks for keys", "access-keys", (("want", "asked"),)),
    Question(
        "company",
        "Are they people of your own company?",
        (to("identity-center", "yes", "yes"), to("ask-who", "no", "no", UNKNOWN)),
        options=(Option("yes", "Yes"), Option("no", "No"), DONT_KNOW),
    ),
    Outcome(
        "ask-who",
        "First find out how they come in",
        (
            Points(
                (
                    "Do they have an AWS account of their own? Then a role with an external ID is right.",
                    "Do they sign in through an identity provider? Then SAML or OpenID Connect is right.",
                    "Do they ask for an access key? Say no: a role is safer for both.",
                )
            ),
        ),
        ("Ask them for their account’s number, and how their software signs in.", "Come back with the answer."),
        (Next("Answer again", "/guide/outside-my-account/", "With what they told you."), OUTSIDE_TOPIC),
        ask_admin="To let you in we need your AWS account’s number, your role’s ARN, "
        "and an external ID that you made for us.",
    ),
    Outcome(
        "identity-center",
        "People of Identity Center need a permission set",
        (
            Text("Identity Center makes the role in this account for you. Nobody writes a trust policy by hand."),
            Text("In an organization the account access manager can give people IAM roles of your own too."),
        ),
        ("Build the permission set’s policy.", "Assign it to the group of people, for this account."),
        (
            Next(
                "Build a permission set",
                "/guide/let-others-in/?who=people&signs-in=idc",
                "With the right policy in it.",
            ),
            Next(
                "Build a role for the account access manager",
                "/guide/let-others-in/?who=people&signs-in=manager",
                "With its trust policy.",
            ),
            OUTSIDE_TOPIC,
        ),
        ask_admin="Could you assign a permission set for Amazon Personalize to this group of people, for this account?",
    ),
)
