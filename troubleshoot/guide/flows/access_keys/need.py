"""Whether a key is needed at all, by where the program runs."""

from troubleshoot.guide.blocks import Points, Sample, Term, Text
from troubleshoot.guide.flow import UNKNOWN, HandOver, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.words import DONT_KNOW, KEYS_TOPIC, NEED, ROTATE

NODES: tuple[Node, ...] = (
    Question(
        "runs",
        "Where does your program run?",
        (
            to("login", "on my own machine, as an IAM user", "laptop"),
            to("sso", "on my own machine, company sign-in", "company"),
            to("shell", "in the browser", "browser"),
            to("role", "inside AWS", "aws"),
            to("to-oidc", "in a build pipeline", "ci"),
            to("anywhere", "on our own servers", "servers"),
            to("to-third", "at another company", "vendor"),
            to("key", "where nothing else works", "none"),
            to("find-where", "not known", UNKNOWN),
        ),
        options=(
            Option("laptop", "On my own machine, and I have an IAM user"),
            Option("company", "On my own machine, and I sign in through my company"),
            Option("browser", "Nowhere yet, I just want to type some commands"),
            Option("aws", "Inside AWS", "EC2, Lambda, ECS or EKS"),
            Option("ci", "In a build pipeline such as GitHub Actions"),
            Option("servers", "On our own servers"),
            Option("vendor", "At a company that works for us"),
            Option("none", "In a tool that can use nothing but a key"),
            DONT_KNOW,
        ),
    ),
    Outcome(
        "login",
        "You need no key: sign in with your browser",
        (
            Text(
                "`aws login` opens the console’s sign-in, and gives the command line keys that end soon by themselves."
            ),
            Sample("aws login"),
        ),
        ("Install version 2 of the AWS CLI.", "Run `aws login`, then delete your old key."),
        (ROTATE, KEYS_TOPIC),
    ),
    Outcome(
        "sso",
        "You need no key: use your company’s sign-in",
        (
            Text("IAM Identity Center gives the command line temporary keys."),
            Sample("aws configure sso"),
            Sample("aws sso login"),
        ),
        ("Run the first command once, the second each day.", "Delete old keys."),
        (ROTATE, KEYS_TOPIC),
    ),
    Outcome(
        "shell",
        "You need no key: open CloudShell",
        (
            Text("CloudShell is a command line inside the console. It works with your own rights."),
            Sample("aws personalize list-dataset-groups"),
        ),
        ("Sign in to the console.", "Choose the CloudShell sign in the bar on top."),
        (KEYS_TOPIC, NEED),
    ),
    Outcome(
        "role",
        "You need no key: give the program a role",
        (Text("A role of the machine, function or container gives the program keys that change by themselves."),),
        ("Build a role for the application.", "Attach it, and take the key out of the program."),
        (
            Next(
                "Build a role for an application",
                "/guide/let-others-in/?who=app",
                "With just the rights that it needs.",
            ),
            KEYS_TOPIC,
        ),
        ask_admin="Our program signs in with an access key. Could you give its machine, function or container a "
        "role instead?",
    ),
    HandOver("to-oidc", "Let a build pipeline in", "outside-my-account", (("who", "github"),)),
    Outcome(
        "anywhere",
        "You need no key: use certificates",
        (
            Term(
                "IAM Roles Anywhere", "lets servers outside AWS get a role’s temporary keys with an X.509 certificate."
            ),
        ),
        ("Ask whether your company runs a certificate authority.", "Have a trust anchor and a profile made for it."),
        (
            Next(
                "Build the role’s rights",
                "/guide/let-others-in/?who=app&runs-on=servers",
                "A role for certificates, with the rights that it needs.",
            ),
            KEYS_TOPIC,
        ),
        ask_admin="Our servers sign in with an access key. Could you set up IAM Roles Anywhere for them, with a "
        "trust anchor and a profile?",
    ),
    Outcome(
        "find-where",
        "First find out where the program runs",
        (
            Text("Almost every place has a way in that needs no key. Which one it is depends on the place."),
            Text("Until you know, make no new key. If one is in use already, leave it as it is."),
        ),
        ("Ask whoever runs the program: on whose machine, or in which service?", "Then answer this question again."),
        (
            Next("Answer again", "/guide/access-keys/?want=need", "Once you know where it runs."),
            KEYS_TOPIC,
        ),
        ask_admin="I want to call AWS from a program, and do not know where it runs. Could you tell me, and which "
        "way to sign in you want for it?",
    ),
    Outcome(
        "key",
        "Then a key is right, with care",
        (
            Points(
                (
                    "Make an IAM user for this one tool, with few rights.",
                    "Keep the secret in a secret store, never in code.",
                    "Exchange the key when somebody leaves, or when you suspect a leak.",
                )
            ),
        ),
        ("Ask an administrator for a user of its own.", "Note who owns the key."),
        (ROTATE, KEYS_TOPIC),
        ask_admin="A tool of ours can use nothing but an access key. Could you make an IAM user for it alone, "
        "with few rights?",
    ),
)
