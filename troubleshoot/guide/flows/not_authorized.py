"""Guide 1: AWS refuses an action. It ends in a diagnosis, or in the known cause.

Facts: https://docs.aws.amazon.com/personalize/latest/dg/security_iam_troubleshoot.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_personalize.html
"""

from troubleshoot.guide.blocks import Points, Steps, Term, Text
from troubleshoot.guide.flow import (
    ACTION_KINDS,
    GIVEN,
    UNKNOWN,
    Ask,
    Field,
    HandOver,
    Next,
    Option,
    Outcome,
    Question,
    finding,
    flow_of,
    to,
)

DONT_KNOW = Option(UNKNOWN, "I don’t know")
PASTE = Next("Paste an error", "/read/", "Paste the text that AWS showed you, as much of it as you have.")
TOPIC = Next("Read the topic", "/not-authorized/", "What this error means, with AWS’s own example.")
CAUSES = Next("See all known causes", "/causes/", "Look through the permission errors that are known.")
_ASK = (
    "Hello, I need to do this in Amazon Personalize, and AWS refuses it: {action}. "
    "Could you allow it for me, or tell me which way you want people to do it?"
)

NOT_AUTHORIZED = flow_of(
    "not-authorized",
    "AWS says that I am not authorized",
    "A few questions lead to what stopped you, and to what you can do now.",
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
    ),
    HandOver("leaked", "A key may have leaked", "access-keys", (("want", "leaked"),)),
    Question(
        "service",
        "Which part of AWS said no?",
        (
            to("to-pass-role", "passing a role", "role"),
            to("console", "the console’s pages", "console"),
            to("action", "a service", "personalize", "storage", "other", UNKNOWN),
        ),
        options=(
            Option("personalize", "Amazon Personalize"),
            Option("role", "The message speaks of passing a role", "iam:PassRole"),
            Option("storage", "Storage or keys", "Amazon S3 or AWS KMS"),
            Option("console", "Several red boxes on one page of the console"),
            Option("other", "Another service"),
            DONT_KNOW,
        ),
    ),
    HandOver("to-pass-role", "Passing a role", "pass-role", (("when", "call"),)),
    Question(
        "action",
        "What did you want to do?",
        (
            to("to-pass-role", "passing a role", "pass"),
            to("passing", "a call that passes a role", "passing"),
            to(
                "kind",
                "an action",
                *(kind for kind in ACTION_KINDS if kind not in ("pass", "passing", "list", "events")),
            ),
            to("who", "an action without a resource", "list", "events"),
            to("no-action", "not known", UNKNOWN),
        ),
        ask=Ask.ACTION,
        may_not_know=True,
        hint="An action is one thing that AWS lets you do. Search in your own words, then choose.",
    ),
    Outcome(
        "no-action",
        "The missing piece is the action",
        (
            Text("Without the action nobody can tell which permission is missing."),
            Points(
                (
                    "In the console: copy the whole red box.",
                    "In a program: look for `not authorized to perform` in its log.",
                    "An administrator finds it in CloudTrail, the account’s log, by your name and the time.",
                )
            ),
        ),
        ("Try again, and copy the text that you get.", "Paste it, or send it to your administrator with the time."),
        (PASTE, TOPIC),
        causes=("P01",),
        ask_admin="AWS refuses a call of mine, and I cannot tell which. "
        "Could you look in CloudTrail for my AccessDenied events?",
    ),
    Question(
        "passing",
        "Does the message name iam:PassRole?",
        (to("to-pass-role-op", "it names it", "yes"), to("kind", "it names another action", "no", UNKNOWN)),
        options=(Option("yes", "Yes"), Option("no", "No, it names the action itself"), DONT_KNOW),
        hint="This action hands a role to Personalize, so it needs two permissions.",
    ),
    HandOver("to-pass-role-op", "Passing a role", "pass-role", (("when", "call"),)),
    Question(
        "kind",
        "On what did you try it?",
        (to("resource", "a resource"),),
        options=(
            Option("campaign", "A campaign"),
            Option("recommender", "A recommender"),
            Option("solution", "A solution"),
            Option("version", "A version of a solution"),
            Option("dataset", "A dataset, or its items, users or events"),
            Option("group", "A dataset group"),
            Option("recipe", "A recipe, algorithm or feature transformation"),
            Option("untagged", "A schema or a metric attribution"),
            Option("other", "Something else"),
            DONT_KNOW,
        ),
    ),
    Question(
        "resource",
        "Which one exactly?",
        (to("tags", "named", GIVEN), to("tags", "not known", UNKNOWN)),
        ask=Ask.TEXT,
        fields=(
            Field(
                "resource",
                "The resource’s ARN",
                "resource",
                "It begins with arn:aws:personalize:. The console shows it on the resource’s page.",
            ),
        ),
        may_not_know=True,
        help=(Term("ARN", "Amazon Resource Name: the full name of one thing in AWS."),),
    ),
    Question(
        "tags",
        "Does your call or your policy use tags?",
        (to("who", "told"),),
        options=(
            Option("set", "Yes, my call sets tags"),
            Option("policy", "Yes, my policy asks for a tag"),
            Option("no", "No"),
            DONT_KNOW,
        ),
        help=(Term("Tag", "a label on a resource, with a name and a value."),),
    ),
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
            "No request in this portal can change it.",
        ),
        (PASTE, CAUSES),
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
    Question(
        "says",
        "What else does the message say?",
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
            finding("P28", "kind", "version"),
            finding("P28", "action", "version"),
            finding("P17", "kind", "recipe"),
            finding("P17", "action", "recipe"),
            finding("P22", "tags", "set"),
            finding("P23", "tags", "policy"),
        ),
        live="diagnosis",
        ask_admin=_ASK,
        check=True,
    ),
)
