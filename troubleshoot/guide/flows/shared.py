"""Questions that two guides ask alike: which job, on which resources, with which role and bucket."""

from troubleshoot.guide.blocks import Term, Text
from troubleshoot.guide.flow import GIVEN, UNKNOWN, Ask, Edge, Field, Option, Question, given, to

JOB_OPTIONS = (
    Option("auditor", "Look at everything, change nothing", "auditor"),
    Option("builder", "Build and train", "builder: creates and deploys, cannot delete datasets"),
    Option("runtime", "Ask for recommendations and send events", "application runtime"),
    Option("operations", "Keep it running", "operations: retrains, redeploys, runs jobs"),
    Option("custom", "Something else: I pick the actions"),
)
NEEDS_ROLE = ("builder", "operations", "custom")
SCOPES = (
    Option("all", "Everything of Personalize in this account"),
    Option("prefix", "What has a common beginning of its name", "such as retail-"),
    Option("named", "Some that I name"),
)
TAGGED = Option("tag", "What has a certain tag", "creating is left out then")

_NAMED = (to("prefix", "by prefix", "prefix"), to("named", "by name", "named"))


def access_questions(after: tuple[Edge, ...]) -> tuple[Question, ...]:
    """Return the questions from the job to the bucket. `after` are the edges that lead on behind them."""
    last = tuple(Edge(edge.label, edge.to, frozenset(), edge.given) for edge in after)
    role = to("service-role", "with a role to pass", given=given("job", *NEEDS_ROLE))
    scopes = _scope(role, last), _SCOPE_OF_BUILDING
    return (_job(after), _ACTIONS, *scopes, *_resources((role, *last)), _SERVICE_ROLE, _data(last))


_ACTIONS = Question(
    "actions",
    "Which actions?",
    (to("scope", "picked"),),
    ask=Ask.ACTIONS,
    services=("personalize",),
    hint="Search, tick, and search again. What is ticked stays.",
)
_SCOPE_OF_BUILDING = Question(
    "scope-build",
    "On which resources?",
    (*_NAMED, to("service-role", "everything", "all")),
    options=SCOPES,
    help=(Text("Tags are not offered here: whoever may create and tag could open everything to themselves."),),
)
_SERVICE_ROLE = Question(
    "service-role",
    "Which role do their jobs use?",
    (to("data", "told", GIVEN), to("data", "not known", UNKNOWN)),
    ask=Ask.TEXT,
    fields=(
        Field(
            "role",
            "ARN of the service role, with its path",
            "role",
            "They may pass this one role, to Personalize only.",
        ),
    ),
    may_not_know=True,
    help=(Term("Service role", "the role with which Personalize itself reads and writes your data."),),
)


def _job(after: tuple[Edge, ...]) -> Question:
    edges = (
        to("actions", "picked actions", "custom"),
        *(Edge(edge.label, edge.to, frozenset({"auditor"}), edge.given) for edge in after),
        to("scope-build", "building", "builder"),
        to("scope", "another job", "runtime", "operations"),
    )
    return Question("job", "What are they to do?", edges, options=JOB_OPTIONS)


def _scope(role: Edge, last: tuple[Edge, ...]) -> Question:
    whole = (Edge(edge.label, edge.to, frozenset({"all"}), edge.given) for edge in (role, *last))
    edges = (to("tag", "by tag", "tag"), *_NAMED, *whole)
    return Question("scope", "On which resources?", edges, options=(*SCOPES, TAGGED))


def _resources(edges: tuple[Edge, ...]) -> tuple[Question, ...]:
    """Return the questions by which resources are told: by prefix, by name, by tag."""
    prefix = Field(
        "prefix", "Beginning of the names", "prefix", "Such as retail-. It covers jobs too, so name them alike."
    )
    named = Field("named", "ARNs, one on each line", "own-resources", "Up to 10, all of your account.", rows=4)
    tag = (
        Field("tag_key", "Name of the tag", "tag", "Such as team."),
        Field("tag_value", "Its value", "tag", "Such as retail."),
    )
    return (
        Question("prefix", "How do the names begin?", edges, ask=Ask.TEXT, fields=(prefix,)),
        Question("named", "Which resources?", edges, ask=Ask.TEXT, fields=(named,)),
        Question("tag", "Which tag?", edges, ask=Ask.TEXT, fields=tag),
    )


def _data(last: tuple[Edge, ...]) -> Question:
    bucket = Field("bucket", "Name of the bucket", "bucket", "Such as retail-personalize-data.")
    return Question("data", "Which bucket holds the data?", last, ask=Ask.TEXT, fields=(bucket,), may_not_know=True)


def place_question(id_: str, title: str, edges: tuple[Edge, ...], *, name: str, example: str) -> Question:
    """Return the question of which account and Region, and what the new thing is called."""
    return Question(
        id_,
        title,
        edges,
        ask=Ask.TEXT,
        fields=(
            Field(
                "account", "Number of your AWS account", "account", "12 digits. `aws sts get-caller-identity` shows it."
            ),
            Field("region", "Region", "region", "Such as us-east-1."),
            Field("name", name, "entity", example),
        ),
        hint="This is kept on the server, not in the address of this page.",
    )
