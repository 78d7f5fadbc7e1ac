"""What an approver took out of a request, for whoever asked for it."""

from dataclasses import dataclass

from troubleshoot.models import AccessRequest
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.newly import as_texts
from troubleshoot.web.presenters.requests import duration_words


@dataclass(frozen=True, slots=True)
class NarrowedView:
    """What was asked at first and is not any more: actions, resources, and the time in words, empty where it stays.

    `rest` are the resources that it names now, where some were taken out.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    rest: tuple[str, ...]
    time: str


def narrowed_view(request: AccessRequest) -> NarrowedView | None:
    """Return what is asked less than at first, or None where it never became another change."""
    if request.first_change is None:
        return None
    first, now = change_from_data(request.first_change), change_from_data(request.change)
    gone = _gone("Resource", first, now)
    time = f"{duration_words(now.hours)} instead of {duration_words(first.hours)}" if first.hours != now.hours else ""
    return NarrowedView(_gone("Action", first, now), gone, _named("Resource", now) if gone else (), time)


def _gone(element: str, first: Change, now: Change) -> tuple[str, ...]:
    left = _named(element, now)
    return tuple(text for text in _named(element, first) if text not in left)


def _named(element: str, change: Change) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for one in change.statements for text in as_texts(one.get(element))))
