"""What else the message says, which policy is there already, and the diagnosis."""

from troubleshoot.guide.blocks import Steps, Term, Text
from troubleshoot.guide.flow import UNKNOWN, Next, Node, Option, Outcome, Question, finding, to
from troubleshoot.guide.flows.words import CAUSES, DONT_KNOW, PASTE, TOPIC

_ASK = (
    "Hello, AWS refuses this to me: {action}, on {resource}. My identity is {principal}. "
    "Could you allow it for me, or tell me which way you want people to do it?"
)

NODES: tuple[Node, ...] = (
    Question(
        "says",
        "Did you see any of these words?",
        (
            to("organization", "a control policy", "control"),
            to("boundary", "a boundary", "boundary"),
            to("session", "a session policy", "session"),
            to("explicit", "an explicit deny", "explicit"),
            to("has", "nothing of the kind", "nothing", UNKNOWN),
        ),
        options=(
            Option("control", "A service or resource control policy"),
            Option("boundary", "A permissions boundary"),
            Option("session", "A session policy"),
            Option("explicit", "An explicit deny, in another policy"),
            Option("nothing", "None of these"),
            DONT_KNOW,
        ),
    ),
    Outcome(
        "organization",
        "Your organization forbids it",
        (
            Term("Control policy", "a limit that an organization sets on whole accounts, or on their resources."),
            Text("No policy of your account can lift it. Resource control policies cover Personalize too."),
        ),
        ("Ask whoever manages the organization’s policies.", "Ask which way they want people to do this."),
        (PASTE, CAUSES),
        causes=("P25",),
        ask_admin="A control policy of our organization refuses {action}. Is there another way that we should use?",
    ),
    Outcome(
        "boundary",
        "Your permissions boundary does not allow it",
        (
            Term("Permissions boundary", "the most that the policies of a user or role can ever allow."),
            Text("A new policy alone cannot help: the boundary must allow the action as well."),
        ),
        ("Ask the administrator who set the boundary.", "Or use a role that is made for this work."),
        (PASTE, CAUSES),
        causes=("P32",),
        ask_admin="My permissions boundary does not allow {action}. Could you extend it, or give me a role for it?",
    ),
    Outcome(
        "session",
        "This session was started with a limit",
        (
            Term("Session policy", "a limit that was passed when a temporary session began. Nobody can read it back."),
            Text("The role behind the session may well allow the action."),
        ),
        ("Start a new session without a session policy.", "Or ask whoever started it, such as the maker of the tool."),
        (PASTE, CAUSES),
        causes=("P01",),
        ask_admin="A session policy of your tool refuses {action} to me. Could you allow it there, or start "
        "sessions without one?",
    ),
    Outcome(
        "explicit",
        "A statement denies it, so an allow cannot help",
        (Text("In IAM a Deny always wins. Someone wrote it for a reason, so ask before working around it."),),
        ("Ask your administrator which statement denies it.", "Ask which way they want people to do this."),
        (PASTE, CAUSES),
        causes=("P25",),
        ask_admin="A policy explicitly denies {action} to me. Could you tell me why, and what I should use?",
    ),
    Question(
        "has",
        "Have you been given a policy for it already?",
        (
            to("prefix", "with another prefix", "prefix"),
            to("full", "AWS’s full access policy", "full"),
            to("version", "it names a solution only", "solution"),
            to("diagnosis", "another one, or none", "other", "no", UNKNOWN),
        ),
        options=(
            Option("no", "No"),
            Option("prefix", "Yes, it says personalize-runtime: or personalize-events:"),
            Option("full", "Yes, AmazonPersonalizeFullAccess, and a bucket is refused"),
            Option("solution", "Yes, for a solution, and its version is refused"),
            Option("other", "Yes, another one"),
            DONT_KNOW,
        ),
    ),
    Outcome(
        "prefix",
        "The policy uses a prefix that IAM does not know",
        (
            Text("Programs use three clients, but IAM knows one prefix only: `personalize:`."),
            Text(
                "So write `personalize:GetRecommendations` and `personalize:PutEvents`. "
                "IAM takes wrong prefixes without a complaint."
            ),
        ),
        ("Have the prefix put right in the policy.", "Then try again."),
        (PASTE, Next("Build a policy", "/guide/let-others-in/?who=app", "With the right prefix, for an application.")),
        causes=("P27",),
        ask_admin="My policy uses personalize-runtime: or personalize-events:. IAM knows only personalize:. "
        "Could you put it right?",
    ),
    Outcome(
        "full",
        "AWS’s full access policy covers few buckets",
        (
            Text(
                "`AmazonPersonalizeFullAccess` reaches only buckets with Personalize or personalize in their names. "
                "It has been so since 2019."
            ),
        ),
        ("Check the bucket’s name.", "Ask for a policy for your own bucket."),
        (
            Next(
                "Build a policy with your bucket",
                "/guide/let-others-in/?job=builder",
                "It names one bucket and one role.",
            ),
            CAUSES,
        ),
        causes=("P29",),
        ask_admin="AmazonPersonalizeFullAccess does not cover our bucket. Could you give me a policy for it?",
    ),
    Outcome(
        "version",
        "A version’s ARN is longer than its solution’s",
        (
            Text(
                "A solution version is called `solution/NAME/ID`. "
                "A policy that ends with `solution/NAME` does not cover it."
            ),
        ),
        ("Have both allowed: `solution/NAME` and `solution/NAME/*`.", "Then try again."),
        (PASTE, CAUSES),
        causes=("P28",),
        ask_admin="My policy names the solution only. Could you add the same ARN with /* at its end, for its versions?",
    ),
    Outcome(
        "diagnosis",
        "What most likely stops you",
        (
            Text(
                "Most likely no policy of yours allows this action on this resource. "
                "The findings below fit your answers."
            ),
            Steps(
                (
                    "Make the diagnosis: signed in, the portal looks at your own policies.",
                    "Ask for the access from there. Your administrator sees exactly what it changes.",
                )
            ),
        ),
        ("Choose **Make the diagnosis**.", "Or send the text below to your administrator."),
        (PASTE, TOPIC, CAUSES),
        causes=("P01",),
        findings=(
            finding("P18", "action", "list"),
            finding("P19", "action", "events"),
            finding("P20", "action", "items"),
            finding("P21", "action", "pair"),
            finding("P26", "kind", "recommender"),
            finding("P28", "action", "version"),
            finding("P17", "action", "recipe"),
            finding("P22", "tags", "set"),
            finding("P23", "tags", "policy"),
        ),
        live="diagnosis",
        ask_admin=_ASK,
        check=True,
    ),
)
