"""Data in another account, and an existing trust policy that is checked."""

from troubleshoot.guide.blocks import Text
from troubleshoot.guide.flow import Ask, Field, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.shared import place_question
from troubleshoot.guide.flows.words import DONT_KNOW, OUTSIDE_TOPIC

NODES: tuple[Node, ...] = (
    place_question(
        "data-place",
        "In which account does Personalize work?",
        (to("data-bucket", "told"),),
        name="Name of the team or project",
        example="It is not part of the documents. Such as retail.",
    ),
    Question(
        "data-bucket",
        "Where is the data?",
        (to("data-use", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field("other", "Number of the account that owns the bucket", "other-account", "12 digits."),
            Field("bucket", "Name of the bucket", "bucket", "Such as retail-personalize-data."),
            Field(
                "key",
                "ARN of the KMS key",
                "key",
                "Only if the bucket is encrypted with a key of that account.",
                optional=True,
            ),
        ),
    ),
    Question(
        "data-use",
        "What will Personalize do there?",
        (to("result-data", "told"),),
        options=(
            Option("read", "Read only", "imports"),
            Option("write", "Read and write", "exports, batch jobs and metrics"),
        ),
    ),
    Outcome(
        "result-data",
        "Both accounts’ documents for the data",
        (
            Text(
                "The service role stays in the account of Personalize, because a "
                "role is passed inside its own account only."
            ),
            Text(
                "The owner of the bucket allows that role and Personalize. "
                "This follows from AWS’s rules; AWS has no walkthrough of it."
            ),
        ),
        ("Make the role here.", "Send the bucket’s owner the statements.", "Then check the chain."),
        (Next("Check the chain", "/guide/pass-role/?when=before", "Link by link."), OUTSIDE_TOPIC),
        causes=("P05",),
        builder="data",
        check=True,
    ),
    Question(
        "lint-place",
        "Which trust policy?",
        (to("lint-about", "pasted"),),
        ask=Ask.TEXT,
        fields=(
            Field("account", "Number of the account that has the role", "account", "12 digits."),
            Field("policy", "The trust policy", "trust-policy", "Paste the whole JSON document.", rows=12),
        ),
        hint="It is kept on the server, not in the address of this page.",
    ),
    Question(
        "lint-about",
        "Who uses that role?",
        (to("result-lint", "told"),),
        options=(Option("people", "People"), Option("programs", "Programs"), DONT_KNOW),
    ),
    Outcome(
        "result-lint",
        "What the check found",
        (Text("26 rules were checked. The gravest findings stand on top, with the line and what to do."),),
        ("Begin with critical and high findings.", "Change the trust policy, and check it again."),
        (Next("Build a new trust policy", "/guide/outside-my-account/", "For your case, checked."), OUTSIDE_TOPIC),
        live="lint",
        check=False,
    ),
)
