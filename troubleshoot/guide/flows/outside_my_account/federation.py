"""Who the third party or the identity provider is, how long a session lasts, and what they may do."""

from troubleshoot.guide.blocks import Text
from troubleshoot.guide.flow import Ask, Field, Node, Option, Question, given, to
from troubleshoot.guide.flows.shared import access_questions
from troubleshoot.guide.flows.words import DONT_KNOW

_AFTER = (
    to("result-own", "an account of ours", given=given("who", "own")),
    to("result-third", "a third party", given=given("who", "third")),
    to("result-saml", "SAML", given=given("who", "saml")),
    to("result-oidc", "OpenID Connect"),
)

NODES: tuple[Node, ...] = (
    Question(
        "third",
        "Who are they, and which ID did they make?",
        (to("hours", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field(
                "other", "Their account’s number, or their role’s ARN", "other-principal", "Their role’s ARN is safer."
            ),
            Field("external_id", "The external ID", "external-id", "2 to 1,224 characters, as they sent it."),
        ),
    ),
    Question(
        "provider",
        "Which identity provider?",
        (to("hours", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field(
                "saml", "ARN of the SAML provider", "saml", "Such as arn:aws:iam::123456789012:saml-provider/CorpIdP."
            ),
        ),
    ),
    Question(
        "repository",
        "Which repository and branch?",
        (to("hours", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field("repository", "Repository", "repository", "Such as example-org/recommender."),
            Field("branch", "Branch", "branch", "Such as main. Other branches stay outside."),
        ),
    ),
    Question(
        "issuer",
        "Whose tokens, and which?",
        (to("hours", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field("issuer", "The issuer’s address", "issuer", "Such as id.example.com/tenant, without https://."),
            Field("audience", "Audience (aud)", "claim", "Mostly the client’s ID."),
            Field("subject", "Subject (sub)", "claim", "The exact identity. No wildcards."),
        ),
    ),
    Question(
        "hours",
        "How long may one session last?",
        (to("chain", "longer than an hour", "4", "8", "12"), to("job", "an hour", "1")),
        options=(Option("1", "1 hour"), Option("4", "4 hours"), Option("8", "8 hours"), Option("12", "12 hours")),
        hint="After that they sign in anew. Shorter is safer.",
    ),
    Question(
        "chain",
        "Do they come from a role already?",
        (to("job", "told"),),
        options=(Option("yes", "Yes"), Option("no", "No"), DONT_KNOW),
        help=(
            Text(
                "From one role into another is called role chaining. "
                "Such a session lasts one hour at most, whatever you set."
            ),
        ),
    ),
    *access_questions(_AFTER),
)
