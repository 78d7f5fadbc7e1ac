"""AWS's own answers about one account, fetched live."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Literal

from troubleshoot.aws.account_reads import read_account
from troubleshoot.aws.analyzer import Analyzer
from troubleshoot.aws.answers import (
    AuthorizationDetails,
    DecodedMessage,
    DeniedEvents,
    NewAccess,
    NotAnswered,
    PolicyFinding,
    PolicyUse,
    Simulation,
)
from troubleshoot.aws.connect import Connection
from troubleshoot.aws.decoding import decode
from troubleshoot.aws.facts import AccountSettings
from troubleshoot.aws.shelf import SHELF
from troubleshoot.aws.simulator import Simulator
from troubleshoot.aws.toolbox import Toolbox
from troubleshoot.aws.trail import Trail
from troubleshoot.iam.account import AccountSnapshot
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Missing


class LiveAnswers:
    """An `Answers` over AWS. It may be used from several threads; no method raises."""

    def __init__(self, settings: AccountSettings, in_region: Callable[[str], Connection]) -> None:
        """`in_region` gives the connection of the reader's role in a Region."""
        self._settings = settings
        self._in_region = in_region
        self._connection = in_region(settings.region)

    def simulate(
        self, call: Request, *, adding: Sequence[str] = (), without: Sequence[str] = (), resource_policy: str = ""
    ) -> Simulation | NotAnswered:
        """Ask IAM's policy simulator whether the call's principal may make it."""
        simulator = Simulator(self._connection)
        return simulator.of_principal(call, adding=adding, without=without, resource_policy=resource_policy)

    def simulate_documents(
        self, call: Request, documents: Sequence[str], *, boundary: str = ""
    ) -> Simulation | NotAnswered:
        """Ask the simulator what these identity-based documents alone do with the call."""
        return Simulator(self._connection).of_documents(call, documents, boundary=boundary)

    def authorization_details(
        self, authorization_id: str, *, region: str = "", documents: bool = True
    ) -> AuthorizationDetails | NotAnswered:
        """Return what AWS recorded under an authorization ID in the denied call's Region."""
        region = region or self._settings.region
        return Toolbox(self._in_region(region), region).details(authorization_id, documents=documents)

    def decode(self, message: str, *, region: str = "") -> DecodedMessage | NotAnswered:
        """Return what an encoded authorization failure message says. Whose it is, it says itself."""
        return decode(self._in_region(region or self._settings.region), message)

    def validate(self, document: str, use: PolicyUse = "identity") -> tuple[PolicyFinding, ...] | NotAnswered:
        """Return what Access Analyzer finds in a document, the worst first."""
        return Analyzer(self._connection).findings(document, use)

    def new_access(
        self, existing: str, new: str, use: Literal["identity", "resource", "trust"] = "identity"
    ) -> NewAccess | NotAnswered:
        """Tell whether the document `new` allows more than `existing`, by Access Analyzer."""
        return Analyzer(self._connection).new_access(existing, new, use)

    def denied_events(
        self, principal_arn: str, *, within: timedelta = timedelta(hours=6)
    ) -> DeniedEvents | NotAnswered:
        """Return the calls of one principal that were denied lately, from CloudTrail."""
        settings = self._settings
        return Trail(self._in_region, region=settings.region, partition=settings.partition).denied(
            principal_arn, within
        )

    def account(self, *, fresh: bool = False) -> AccountSnapshot | Missing:
        """Return all principals and policies of the account, kept for some minutes; `fresh` reads them anew."""
        settings = self._settings
        key = (settings.account_id, settings.reader_role_arn, settings.reader_external_id, settings.endpoint_url)
        return SHELF.get(key, lambda: read_account(self._connection, settings.account_id), fresh=fresh)
