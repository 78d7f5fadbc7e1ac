"""Where an application runs, and how it signs in."""

from troubleshoot.guide.blocks import Points, Term
from troubleshoot.guide.flow import UNKNOWN, Ask, Field, Next, Node, Option, Outcome, Question, to
from troubleshoot.guide.flows.words import DONT_KNOW

NODES: tuple[Node, ...] = (
    Question(
        "runs-on",
        "Where does the application run?",
        (
            to("place", "inside AWS", "ec2", "lambda", "ecs", "eks"),
            to("anchor", "with certificates", "servers"),
            to("anywhere", "elsewhere", "else", UNKNOWN),
        ),
        options=(
            Option("ec2", "On EC2 machines"),
            Option("lambda", "In Lambda functions"),
            Option("ecs", "In ECS containers"),
            Option("eks", "In Kubernetes on EKS", "EKS Pod Identity"),
            Option("servers", "On our own servers, which have certificates", "IAM Roles Anywhere"),
            Option("else", "Somewhere else"),
            DONT_KNOW,
        ),
    ),
    Question(
        "anchor",
        "Which certificates may use the role?",
        (to("place", "told"),),
        ask=Ask.TEXT,
        fields=(
            Field(
                "anchor",
                "ARN of the trust anchor",
                "anchor",
                "Such as arn:aws:rolesanywhere:us-east-1:123456789012:trust-anchor/ID.",
            ),
            Field("certificate", "Common name (CN) in the certificate", "claim", "Such as recommender.example.com."),
        ),
        help=(Term("Trust anchor", "tells IAM Roles Anywhere which certificate authority it may believe."),),
    ),
    Outcome(
        "anywhere",
        "First choose how the application signs in",
        (
            Points(
                (
                    "A build pipeline or a cloud with OpenID Connect: a federated role.",
                    "Own servers with certificates: IAM Roles Anywhere. Go back and choose it.",
                    "An application inside AWS: a role of the machine, function or container.",
                )
            ),
        ),
        ("Choose the way that fits.", "An access key is the last resort."),
        (
            Next("With OpenID Connect", "/guide/outside-my-account/?who=oidc", "A role for an issuer’s tokens."),
            Next("Do I need a key?", "/guide/access-keys/?want=need", "Every way, and when it fits."),
        ),
        ask_admin="An application outside AWS needs access. Which way do we use: OpenID Connect, or certificates "
        "with IAM Roles Anywhere?",
    ),
)
