"""What kind of action a person speaks of: the flows branch on it, and causes are pointed to by it."""

from troubleshoot.iam import catalog
from troubleshoot.remedy.documents.jobs import ROLE_PASSING

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


def _by_types(action: str) -> str:
    info = catalog.action(action)
    if info is not None and info.wildcard_only:
        return "list"
    return "pair" if info is not None and len(info.required_types) > 1 else "any"
