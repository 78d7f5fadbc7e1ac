"""What stands in IAM for a request: what others changed, what can be done, and the commands where it is by hand."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from troubleshoot.access import drift, undo
from troubleshoot.access.drift import WORDS, Drifted
from troubleshoot.models import UNSETTLED, AccessRequest, Grant, State
from troubleshoot.web.components import Fact, PolicyLine, Status, Tone
from troubleshoot.web.presenters.by_hand import commands_of, removal_of
from troubleshoot.web.presenters.names import principal_name
from troubleshoot.web.presenters.policies import PolicyView, numbered
from troubleshoot.web.presenters.requests import RequestRow, request_row
from troubleshoot.web.presenters.trouble import Trouble, trouble_of

_ADVICE: Final = {
    Drifted.PRINCIPAL_GONE: "Revoke it: nobody holds it any more.",
    Drifted.PRINCIPAL_RECREATED: "Revoke it: it was approved for another one. Whoever bears the name now has to ask.",
    Drifted.POLICY_MISSING: "Revoke it, or let the person ask again. The portal does not write it a second time.",
    Drifted.DOCUMENT_CHANGED: "Find out who changed it. Put the approved document back, or revoke it.",
    Drifted.DETACHED: "Revoke it, or attach the policy again by hand and compare once more.",
    Drifted.ATTACHED_ELSEWHERE: "Detach it from the others by hand. The approval was for one principal alone.",
    Drifted.BOUNDARY_GONE: "Put the boundary back. Without it nothing limits what the principal may be given.",
    Drifted.UNREAD: "Look at what the portal may read in this account, then compare once more.",
}
_NOT_YET: Final = frozenset(UNSETTLED) - {State.ACTIVE}
_OVER: Final = (State.EXPIRED, State.FAILED)
_ATTACHED: Final = {True: "yes", False: "no", None: "not known"}


@dataclass(frozen=True, slots=True)
class Found:
    """Something that others changed, and what can be done about it."""

    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class ThreeWays:
    """Why an undo was refused: each row tells one thing before, as it was written, and as it is now."""

    at: datetime | None
    found: tuple[Found, ...]
    rows: tuple[tuple[Fact, ...], ...]
    wrote: PolicyView | None
    now: PolicyView | None
    before: PolicyView | None


@dataclass(frozen=True, slots=True)
class GrantPage:
    """The page of a grant. `may_change`: the viewer may undo, compare and see commands."""

    code: str
    row: RequestRow
    facts: tuple[Fact, ...]
    found: tuple[Found, ...]
    elsewhere: tuple[str, ...]
    why_unread: str
    compared_at: datetime | None
    next_at: datetime | None
    document: PolicyView | None
    refusal: ThreeWays | None
    undo_asked: bool
    is_active: bool
    is_manual: bool
    may_change: bool
    to_make: tuple[str, ...]
    to_take_back: tuple[str, ...]
    asks_for_removal: bool
    goes_on: str
    trouble: Trouble | None
    compared: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class NeedingRow:
    """One line of the list of grants that need somebody."""

    row: RequestRow
    why: tuple[str, ...]


def grant_page(request: AccessRequest, grant: Grant | None, *, may_change: bool) -> GrantPage:
    """Return the page. Without a grant nothing was written yet, and the page says so."""
    kept: Mapping[str, Any] = (grant.drift if grant else None) or {}
    active = request.state == State.ACTIVE
    commands = may_change and grant is not None and grant.manual
    asks = grant is not None and grant.manual and grant.ended_at is None and (request.state in _OVER or active)
    waits = request.state == State.AWAITING_MANUAL_APPLY
    return GrantPage(
        code=request.code,
        row=request_row(request),
        facts=_facts(grant) if grant else (),
        found=_found(kept),
        elsewhere=tuple(kept.get("elsewhere", ())),
        why_unread=str(kept.get("why", "")),
        compared_at=grant.compared_at if grant else None,
        next_at=drift.next_comparison(grant) if grant and active else None,
        document=_view(grant.document, "The approved document") if grant else None,
        refusal=_refusal(grant),
        undo_asked=grant is not None and undo.is_asked(grant) and active,
        is_active=active,
        is_manual=grant is not None and grant.manual,
        may_change=may_change,
        to_make=commands_of(grant) if grant and commands and waits else (),
        to_take_back=removal_of(grant) if grant and commands and asks else (),
        asks_for_removal=commands and asks,
        goes_on=_goes_on(request),
        trouble=trouble_of(request, grant),
        compared=_compared(grant),
        is_gone=grant is not None and grant.ended_at is not None,
    )


def _compared(grant: Grant | None) -> str:
    """Say what comparing with IAM found where nobody changed anything."""
    if grant is None or grant.verified_at is None:
        return "It is not in IAM yet, as far as the portal has checked. It is compared every night once it is."
    if grant.ended_at:
        return "It is over, and nothing of it is left in IAM."
    if grant.compared_at:
        return "Nobody changed it."
    return "It was verified when it was applied. The first comparison is due at night."


def needing_row(grant: Grant) -> NeedingRow:
    """Return a line of the list."""
    request = grant.request
    request.grant = grant  # read already; the line's state names its end
    why = [found.words for found in _found(grant.drift or {})]
    if (grant.undo or {}).get("state") == undo.REFUSED:
        why.append("It was to be undone, and somebody had changed it.")
    if grant.manual and (request.state in _OVER or grant.revoked):
        why.append("It was made by hand, is over, and has to be taken away by hand.")
    return NeedingRow(request_row(request), tuple(why))


def chain_facts(request: AccessRequest) -> tuple[Fact, ...]:
    """Return which request this one goes on with, which goes on with it, and which it follows. One query at most."""
    facts = []
    if request.extends_id:
        facts.append(Fact("Extends", str(request.extends), code=True, note="The old grant ends when this one works."))
    if request.follows_id:
        facts.append(Fact("Follows", str(request.follows), code=True, note="The call was still denied under it."))
    if goes_on := _goes_on(request):
        facts.append(Fact("Replaced by" if request.state == State.REVOKED else "Extended by", goes_on, code=True))
    return tuple(facts)


def _goes_on(request: AccessRequest) -> str:
    if request.state in _NOT_YET:
        return ""  # only active access is extended
    live = (State.ACTIVE, State.EXPIRED, State.REVOKED) if request.state == State.REVOKED else (State.ACTIVE,)
    waits = (State.SUBMITTED, State.NEEDS_CHANGES, State.APPROVED, State.APPLYING, State.VERIFYING)
    states = live if request.state == State.REVOKED else (*live, *waits, State.AWAITING_MANUAL_APPLY)
    newest = request.extensions.filter(state__in=states).order_by("-pk").first()
    return newest.code if newest else ""


def _facts(grant: Grant) -> tuple[Fact, ...]:
    ends = f"{grant.expires_at:%-d %B %Y, %H:%M} UTC" if grant.expires_at else "when it is revoked"
    by = "an administrator, by hand" if grant.manual else "the portal"
    before = (
        f"{len(grant.before)} policies were attached before it" if grant.before else "no policy was attached before"
    )
    return (
        Fact("Policy", grant.policy_arn, code=True),
        Fact("On", str(principal_name(grant.principal_arn)), code=True, note=grant.principal_arn),
        Fact("Written by", by, note=before),
        Fact(
            "Ends",
            ends,
            note="" if grant.ended_at is None else f"Gone from IAM since {grant.ended_at:%-d %B %Y, %H:%M} UTC.",
        ),
    )


def _found(kept: Mapping[str, Any]) -> tuple[Found, ...]:
    codes = [Drifted(code) for code in kept.get("codes", ())]
    return tuple(Found(WORDS[code], _ADVICE[code]) for code in codes)


def _refusal(grant: Grant | None) -> ThreeWays | None:
    kept = (grant.undo if grant else None) or {}
    if kept.get("state") != undo.REFUSED:
        return None
    sides = [kept["before"], kept["wrote"], kept["now"]]
    wrote, now = _differing(sides[1]["document"] or "", sides[2]["document"] or "")
    return ThreeWays(
        at=datetime.fromisoformat(kept["at"]),
        found=_found(kept),
        rows=_three_rows(sides),
        wrote=PolicyView("What was written", wrote) if wrote else None,
        now=PolicyView("What is there now", now) if now else None,
        before=_view(sides[0]["document"], "What was there before") if sides[0]["document"] else None,
    )


def _three_rows(sides: list[Mapping[str, Any]]) -> tuple[tuple[Fact, ...], ...]:
    names = ("Before", "Written", "Now")
    wrote = _same_text(sides[1]["document"])
    documents = [_document_words(side["document"], wrote) for side in sides]
    attached = [_ATTACHED[side["attached"]] for side in sides]
    others = [", ".join(side["others"]) or "nobody" for side in sides]
    table = [("The document", documents), ("On the principal", attached), ("Others that hold it", others)]
    return tuple(
        (Fact("", title), *(Fact(name, value) for name, value in zip(names, values, strict=True)))
        for title, values in table
    )


def _document_words(text: str | None, wrote: str) -> str:
    if not text:
        return "none"
    return "the approved one" if _same_text(text) == wrote else "another one"


def _same_text(text: str | None) -> str:
    return _readable(text or "")


def _differing(one: str, other: str) -> tuple[tuple[PolicyLine, ...], tuple[PolicyLine, ...]]:
    """Return both documents with the lines signed in which they differ; nothing where one is missing."""
    if not one or not other:
        return (numbered(_readable(one)) if one else ()), (numbered(_readable(other)) if other else ())
    before, after = _readable(one).split("\n"), _readable(other).split("\n")
    gone: set[int] = set()
    new: set[int] = set()
    for tag, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            gone.update(range(start, end))
            new.update(range(first, last))
    return _signed(before, gone, "-"), _signed(after, new, "+")


def _signed(lines: list[str], changed: set[int], sign: str) -> tuple[PolicyLine, ...]:
    return tuple(
        PolicyLine(number + 1, line, sign=sign if number in changed else "") for number, line in enumerate(lines)
    )


def _view(text: str, title: str) -> PolicyView:
    return PolicyView(title, numbered(_readable(text)))


def _readable(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def status_of_grant(page: GrantPage) -> Status:
    """Return in one word how the grant stands against IAM."""
    if page.found:
        return Status("changed by others", Tone.BAD)
    if page.is_gone:
        return Status("gone from IAM", Tone.CALM)
    return Status("as it was verified", Tone.GOOD) if page.compared_at else Status("not compared yet", Tone.CALM)
