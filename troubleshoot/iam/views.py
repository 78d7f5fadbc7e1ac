"""What one layer says to one request, before the layers are brought together."""

from collections.abc import Sequence
from dataclasses import dataclass

from troubleshoot.iam.compiled import Dialect
from troubleshoot.iam.document import Policy
from troubleshoot.iam.layers import Layer, Level, Unknown
from troubleshoot.iam.principals import Grant
from troubleshoot.iam.query import Query
from troubleshoot.iam.reasons import Judged, judge_policies
from troubleshoot.iam.ternary import MAY, NO, YES


@dataclass(frozen=True, slots=True)
class View:
    """One layer's own answers. `idle` says why the layer does not bear on the request; else it is None.

    `level` is the level of the organization that denies, or else the first that does not allow. `silent` is the code
    of the reason where the layer does not allow.
    """

    layer: Layer
    idle: str | None = None
    unread: str | None = None
    allowed: int = YES
    denied: int = NO
    judged: tuple[Judged, ...] = ()
    level: int | None = None
    silent: str = "nothing_allows"

    @property
    def bears(self) -> bool:
        return self.idle is None

    def applying(self, *, denies: bool, answer: int) -> tuple[Judged, ...]:
        """Return the statements of one effect that gave one answer."""
        return tuple(one for one in self.judged if one.statement.denies is denies and one.answer == answer)

    def grant(self, grant: Grant) -> int:
        """Tell whether an Allow of one worth reaches the caller."""
        return max((one.answer for one in self.judged if not one.statement.denies and one.grant is grant), default=NO)


def idle(layer: Layer, why: str) -> View:
    """Return the view of a layer that does not bear on the request."""
    return View(layer, idle=why)


def view_policies(layer: Layer, policies: Sequence[Policy] | Unknown | None, dialect: Dialect, query: Query) -> View:
    """Return what a layer of policies says, which together allow what any of them allows."""
    if policies is None:
        return idle(layer, "no_policy")
    if isinstance(policies, Unknown):
        return View(layer, unread=policies.reason, allowed=MAY)
    judged = judge_policies(policies, dialect, query)
    return View(layer, allowed=_strongest(judged, denies=False), denied=_strongest(judged, denies=True), judged=judged)


def view_levels(layer: Layer, levels: Sequence[Level] | Unknown | None, dialect: Dialect, query: Query) -> View:
    """Return what the levels of an organization say: each of them must allow, and none may deny."""
    if levels is None:
        return idle(layer, "no_policy")
    if isinstance(levels, Unknown):
        return View(layer, unread=levels.reason, allowed=MAY)
    views = [view_policies(layer, level, dialect, query) for level in levels]
    return View(
        layer,
        allowed=min((view.allowed for view in views), default=YES),
        denied=max((view.denied for view in views), default=NO),
        judged=tuple(one for view in views for one in view.judged),
        level=_stopping_level(views),
    )


def _stopping_level(views: Sequence[View]) -> int | None:
    denying = (at for at, view in enumerate(views) if view.denied == YES)
    silent = (at for at, view in enumerate(views) if view.allowed == NO)
    return next(denying, next(silent, None))


def _strongest(judged: Sequence[Judged], *, denies: bool) -> int:
    return max((one.answer for one in judged if one.statement.denies is denies), default=NO)
