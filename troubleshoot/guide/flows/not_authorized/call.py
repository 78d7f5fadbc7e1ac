"""Which call: the service, the action, the resource, its tags."""

from troubleshoot.guide.blocks import Points, Term, Text
from troubleshoot.guide.flow import (
    GIVEN,
    UNKNOWN,
    Ask,
    Field,
    HandOver,
    Node,
    Option,
    Outcome,
    Question,
    to,
)
from troubleshoot.guide.flows.words import DONT_KNOW, PASTE, TOPIC

NODES: tuple[Node, ...] = (
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
            to("kind", "asking for recommendations", "recommend"),
            to("resource", "an action on a resource", "items", "pair", "version", "recipe", "any"),
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
        (to("to-pass-role-op", "it names it", "yes"), to("resource", "it names another action", "no", UNKNOWN)),
        options=(Option("yes", "Yes"), Option("no", "No, it names the action itself"), DONT_KNOW),
        hint="This action hands a role to Personalize, so it needs two permissions.",
    ),
    HandOver("to-pass-role-op", "Passing a role", "pass-role", (("when", "call"),)),
    Question(
        "kind",
        "Do you ask a campaign or a recommender?",
        (to("resource", "told"),),
        options=(
            Option("campaign", "A campaign", "made from a solution of your own"),
            Option("recommender", "A recommender", "made for a use case that AWS prepared"),
            DONT_KNOW,
        ),
        hint="The same call asks either of them, and each needs a permission of its own.",
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
                "The console shows it on the resource’s page. Signed in, its name alone will mostly do.",
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
)
