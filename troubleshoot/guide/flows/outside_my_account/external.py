"""A third party: its external ID, who makes it, and temporary delegation."""

from troubleshoot.guide.blocks import Term, Text
from troubleshoot.guide.flow import UNKNOWN, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.words import DONT_KNOW, OUTSIDE_TOPIC

NODES: tuple[Node, ...] = (
    Question(
        "external",
        "Did they give you an external ID?",
        (
            to("third", "with an ID", "yes"),
            to("ask-external", "without one", "no", UNKNOWN),
            to("made-here", "we made it", "ours"),
            to("delegation", "AWS’s delegation", "delegation"),
        ),
        options=(
            Option("yes", "Yes, they made one for us"),
            Option("ours", "We made one up ourselves"),
            Option("no", "No"),
            Option("delegation", "They sent a request for temporary delegation in the console"),
            DONT_KNOW,
        ),
        help=(
            Term(
                "External ID",
                "a value that the third party sends along, so that no other customer of theirs can reach you.",
            ),
        ),
    ),
    Outcome(
        "ask-external",
        "Ask them for an external ID first",
        (
            Text("The third party makes it, one for each customer and account. It should be long and random."),
            Text(
                "It is not a secret, but nobody should be able to guess it. "
                "Without it another customer could reach your account through them."
            ),
        ),
        ("Send them the text below.", "Come back with the ID and their role’s ARN."),
        (
            Next("I have the ID", "/guide/outside-my-account/?who=third&external=yes", "Build the documents."),
            OUTSIDE_TOPIC,
        ),
        ask_admin=(
            "To let you into our AWS account with a role, please send us your "
            "account’s number, the ARN of the role that you use, "
            "and an external ID that is unique to us. Please confirm that assuming our role without that ID fails."
        ),
    ),
    Outcome(
        "made-here",
        "The third party should make it, not you",
        (
            Text(
                "They must be sure that it is unique among all their customers. "
                "An ID that customers choose can be the same twice."
            ),
            Text("If their product can only take yours, make it long and random."),
        ),
        ("Ask whether they make external IDs.", "If not, use a random one, and have them confirm that it is unique."),
        (
            Next("Go on with the ID", "/guide/outside-my-account/?who=third&external=yes", "Build the documents."),
            OUTSIDE_TOPIC,
        ),
        ask_admin="Does your product make an external ID for each customer? If not, "
        "please confirm that ours is unique among them.",
    ),
    Outcome(
        "delegation",
        "Temporary delegation: you lend some of your own rights",
        (
            Text(
                "Only AWS products and partners that AWS has admitted can send such a request. "
                "It lasts 12 hours at most."
            ),
            Text(
                "Whoever approves lends their own rights. Lasting roles that it makes must have a permissions boundary."
            ),
        ),
        (
            "Read exactly which rights the request asks for.",
            "Approve it only if you expected it.",
            "Never approve it as the root user.",
        ),
        (
            Next(
                "Use a lasting role instead",
                "/guide/outside-my-account/?who=third&external=yes",
                "With an external ID.",
            ),
            OUTSIDE_TOPIC,
        ),
        ask_admin="You sent us a request for temporary delegation. Which rights do you need, for how long, and "
        "what will you do with them?",
    ),
)
