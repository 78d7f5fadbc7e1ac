"""The account, the rights, the guard rails, and the documents."""

from troubleshoot.guide.blocks import Text
from troubleshoot.guide.flow import Ask, Field, Node, Option, Outcome, Question, given, to
from troubleshoot.guide.flows.shared import access_questions, place_question
from troubleshoot.guide.flows.words import CHECK_CHAIN, LET_TOPIC

_AFTER = (to("guard", "then"),)

NODES: tuple[Node, ...] = (
    place_question(
        "place",
        "Where, and what is the new thing called?",
        (to("job", "told"),),
        name="Name of the new role, group, user or permission set",
        example="Such as RetailBuilders.",
    ),
    *access_questions(_AFTER),
    Question(
        "guard",
        "Which guard rails do you want?",
        (
            to("boundary", "with a boundary", "boundary"),
            to("ends", "with an end", "time"),
            to("grant", "without", "none"),
            to("grant", "with MFA", "mfa"),
        ),
        ask=Ask.SOME,
        options=(
            Option(
                "boundary",
                "A permissions boundary",
                "the most that they can ever have; for roles, users and permission sets",
            ),
            Option("mfa", "A second factor (MFA)", "for IAM users; federations ask for it at sign-in"),
            Option("time", "An end", "after a day, nothing is allowed any more"),
            Option("none", "None of these"),
        ),
    ),
    Question(
        "boundary",
        "Which policy is the boundary?",
        (to("ends", "and an end", given=given("guard", "time")), to("grant", "told")),
        ask=Ask.TEXT,
        fields=(
            Field(
                "boundary",
                "ARN of the policy",
                "policy",
                "Such as arn:aws:iam::123456789012:policy/portal-guard/PortalCeiling.",
            ),
        ),
    ),
    Question(
        "ends",
        "Until which day?",
        (to("grant", "told"),),
        ask=Ask.TEXT,
        fields=(Field("ends", "Last day", "day", "As year-month-day. It ends at midnight after it, in UTC."),),
    ),
    Outcome(
        "grant",
        "The documents for this access",
        (
            Text(
                "Each document was checked by the portal’s engine. "
                "Below it you read what it allows, and what of its quota it uses."
            ),
        ),
        (
            "Read what it allows.",
            "Copy it in the form that you use, or download it.",
            "Have a second person look at it before it is applied.",
        ),
        (CHECK_CHAIN, LET_TOPIC),
        builder="grant",
        check=True,
    ),
)
