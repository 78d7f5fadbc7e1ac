"""Guide 2: passing a role to Personalize. It ends in the doctor, which checks each leg of the chain.

Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html,
https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_personalize.html
"""

from troubleshoot.guide.blocks import Points, Sample, Term, Text
from troubleshoot.guide.flow import GIVEN, UNKNOWN, Ask, Field, Next, Option, Outcome, Question, finding, flow_of, to
from troubleshoot.guide.flows.words import CAUSES, DONT_KNOW, PASTE

_TOPIC = Next("Read the topic", "/pass-role/", "What passing a role is, with AWS’s own example.")

OPERATIONS = {
    "import": "CreateDatasetImportJob",
    "export": "CreateDatasetExportJob",
    "batch": "CreateBatchInferenceJob",
    "segment": "CreateBatchSegmentJob",
    "delete": "CreateDataDeletionJob",
    "group": "CreateDatasetGroup",
    "metric": "CreateMetricAttribution",
    "metric-update": "UpdateMetricAttribution",
}
"""The eight operations that pass a role, by the key of their answer."""
WRITING = frozenset({"export", "batch", "segment", "metric", "metric-update"})
"""Those that write to the bucket."""
METRICS = frozenset({"metric", "metric-update"})
"""Those that report to CloudWatch."""

PASS_ROLE = flow_of(
    "pass-role",
    "I may not pass a role",
    "Check every link of the chain: you, the role, its trust, the bucket and the key.",
    Question(
        "when",
        "When does it fail?",
        (to("op", "told"),),
        options=(
            Option("call", "At once. The message names iam:PassRole"),
            Option("assume", "At once. The message says that the role cannot be assumed, or is invalid"),
            Option("job", "A job starts, and then fails"),
            Option("before", "Nothing failed yet. I want to check first"),
            DONT_KNOW,
        ),
        help=(
            Term("Passing a role", "handing an existing role to a service, which then works with that role’s rights."),
        ),
    ),
    Question(
        "op",
        "What were you doing?",
        (to("other-service", "with another service", "other"), to("same", "with Personalize")),
        options=(
            Option("import", "Importing data", "CreateDatasetImportJob"),
            Option("export", "Exporting a dataset", "CreateDatasetExportJob"),
            Option("batch", "Batch recommendations", "CreateBatchInferenceJob"),
            Option("segment", "User segments", "CreateBatchSegmentJob"),
            Option("delete", "Deleting users’ data", "CreateDataDeletionJob"),
            Option("group", "Making a dataset group with a key of our own", "CreateDatasetGroup"),
            Option("metric", "Starting to measure impact", "CreateMetricAttribution"),
            Option("metric-update", "Changing how impact is measured", "UpdateMetricAttribution"),
            Option("other", "Something with another service than Personalize"),
            DONT_KNOW,
        ),
        hint="Eight operations of Personalize pass a role.",
    ),
    Outcome(
        "other-service",
        "The same rule, with another service’s name",
        (
            Text(
                "Every service that takes a role checks `iam:PassRole`. "
                "Only the service’s name in `iam:PassedToService` differs."
            ),
        ),
        (
            "Paste the error: the portal reads which role and which service are meant.",
            "Ask for exactly that role and that service.",
        ),
        (PASTE, _TOPIC),
        causes=("P04",),
        ask_admin="I need to pass a role to another service than Personalize. Could you allow iam:PassRole on "
        "that role, to that service only?",
    ),
    Question(
        "same",
        "Is the role in the account in which you work?",
        (to("other-account", "in another account", "no"), to("fresh", "in the same account", "yes", UNKNOWN)),
        options=(Option("yes", "Yes"), Option("no", "No, it belongs to another account"), DONT_KNOW),
        hint="The 12 digits in the role’s ARN are its account.",
    ),
    Outcome(
        "other-account",
        "A role can be passed inside its own account only",
        (
            Text(
                "So the role must be in the account in which Personalize works. "
                "It can still reach a bucket of the other account."
            ),
        ),
        (
            "Make the role in the account in which Personalize works.",
            "Let the bucket’s owner allow that role and Personalize in the bucket policy.",
        ),
        (
            Next(
                "Build both sides’ documents",
                "/guide/outside-my-account/?who=data",
                "For data in another account’s bucket.",
            ),
            _TOPIC,
        ),
        causes=("P05",),
        ask_admin="Our data is in another account. "
        "Could you make a service role in the Personalize account, with access to that bucket?",
    ),
    Question(
        "fresh",
        "Was the role or its policy made in the last few minutes?",
        (to("wait", "just made", "yes"), to("caller", "older", "no", UNKNOWN)),
        options=(Option("yes", "Yes"), Option("no", "No"), DONT_KNOW),
    ),
    Outcome(
        "wait",
        "A new role needs a little time",
        (Text("IAM copies each change to all places. Until then the first calls may fail, and later ones work."),),
        ("Wait a minute, and try again.", "If it still fails after some minutes, go back and answer No."),
        (Next("Check the chain", "/guide/pass-role/", "Answer anew once the minutes have passed."), PASTE),
        causes=("P08",),
        ask_admin="A role or policy was made minutes ago, and passing the role still fails. Could you check both "
        "sides?",
    ),
    Question(
        "caller",
        "Who passes the role?",
        (to("role", "told", GIVEN), to("role", "not known", UNKNOWN)),
        ask=Ask.TEXT,
        fields=(
            Field(
                "caller", "ARN of the user or role", "principal", "Such as arn:aws:iam::123456789012:user/marymajor."
            ),
        ),
        may_not_know=True,
        hint="It is kept on the server, not in the address of this page.",
    ),
    Question(
        "role",
        "Which role is passed?",
        (to("bucket", "told", GIVEN), to("find-role", "not known", UNKNOWN)),
        ask=Ask.TEXT,
        fields=(
            Field(
                "role",
                "ARN of the role, with its path",
                "role",
                "It stands as roleArn in your call or template. Its name alone will do if you named yourself.",
            ),
        ),
        may_not_know=True,
    ),
    Outcome(
        "find-role",
        "First find out which role it is",
        (
            Points(
                (
                    "In your code, template or command look for `roleArn`.",
                    "In the console the role stands on the form of the import or job.",
                    "`iam:PassRole` is never in CloudTrail, the account’s log. Look there for the `Create…` call.",
                )
            ),
            Sample("arn:aws:iam::123456789012:role/service-role/AmazonPersonalize-ExecutionRole"),
        ),
        ("Find the role’s ARN, its path included.", "Come back to this guide with it."),
        (Next("Answer again", "/guide/pass-role/", "The guide checks each link of the chain."), _TOPIC),
        causes=("P03",),
    ),
    Question(
        "bucket",
        "Which bucket does the job use?",
        (to("doctor", "told", GIVEN), to("doctor", "not known", UNKNOWN)),
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
        may_not_know=True,
    ),
    Outcome(
        "doctor",
        "The chain, link by link",
        (Text("Each link below is fine, broken, or not known. A link is not known where the portal may not look."),),
        (
            "Begin with the first broken link.",
            "For a link that is not known, compare with the document below.",
            "Then try again.",
        ),
        (PASTE, _TOPIC, CAUSES),
        causes=("P03",),
        findings=(
            finding("P03", "when", "call", UNKNOWN),
            finding("P04", "when", "call"),
            finding("P06", "when", "assume"),
            finding("P07", "when", "assume"),
            finding("P09", "when", "job"),
            finding("P10", "when", "job"),
            finding("P12", "when", "job"),
            finding("P13", "when", "job"),
            finding("P14", "op", "export"),
            finding("P16", "op", *sorted(WRITING)),
            finding("P30", "op", "metric", "metric-update"),
        ),
        builder="chain",
        live="doctor",
        ask_admin="I need to pass this role to Amazon Personalize: {role}. My identity is {caller}. "
        "Could you allow iam:PassRole on it for me, to personalize.amazonaws.com only?",
        check=True,
    ),
)
