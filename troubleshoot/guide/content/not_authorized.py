"""Topic 1: "I am not authorized to perform an action in Amazon Personalize".

Facts: https://docs.aws.amazon.com/personalize/latest/dg/security_iam_troubleshoot.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_personalize.html
"""

from troubleshoot.guide.blocks import Link, Points, Sample, Section, Steps, Table, Term, Text, Topic

EXAMPLE = (
    "User: arn:aws:iam::123456789012:user/mateojackson is not authorized to perform: "
    "personalize:GetWidget on resource: my-example-widget"
)

_HAPPENED = Section(
    "what-happened",
    "What happened",
    (
        Text("AWS checks every call before it runs. This one was refused, so nothing was changed."),
        Term(
            "Policy", "a document that says who may do what, and to which things. AWS reads all that apply to a call."
        ),
        Text("Either **no policy allows** your call, or **one forbids** it. The end of the message often says which."),
        Table(
            ("The message names", "IAM's word for it", "In the example"),
            (
                ("who made the call", "principal", "`user/mateojackson`"),
                ("what they tried", "action", "`personalize:GetWidget`"),
                ("on which thing", "resource", "`my-example-widget`"),
            ),
        ),
    ),
)

_NOW = Section(
    "what-to-do",
    "What to do now",
    (
        Steps(
            (
                "Copy the whole error, as it stands in your terminal, log or console.",
                "[Paste it on the home page](/). You see which policy decided, and how we know.",
                "Ask for the access from there. The request is filled in: you add why, and for how long.",
                "Wait for the message that it works, then run the same call again.",
            )
        ),
    ),
)

_EXAMPLE = Section(
    "example",
    "The example in AWS's help",
    (
        Sample(EXAMPLE),
        Text("Mateo has to ask his administrator to allow `personalize:GetWidget` on `my-example-widget`."),
        Text(
            "**`GetWidget` does not exist.** AWS made up the action and the widget for its help page. "
            "A policy that names it changes nothing, because IAM accepts unknown action names without a word."
        ),
        Text("If your own text says `GetWidget`, it was copied from that page. Look for the message of your own call:"),
        Table(
            ("What you were doing", "The action that may be meant"),
            (
                ("getting recommendations for a person", "`personalize:GetRecommendations`"),
                ("ranking a list for a person", "`personalize:GetPersonalizedRanking`"),
                ("getting the next best action for a person", "`personalize:GetActionRecommendations`"),
                ("looking at how good a solution is", "`personalize:GetSolutionMetrics`"),
                ("looking at the settings of something", "`personalize:Describe…`, for example `DescribeCampaign`"),
                ("looking at a list of things", "`personalize:List…`, for example `ListDatasetGroups`"),
            ),
        ),
    ),
)

_ENDING = Section(
    "read-the-ending",
    "How to read the end of the message",
    (
        Text("Not every message has such an ending. Where several policies refuse, AWS names only one of them."),
        Table(
            ("It ends with", "It means", "Who can change it"),
            (
                (
                    "`because no identity-based policy allows`",
                    "None of the policies on your user, its groups or your role allows it yet.",
                    "Your administrator. Ask here.",
                ),
                (
                    "`because no permissions boundary allows`",
                    "A permissions boundary is a limit set on your user or role. It leaves this action out.",
                    "Whoever set the boundary",
                ),
                (
                    "`because no session policy allows`",
                    "Your session was opened with a narrower policy than your role has.",
                    "You, or the tool that opens the session",
                ),
                (
                    "`because no service control policy allows`",
                    "A service control policy (SCP) limits whole accounts. This one does not let the action through.",
                    "Your organization's administrators",
                ),
                (
                    "`because no resource-based policy allows`",
                    "The thing itself, for example a bucket or a key, does not let you in.",
                    "The owner of that thing",
                ),
                (
                    "`because no VPC endpoint policy allows`",
                    "The private network connection that you came through does not let it pass.",
                    "Your network's administrators",
                ),
                (
                    "`with an explicit deny in …`",
                    "A policy forbids it. No added permission can win against that.",
                    "The owner of the policy that the message names",
                ),
            ),
        ),
    ),
)

_OFTEN = Section(
    "often",
    "When it should be allowed, and isn't",
    (
        Points(
            (
                (
                    "Most `List…` actions, `PutEvents` and `PutActionInteractions` need `*` as resource. "
                    "A policy that names single things never matches them."
                ),
                "Eleven `Create…` actions need permission on two kinds of things, for example campaign and solution.",
                "The only prefix is `personalize:`. Names like `personalize-runtime:GetRecommendations` match nothing.",
                "Recipes have no region and no account in their name: `arn:aws:personalize:::recipe/…`.",
                "A new policy may take up to a minute to work everywhere.",
            )
        ),
        Term("ARN", "Amazon Resource Name, the full name of a thing in AWS. It begins with `arn:`."),
        Text("[All 32 known causes](/causes/), each with how to check it and how to put it right."),
    ),
)

NOT_AUTHORIZED = Topic(
    slug="not-authorized",
    title="I am not authorized to perform an action in Amazon Personalize",
    short="Not authorized for an action",
    summary="A call was refused. Find out which policy decided, and ask for what is missing.",
    icon="slash-circle",
    example=EXAMPLE,
    sections=(_NOW, _HAPPENED, _EXAMPLE, _ENDING, _OFTEN),
    links=(
        Link(
            "How Amazon Personalize works with IAM",
            "https://docs.aws.amazon.com/personalize/latest/dg/security_iam_service-with-iam.html",
        ),
        Link(
            "Troubleshooting Amazon Personalize identity and access",
            "https://docs.aws.amazon.com/personalize/latest/dg/security_iam_troubleshoot.html",
        ),
        Link(
            "Troubleshoot access denied messages",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
        ),
        Link(
            "Actions, resources and condition keys for Amazon Personalize",
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_personalize.html",
        ),
    ),
    causes=("P01", "P02", "P18", "P21", "P17", "P27", "P25", "P32", "P24", "P08"),
)
