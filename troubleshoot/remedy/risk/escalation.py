"""Known ways to more rights than were given, on the union of what the principal has and what is asked.

The paths are data (`data/escalation.json`, with sources). One counts where every action of it would be allowed,
and the change brings at least one of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from troubleshoot.iam import CompiledPolicies, PolicySet, Request
from troubleshoot.iam.access import Access, newly_allowed
from troubleshoot.iam.decision import Outcome
from troubleshoot.remedy.grant import with_change
from troubleshoot.remedy.newly import newly, standing
from troubleshoot.remedy.risk.levels import Finding, Level, risk_data
from troubleshoot.remedy.risk.subject import Reach, Subject, reach

_PASS_ROLE = "iam:passrole"  # noqa: S105 - an action, no password
_PASSED_TO = "iam:passedtoservice"
_POSSIBLE = (Outcome.ALLOWED, Outcome.DEPENDS)
_LEVELS = {"critical": Level.HIGH, "high": Level.HIGH, "medium": Level.MEDIUM}


@dataclass(frozen=True, slots=True)
class Path:
    """One way: all of `actions` together, in lower case; `names` as AWS spells them."""

    id: str
    names: tuple[str, ...]
    category: str
    level: Level
    on_named: Level | None
    why: str
    source: str

    @property
    def actions(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.names)

    @property
    def services(self) -> tuple[str, ...]:
        """The services that a role is passed to on this way; none where no role is passed."""
        if _PASS_ROLE not in self.actions:
            return ()
        known = risk_data("escalation")["passed_to"]
        prefixes = {name.partition(":")[0] for name in self.actions}
        return tuple(service for prefix in sorted(prefixes) for service in known.get(prefix, ()))


@cache
def paths() -> tuple[Path, ...]:
    """Return every known path."""
    return tuple(_path(data) for data in risk_data("escalation")["paths"])


def escalation(subject: Subject) -> Iterator[Finding]:
    """Yield the ways that the change opens, each with the longer ways that hold it."""
    everything = frozenset(name for path in paths() for name in path.actions)
    ungated = newly(subject.change, subject.ungated, only=everything).entries
    brought = frozenset(entry.action.lower() for entry in ungated)
    near = [path for path in paths() if path.actions & brought]
    after = _Allowed(subject, subject.ungated, near)
    through = _Allowed(subject, standing(subject.change, subject.held), near)
    open_ways = [path for path in near if after.opens(path)]
    for path in _shortest(open_ways):
        longer = [one for one in open_ways if one.actions >= path.actions]
        is_stopped = not any(through.opens(one) for one in longer)
        yield _finding(path, longer, ungated, is_stopped=is_stopped)
    if not subject.is_held_known:
        yield from _unread(
            path
            for path in near
            if path not in open_ways and _is_telling(path, brought) and after.may_open(path, brought)
        )


class _Allowed:
    """What would be allowed with the change, as far as some paths ask."""

    def __init__(self, subject: Subject, before: PolicySet, asked: Sequence[Path]) -> None:
        self._principal = subject.change.principal
        after = with_change(before, subject.change)
        nothing = replace(after, identity=())
        only = frozenset(name for path in asked for name in path.actions)
        services = {name.partition(":")[0] for name in only}
        found = newly_allowed(nothing, after, self._principal, services=services, only=only) if only else ()
        self._policies = CompiledPolicies(after)
        self._entries: dict[str, list[Access]] = {}
        for entry in found:
            self._entries.setdefault(entry.action.lower(), []).append(entry)

    def opens(self, path: Path) -> bool:
        """Tell whether every action of the path is allowed, and the role may be passed to its service."""
        return path.actions <= self._entries.keys() and (not path.services or self._passes(path.services))

    def may_open(self, path: Path, brought: frozenset[str]) -> bool:
        """Tell whether what nobody read could complete the path. A role passed elsewhere than it asks cannot."""
        return _PASS_ROLE not in path.actions & brought or not path.services or self._passes(path.services)

    def _passes(self, services: Sequence[str]) -> bool:
        return any(
            self._policies.decide(_passed_to(entry.witness, service)) in _POSSIBLE
            for entry in self._entries[_PASS_ROLE]
            for service in services
        )


def _passed_to(witness: Request, service: str) -> Request:
    context = {key: value for key, value in witness.context.items() if key.lower() != _PASSED_TO}
    return replace(witness, context={**context, "iam:PassedToService": service})


def _path(data: Mapping[str, object]) -> Path:
    named = data.get("on_named")
    return Path(
        str(data["id"]),
        tuple(str(name) for name in _list(data["all_of"])),
        str(data["category"]),
        _LEVELS[str(data["severity"])],
        Level(str(named)) if named else None,
        str(data.get("why", "")),
        str(data["source"]),
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _shortest(ways: Sequence[Path]) -> Iterator[Path]:
    """Yield the ways that hold no other one: `A` says all that `A and B` would, and the longer is named with it."""
    for path in ways:
        if not any(other.actions < path.actions for other in ways):
            yield path


def _finding(path: Path, longer: Sequence[Path], brought: Sequence[Access], *, is_stopped: bool) -> Finding:
    own = [entry for entry in brought if entry.action.lower() in path.actions]
    level = path.level
    if path.on_named is not None and all(reach(entry) == Reach.ONE for entry in own):
        level = path.on_named
    words = risk_data("escalation")["categories"][path.category]
    together = " and ".join(path.names)
    reason = f"{together} {'together ' if len(path.names) > 1 else ''}{words['words']}."
    if path.why:
        reason += f" {path.why[:1].upper()}{path.why[1:]}."
    if is_stopped:
        level, reason = level.below, f"{reason} Another layer stops it today."
    return Finding(
        "escalation",
        level,
        reason,
        words["narrower"],
        actions=path.names,
        resources=tuple(dict.fromkeys(entry.resource for entry in own)),
        paths=tuple(dict.fromkeys((path.id, *(one.id for one in longer)))),
        sources=(path.source,),
    )


def _is_telling(path: Path, brought: frozenset[str]) -> bool:
    """Whether the change brings the step of a path that matters: to list and to look is common."""
    return any(not name.partition(":")[2].startswith(("describe", "list", "get")) for name in path.actions & brought)


def _unread(possible: Iterator[Path]) -> Iterator[Finding]:
    ways = tuple(possible)
    if ways:
        number = "a known way" if len(ways) == 1 else f"{len(ways)} known ways"
        yield Finding(
            "held_unknown",
            Level.MEDIUM,
            f"What the principal holds could not be read. With it, this could open {number} to more rights.",
            "Let the portal read the account, or look at what the principal holds.",
            paths=tuple(path.id for path in ways),
        )
