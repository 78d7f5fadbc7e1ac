"""AWS's own answers where the portal may ask for none: each says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from troubleshoot.aws.answers import NotAnswered, PolicyUse
from troubleshoot.aws.errors import ProblemKind
from troubleshoot.aws.textonly import NO_READER
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Missing


@dataclass(frozen=True, slots=True)
class NoAnswers:
    """An `Answers` that asks nobody, for an account without a reader. `why` is told every time."""

    why: str = NO_READER

    def simulate(  # the parameters are the protocol's
        self,
        call: Request,  # noqa: ARG002
        *,
        adding: Sequence[str] = (),  # noqa: ARG002
        without: Sequence[str] = (),  # noqa: ARG002
        resource_policy: str = "",  # noqa: ARG002
    ) -> NotAnswered:
        """Return why not."""
        return self._not_asked()

    def simulate_documents(
        self,
        call: Request,  # noqa: ARG002
        documents: Sequence[str],  # noqa: ARG002
        *,
        boundary: str = "",  # noqa: ARG002
    ) -> NotAnswered:
        """Return why not."""
        return self._not_asked()

    def authorization_details(
        self,
        authorization_id: str,  # noqa: ARG002
        *,
        region: str = "",  # noqa: ARG002
        documents: bool = True,  # noqa: ARG002
    ) -> NotAnswered:
        """Return why not."""
        return self._not_asked()

    def decode(self, message: str, *, region: str = "") -> NotAnswered:  # noqa: ARG002
        """Return why not."""
        return self._not_asked()

    def validate(self, document: str, use: PolicyUse = "identity") -> NotAnswered:  # noqa: ARG002
        """Return why not."""
        return self._not_asked()

    def new_access(
        self,
        existing: str,  # noqa: ARG002
        new: str,  # noqa: ARG002
        use: Literal["identity", "resource", "trust"] = "identity",  # noqa: ARG002
    ) -> NotAnswered:
        """Return why not."""
        return self._not_asked()

    def denied_events(
        self,
        principal_arn: str,  # noqa: ARG002
        *,
        within: timedelta = timedelta(hours=6),  # noqa: ARG002
    ) -> NotAnswered:
        """Return why not."""
        return self._not_asked()

    def account(self, *, fresh: bool = False) -> Missing:  # noqa: ARG002
        """Return why not."""
        return Missing(self.why)

    def _not_asked(self) -> NotAnswered:
        return NotAnswered(self.why, ProblemKind.NOT_SUPPORTED)
