"""The role with which Personalize itself reaches the data."""

from troubleshoot.guide.blocks import Text
from troubleshoot.guide.flow import Ask, Field, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.shared import place_question
from troubleshoot.guide.flows.words import CHECK_CHAIN, LET_TOPIC

NODES: tuple[Node, ...] = (
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
        (CHECK_CHAIN, LET_TOPIC),
        builder="service",
        check=True,
    ),
)
