"""As whom and from where: the identity, the console, a private network, another account."""

from troubleshoot.guide.blocks import Term, Text
from troubleshoot.guide.flow import GIVEN, UNKNOWN, Ask, Field, HandOver, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.words import CAUSES, DONT_KNOW, PASTE

NODES: tuple[Node, ...] = (
    Question(
        "who",
        "As whom did you do it?",
        (
            to("root", "as the root user", "root"),
            to("to-chain", "a service did it", "service"),
            to("principal", "as somebody", "user", "role", "sso", UNKNOWN),
        ),
        options=(
            Option("user", "An IAM user", "with a user name and a password, or an access key"),
            Option("sso", "My company’s sign-in", "IAM Identity Center or another federation"),
            Option("role", "A role", "a switched role, or the role of a program"),
            Option("root", "The root user of the account"),
            Option("service", "A job or another AWS service, not me"),
            DONT_KNOW,
        ),
    ),
    Outcome(
        "root",
        "The root user is stopped by the organization, or by a resource",
        (
            Text(
                "No policy can be attached to the root user. "
                "What can stop it is a control policy, or a resource’s own policy."
            ),
        ),
        (
            "Don’t use the root user for daily work.",
            "Sign in as yourself, and try again.",
            "If that fails too, ask who manages the organization.",
        ),
        (PASTE, CAUSES),
        causes=("P25",),
        ask_admin="Our root user is refused something. Could you check the organization’s control policies and "
        "the resource’s own policy?",
    ),
    Question(
        "principal",
        "What is the full name of that identity?",
        (to("where", "named", GIVEN), to("where", "not known", UNKNOWN)),
        ask=Ask.TEXT,
        fields=(
            Field(
                "principal",
                "Its ARN",
                "principal",
                "Such as arn:aws:iam::123456789012:user/mateojackson. `aws sts get-caller-identity` shows it.",
            ),
        ),
        may_not_know=True,
        hint="It is kept on the server, not in the address of this page.",
    ),
    Question(
        "where",
        "From where did you do it?",
        (
            to("outside", "through a VPC endpoint", "vpc"),
            to("to-outside", "from another account", "account"),
            to("cli-too", "in the console", "console"),
            to("says", "otherwise", "cli", "code", UNKNOWN),
        ),
        options=(
            Option("console", "The AWS console", "in the browser"),
            Option("cli", "The command line"),
            Option("code", "A program"),
            Option("vpc", "From inside a private network", "through a VPC endpoint"),
            Option("account", "With an identity of another AWS account"),
            DONT_KNOW,
        ),
    ),
    HandOver("to-outside", "From another account", "outside-my-account", (("who", "own"),)),
    Question(
        "outside",
        "Does the same work from outside that network?",
        (to("vpc", "only inside it fails", "yes"), to("says", "it fails everywhere", "no", UNKNOWN)),
        options=(Option("yes", "Yes, it works from outside"), Option("no", "No, it fails everywhere"), DONT_KNOW),
    ),
    Outcome(
        "vpc",
        "The VPC endpoint’s own policy stops the call",
        (
            Term("VPC endpoint policy", "a limit on calls that go through a private network endpoint."),
            Text(
                "Personalize has three endpoints: `personalize`, `personalize-runtime` and `personalize-events`. "
                "Each has its own policy."
            ),
            Text("For calls that pass a role the endpoint policy must allow `iam:PassRole` too."),
        ),
        (
            "Ask the network team to compare the endpoint’s policy with your action.",
            "Send them the statements along, where you told who you are and what you did.",
            "No request in this portal can change it.",
        ),
        (PASTE, CAUSES),
        builder="endpoint",
        causes=("P24",),
        ask_admin="The VPC endpoint policy seems to refuse {action}. "
        "Could you allow it there, and iam:PassRole if it passes a role?",
    ),
    Question(
        "cli-too",
        "Does the same work on the command line?",
        (to("console", "only the console fails", "yes"), to("says", "it fails everywhere", "no", UNKNOWN)),
        options=(Option("yes", "Yes"), Option("no", "No"), Option(UNKNOWN, "I don’t know, or I have no command line")),
    ),
    Outcome(
        "console",
        "The console needs more than your own action",
        (
            Text("A page of the console reads many lists and details. Each of them needs a permission."),
            Text(
                "Its data insights use actions that no program calls: "
                "`personalize:CreateDataInsightsJob` and `personalize:GetDataInsights`."
            ),
        ),
        (
            "Ask for the auditor’s reading rights, together with the data insights actions.",
            "Until then use the command line.",
        ),
        (
            Next(
                "Build the auditor’s policy",
                "/guide/let-others-in/?job=auditor",
                "Reading everything, and no customer’s data.",
            ),
            PASTE,
        ),
        causes=("P31",),
        ask_admin="The Personalize console shows errors for me. "
        "Could you add Describe, List and the data insights actions?",
    ),
)
