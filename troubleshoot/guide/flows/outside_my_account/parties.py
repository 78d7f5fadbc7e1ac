"""The account and the role, and another account of the same company."""

from troubleshoot.guide.flow import Ask, Field, Node, Option, Question, given, to
from troubleshoot.guide.flows.shared import place_question

NODES: tuple[Node, ...] = (
    place_question(
        "place",
        "Which account is opened, and what is the role called?",
        (
            to("other", "an account of ours", given=given("who", "own")),
            to("external", "a third party", given=given("who", "third")),
            to("provider", "SAML", given=given("who", "saml")),
            to("repository", "GitHub", given=given("who", "github")),
            to("issuer", "another issuer"),
        ),
        name="Name of the new role",
        example="Such as PersonalizePartner.",
    ),
    Question(
        "other",
        "Who in the other account?",
        (to("people", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field(
                "other",
                "Number of the other account, or ARN of one role in it",
                "other-principal",
                "One role is safer than the whole account.",
            ),
            Field(
                "organization",
                "ID of your organization",
                "organization",
                "Such as o-exampleorgid. It keeps out an account that leaves.",
                optional=True,
            ),
        ),
    ),
    Question(
        "people",
        "Are these people, or programs?",
        (to("hours", "told"),),
        options=(
            Option("people", "People who sign in to the other account", "a second factor is asked for"),
            Option("sso", "People of a federation", "who had their second factor at sign-in"),
            Option("programs", "Programs"),
        ),
    ),
)
