"""What happened: the text of the error, a failed job, something that worked before."""

from troubleshoot.guide.blocks import Points, Term, Text
from troubleshoot.guide.flow import UNKNOWN, HandOver, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.words import CAUSES, DONT_KNOW, PASTE, TOPIC

NODES: tuple[Node, ...] = (
    Question(
        "text",
        "Do you have the text of the error?",
        (
            to("paste", "with the text", "yes"),
            to("what", "without the text", "short", "no"),
        ),
        options=(
            Option("yes", "Yes, I can copy it"),
            Option("short", "It says only “Access Denied”, and nothing more"),
            Option("no", "No, I have no text"),
        ),
        hint="The text says who was refused, what, and often why. It is the quickest way.",
    ),
    Outcome(
        "paste",
        "Paste the error, and see what stopped you",
        (
            Text("The text names the action, and mostly the policy that decided."),
            Points(
                (
                    "Paste all of it: more is better than less.",
                    "Passwords and keys are removed before anything is kept.",
                )
            ),
        ),
        ("Paste the text into the box.", "Choose **Find out why**."),
        (TOPIC, CAUSES),
        live="paste",
    ),
    Question(
        "what",
        "What happens?",
        (
            to("example", "the text of AWS’s help page", "example"),
            to("malformed", "IAM refuses a document", "malformed"),
            to("job", "a job failed", "job"),
            to("later", "it worked before", "later"),
            to("has", "a policy did not help", "nothing"),
            to("service", "a call is refused", "denied", UNKNOWN),
        ),
        options=(
            Option("denied", "AWS refuses what I try to do"),
            Option("job", "A job starts, and then fails"),
            Option("later", "It worked before, and fails now"),
            Option("nothing", "I was given a policy, and nothing changed"),
            Option("malformed", "IAM refuses my policy document"),
            Option("example", "The text names personalize:GetWidget"),
            DONT_KNOW,
        ),
    ),
    Outcome(
        "example",
        "That text is AWS’s example, not your error",
        (
            Text("`personalize:GetWidget` and `my-example-widget` are made up by AWS’s help. No such action exists."),
            Text("A policy that allows it would change nothing."),
        ),
        ("Look for the message of the call that really failed.", "Paste that message, or answer these questions anew."),
        (PASTE, TOPIC),
        causes=("P02",),
        ask_admin="I followed AWS’s example of personalize:GetWidget. Could you look in CloudTrail for my real "
        "AccessDenied events?",
    ),
    Outcome(
        "malformed",
        "A bucket policy was probably put where an IAM policy goes",
        (
            Term(
                "Principal",
                "the element that says who is meant. It stands in policies of buckets, keys and roles’ trust.",
            ),
            Text("A policy that is attached to a user or role must not have a `Principal`: its holder is meant."),
        ),
        (
            "Look for `Principal` in your document.",
            "If it is there, put the document on the bucket, not on the user or role.",
        ),
        (
            Next(
                "Build the right documents",
                "/guide/let-others-in/",
                "The builder says for each document where it belongs.",
            ),
            CAUSES,
        ),
        causes=("P11",),
        ask_admin="IAM refuses our policy document. It may hold a Principal, which belongs into the policy of a "
        "bucket. Could you look?",
    ),
    Question(
        "job",
        "Which job fails?",
        (
            to("to-import", "an import", "import"),
            to("to-batch", "a batch job", "batch"),
            to("to-export", "an export", "export"),
            to("to-metrics", "metrics", "metrics"),
            to("to-chain", "another job", UNKNOWN),
        ),
        options=(
            Option("import", "Importing data from S3"),
            Option("batch", "Batch recommendations or segments"),
            Option("export", "Exporting a dataset to S3"),
            Option("metrics", "Measuring impact (metric attribution)"),
            DONT_KNOW,
        ),
        hint="A job works with a role of its own, so its rights matter, not yours.",
    ),
    HandOver("to-import", "Check the role of the import", "pass-role", (("when", "job"), ("op", "import"))),
    HandOver("to-batch", "Check the role of the batch job", "pass-role", (("when", "job"), ("op", "batch"))),
    HandOver("to-export", "Check the role of the export", "pass-role", (("when", "job"), ("op", "export"))),
    HandOver("to-metrics", "Check the role of the metrics", "pass-role", (("when", "job"), ("op", "metric"))),
    HandOver("to-chain", "Check the role of the job", "pass-role", (("when", "job"),)),
    Question(
        "later",
        "What fails now?",
        (
            to("key-revoked", "filters or recommendations", "recommend"),
            to("two-types", "creating", "create"),
            to("wait", "just made", "new"),
            to("leaked", "a key that may have leaked", "leak"),
            to("service", "something else", UNKNOWN),
        ),
        options=(
            Option("recommend", "Filters or recommendations, and the data is encrypted with our own key"),
            Option("create", "Creating a campaign, solution or dataset, with an old policy"),
            Option("new", "A role or policy that was made minutes ago"),
            Option("leak", "Many things at once, after an access key may have leaked"),
            Option(UNKNOWN, "Something else, or I don’t know"),
        ),
    ),
    Outcome(
        "key-revoked",
        "Personalize may no longer use your encryption key",
        (
            Text(
                "Personalize needs its grant on your KMS key all the time. "
                "Taking it away later breaks filters and recommendations."
            ),
        ),
        (
            "Ask the key’s owner to compare the key policy with what Personalize needs.",
            "Have the grant or the statement put back.",
        ),
        (
            Next(
                "Check the role and its key", "/guide/pass-role/?when=job", "See each permission that the chain needs."
            ),
            CAUSES,
        ),
        causes=("P15",),
        ask_admin="Our KMS key may have lost the permissions of Amazon Personalize. "
        "Could you check its policy and grants?",
    ),
    Outcome(
        "two-types",
        "Some Create actions are now checked on two resources",
        (
            Text("Since 2026 AWS’s reference lists two kinds of resource for 11 Create actions."),
            Text(
                "A campaign is checked on the campaign and on its solution. "
                "An old policy often names the first one only."
            ),
        ),
        (
            "Look at which resources your policy names.",
            "Have the parent added: the solution, the dataset or the dataset group.",
        ),
        (
            PASTE,
            Next("Build a new policy", "/guide/let-others-in/", "It names every kind of resource that the job needs."),
        ),
        causes=("P21",),
        ask_admin="My policy allows a Create action on one kind of resource. Could you add the parent’s ARN as well?",
    ),
    Outcome(
        "wait",
        "A change in IAM needs a little time",
        (
            Text(
                "IAM copies each change to all places. "
                "AWS gives no number, but mostly it is seconds, sometimes minutes."
            ),
        ),
        ("Wait a minute, and try again.", "If it is still refused after some minutes, paste the error."),
        (PASTE, CAUSES),
        causes=("P08",),
        ask_admin="I was given a role or policy minutes ago, and am still refused. Could you check that it is "
        "attached to me?",
    ),
    HandOver("leaked", "A key may have leaked", "access-keys", (("want", "leaked"),)),
)
