"""Finding an action by what people call it: "see recommendations", "import data"."""

import re
from collections.abc import Iterator
from functools import cache

from troubleshoot.iam import catalog

SERVICES = ("personalize", "iam", "sts", "s3", "kms", "cloudwatch")
"""The services whose actions the guides offer."""
MOST = 12
LONGEST_QUERY = 100

SAYINGS: tuple[tuple[str, str], ...] = (
    ("see show fetch get recommendations suggestions for a customer visitor shop website", "GetRecommendations"),
    ("rank sort reorder rerank a list of products items for somebody", "GetPersonalizedRanking"),
    ("next best action recommend actions", "GetActionRecommendations"),
    ("import upload load data csv from s3 bucket into a dataset", "CreateDatasetImportJob"),
    ("export download data out to s3 bucket", "CreateDatasetExportJob"),
    ("delete erase remove user data gdpr privacy forget", "CreateDataDeletionJob"),
    ("train retrain model again new version", "CreateSolutionVersion"),
    ("start new model choose recipe configure training", "CreateSolution"),
    ("stop cancel training", "StopSolutionVersionCreation"),
    ("deploy publish put model live make campaign", "CreateCampaign"),
    ("redeploy scale change capacity tps campaign", "UpdateCampaign"),
    ("switch on start paused recommender", "StartRecommender"),
    ("switch off stop pause recommender save money", "StopRecommender"),
    ("make set up recommender domain use case", "CreateRecommender"),
    ("make set up begin new project workspace dataset group", "CreateDatasetGroup"),
    ("define columns fields format schema", "CreateSchema"),
    ("see list all schemas formats", "ListSchemas"),
    ("make table dataset interactions items users", "CreateDataset"),
    ("send record track clicks views events purchases live", "PutEvents"),
    ("add update products items catalogue one by one", "PutItems"),
    ("add update users customers one by one", "PutUsers"),
    ("batch many recommendations for everybody at once offline file", "CreateBatchInferenceJob"),
    ("segment groups of users batch audience", "CreateBatchSegmentJob"),
    ("filter hide exclude out of stock bought already", "CreateFilter"),
    ("measure metrics attribution revenue impact report", "CreateMetricAttribution"),
    ("tracking id event tracker set up", "CreateEventTracker"),
    ("see list campaigns", "ListCampaigns"),
    ("open look at a campaign details status", "DescribeCampaign"),
    ("see list solutions models", "ListSolutions"),
    ("how good accuracy precision metrics of model", "GetSolutionMetrics"),
    ("look at import status why failed", "DescribeDatasetImportJob"),
    ("label tag resource cost", "TagResource"),
    ("data insights console quality analysis", "CreateDataInsightsJob"),
    ("give hand pass a role to the service", "iam:PassRole"),
    ("switch role assume another role", "sts:AssumeRole"),
    ("read open file object bucket", "s3:GetObject"),
    ("write save put file object bucket", "s3:PutObject"),
    ("list browse files in bucket", "s3:ListBucket"),
    ("decrypt read encrypted file with a key", "kms:Decrypt"),
    ("encrypt write with a key", "kms:GenerateDataKey"),
    ("make new access key credentials", "iam:CreateAccessKey"),
    ("see list my access keys", "iam:ListAccessKeys"),
)
"""What people say, and the action that they mean. Without a service's prefix it is one of Personalize."""

_WORDS = re.compile(r"[a-z0-9]+")
_IDLE = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "can",
        "cannot",
        "do",
        "for",
        "from",
        "i",
        "in",
        "into",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "or",
        "the",
        "to",
        "want",
        "with",
    ]
)
_NAMED, _SAID, _DESCRIBED, _OURS = 5, 4, 2, 1


def find_actions(query: str, services: tuple[str, ...] = SERVICES) -> tuple[str, ...]:
    """Return the actions that are meant most likely, the likeliest first; none for an empty query."""
    wanted = [word for word in _WORDS.findall(query[:LONGEST_QUERY].lower()) if word not in _IDLE]
    texts = ((name, words) for name, words in _texts().items() if name.partition(":")[0] in services)
    scored = [(score, name) for name, words in texts if (score := _score(wanted, *words))]
    return tuple(name for _, name in sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:MOST])


def _score(wanted: list[str], named: str, said: str, described: str) -> int:
    found = 0
    missed = 0
    for word in wanted:
        best = max(_NAMED * _in(word, named), _SAID * _in(word, said), _DESCRIBED * _in(word, described))
        found += best
        missed += not best
    ours = _OURS if named.startswith(" personalize") else 0
    return 0 if not found or missed > len(wanted) // 2 else found + ours


def _in(word: str, text: str) -> int:
    # A word counts by its beginning too: people type on, and say "recommend" for "recommendations".
    stem = word[:-1] if len(word) > 4 and word.endswith("s") else word
    return 2 if f" {word} " in text else int(f" {stem}" in text)


@cache
def _texts() -> dict[str, tuple[str, str, str]]:
    said: dict[str, str] = {}
    for words, name in SAYINGS:
        action = name if ":" in name else f"personalize:{name}"
        said[action] = f"{said.get(action, '')} {words}"
    return {name: (_plain(name), f" {said.get(name, '')} ", description) for name, description in _all_actions()}


def _all_actions() -> Iterator[tuple[str, str]]:
    for service in SERVICES:
        for name in catalog.actions_of(service):
            info = catalog.action(name)
            yield name, _plain(info.description if info else "")


def _plain(text: str) -> str:
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return f" {' '.join(_WORDS.findall(f'{parts} {text}'.lower()))} "
