"""What a service answers instead of doing it. Each says in words, for the page, what stands in the way."""

from troubleshoot.models import AccessRequest


class Told(Exception):  # noqa: N818 - what is told to people, not a fault
    """`words` are for the page; `code` is stable, for tests and the API."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Refused(Told):
    """A rule stands against it, whoever tries again."""


class Stale(Told):
    """Somebody was quicker: what was shown is no longer so. Nothing was changed."""


class Duplicate(Told):
    """The same is asked for, or given, already. `request` is that one; show it only through a door."""

    def __init__(self, request: AccessRequest) -> None:
        super().__init__("duplicate", "The same access is asked for or given already, so this was not filed again.")
        self.request = request
