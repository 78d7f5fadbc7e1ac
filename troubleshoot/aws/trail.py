"""Denied calls in CloudTrail's event history.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

from troubleshoot.aws.answers import DeniedEvent, DeniedEvents, NotAnswered
from troubleshoot.aws.asking import asked
from troubleshoot.aws.connect import Connection
from troubleshoot.aws.connect import field as answer_field
from troubleshoot.aws.errors import AwsProblem, ProblemKind, problem
from troubleshoot.iam.arn import parse_arn

SERVICE = "cloudtrail"
_PERMISSION = "cloudtrail:LookupEvents"
_PERSONALIZE = "personalize.amazonaws.com"
_REFUSALS = re.compile(r"AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError")
# AWS answers two lookups a second in a Region, 50 events each; a person waits for them.
_PAGE = 50
_MOST_PAGES = 4
_PAUSE = 0.5
_SECONDS = 6.0
_PATIENCE = 8.0
# CloudTrail tells of calls to IAM and other services without a Region in one Region of each partition.
_GLOBAL_EVENTS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_NOBODY = "CloudTrail is looked through for users, roles, role sessions and the root user only."

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose events are looked for: the one attribute that CloudTrail filters by, and who it must be exactly.

    Names repeat: a session of some role may bear an IAM user's name, and is somebody else.
    """

    principal: str
    attribute: str
    value: str
    only_source: str | None = None

    def is_by(self, identity: Event) -> bool:
        """Tell whether a `userIdentity` is the wanted principal."""
        if self.principal.endswith(":root"):
            return identity.get("type") == "Root" and self._is_of_account(identity)
        if identity.get("arn") == self.principal:
            return True
        issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
        return self.only_source is not None and issuer.get("arn") == self.principal

    def _is_of_account(self, identity: Event) -> bool:
        arn = parse_arn(self.principal)
        return arn is not None and identity.get("accountId") == arn.account


@dataclass(slots=True)
class _Found:
    """What one Region told."""

    events: list[DeniedEvent] = field(default_factory=list)
    oldest: datetime | None = None
    complete: bool = True


class Trail:
    """Looks through CloudTrail. `in_region` gives the connection of a Region; no method raises."""

    def __init__(self, in_region: Callable[[str], Connection], *, region: str, partition: str) -> None:
        self._in_region = in_region
        self._regions = tuple(dict.fromkeys((region, _GLOBAL_EVENTS.get(partition, region))))

    def denied(self, principal_arn: str, within: timedelta) -> DeniedEvents | NotAnswered:
        """Return the calls of one principal that were denied within the last hours, newest first."""
        wanted = wanted_of(principal_arn)
        if wanted is None:
            return NotAnswered(_NOBODY, ProblemKind.NOT_SUPPORTED)
        connection = self._in_region(self._regions[0])
        return asked(connection, SERVICE, lambda: self._denied(wanted, within), patience=_PATIENCE)

    def _denied(self, wanted: Wanted, within: timedelta) -> DeniedEvents:
        until = datetime.now(UTC)
        since = until - within
        deadline = monotonic() + _SECONDS
        found = {self._regions[0]: self._of_region(self._regions[0], wanted, since, until, deadline)}
        for region in self._regions[1:]:
            try:
                found[region] = self._of_region(region, wanted, since, until, deadline)
            except AwsProblem:
                continue  # the Region is not among those that the answer names
        oldest = [part.oldest for part in found.values() if part.oldest is not None and not part.complete]
        events = [event for part in found.values() for event in part.events]
        return DeniedEvents(
            principal=wanted.principal,
            events=tuple(sorted(events, key=lambda event: event.at, reverse=True)),
            since=_text(max([since, *oldest])),
            until=_text(until),
            complete=all(part.complete for part in found.values()),
            regions=tuple(found),
            only_source=wanted.only_source,
        )

    def _of_region(self, region: str, wanted: Wanted, since: datetime, until: datetime, deadline: float) -> _Found:
        found = _Found(oldest=until)
        parameters: dict[str, Any] = {
            "LookupAttributes": [{"AttributeKey": wanted.attribute, "AttributeValue": wanted.value}],
            "StartTime": since,
            "EndTime": until,
            "MaxResults": _PAGE,
        }
        for number in range(_MOST_PAGES):
            if number:
                sleep(_PAUSE)
            page = self._in_region(region).call(SERVICE, "LookupEvents", **parameters)
            for item in answer_field(page, "Events", permission=_PERMISSION, kind=list):
                at = answer_field(item, "EventTime", permission=_PERMISSION, kind=datetime).astimezone(UTC)
                found.oldest = min(found.oldest or at, at)
                found.events += _denials(item, at, region, wanted)
            if not page.get("NextToken"):
                return found
            parameters["NextToken"] = page["NextToken"]
            if monotonic() > deadline:
                break
        found.complete = False
        return found


def wanted_of(principal_arn: str) -> Wanted | None:
    """Return how a principal's events are found, or None where CloudTrail's history has no way to find them."""
    arn = parse_arn(principal_arn)
    if arn is None:
        return None
    kind, _, rest = arn.resource.partition("/")
    name = rest.rsplit("/", 1)[-1]
    if arn.service == "iam" and arn.resource == "root":
        return Wanted(principal_arn, "Username", "root")
    if (arn.service, kind) in (("iam", "user"), ("sts", "assumed-role"), ("sts", "federated-user")) and name:
        return Wanted(principal_arn, "Username", name)
    if (arn.service, kind) == ("iam", "role") and name:
        # The history names sessions only, so a role's own are picked from all calls to one service.
        return Wanted(principal_arn, "EventSource", _PERSONALIZE, only_source=_PERSONALIZE)
    return None


def _denials(item: Event, at: datetime, region: str, wanted: Wanted) -> Iterator[DeniedEvent]:
    text = answer_field(item, "CloudTrailEvent", permission=_PERMISSION)
    event = _event(text)
    identity = event.get("userIdentity")
    if not isinstance(identity, dict) or not wanted.is_by(identity):
        return
    if _REFUSALS.search(str(event.get("errorCode", ""))):
        yield DeniedEvent(
            id=answer_field(item, "EventId", permission=_PERMISSION),
            at=_text(at),
            name=str(item.get("EventName", "")),
            source=str(item.get("EventSource", "")),
            region=region,
            text=text,
        )


def _event(text: str) -> Event:
    try:
        event = json.loads(text)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise problem(ProblemKind.BAD_ANSWER, _PERMISSION)
    return event


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
