"""What kind of action a person speaks of: the flows branch on it, and causes are pointed to by it."""

from troubleshoot.iam import catalog
from troubleshoot.remedy.documents.jobs import ROLE_PASSING, types_of

_ITEMS = frozenset({"PutItems", "PutUsers", "PutActions"})
_EVENTS = frozenset({"PutEvents", "PutActionInteractions"})
_RECOMMEND = frozenset({"GetRecommendations", "GetPersonalizedRanking", "GetActionRecommendations"})
_RECIPE = frozenset({"DescribeRecipe", "DescribeAlgorithm", "DescribeFeatureTransformation"})
_VERSION = frozenset({"DescribeSolutionVersion", "StopSolutionVersionCreation", "GetSolutionMetrics"})


def kind_of(action: str) -> str:
    """Return one of `flow.ACTION_KINDS` for an action of the catalog."""
    service, _, name = action.partition(":")
    if action.lower() == "iam:passrole":
        return "pass"
    if service != "personalize":
        return "any"
    for names, kind in ((ROLE_PASSING, "passing"), (_EVENTS, "events"), (_ITEMS, "items"), (_RECOMMEND, "recommend")):
        if name in names:
            return kind
    if name in _RECIPE:
        return "recipe"
    if name in _VERSION:
        return "version"
    return _by_types(action)


def resource_kind(action: str, asked: str = "") -> str:
    """Return the one kind of resource, as in ARNs, that an action is about; empty where there are none or several.

    `asked` tells which kind recommendations are asked of: `campaign` or `recommender`.
    """
    if kind_of(action) == "recommend":
        return asked if asked in ("campaign", "recommender") else ""
    required, _ = types_of(action)
    return required[0] if len(required) == 1 and action.startswith("personalize:") else ""


def _by_types(action: str) -> str:
    info = catalog.action(action)
    if info is not None and info.wildcard_only:
        return "list"
    return "pair" if info is not None and len(info.required_types) > 1 else "any"
