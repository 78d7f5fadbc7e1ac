"""Finding the statements of a layer that a request could meet, without looking at the others."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from troubleshoot.iam.compiled import CompiledStatement
from troubleshoot.iam.query import Query
from troubleshoot.iam.ternary import MAY, NO, YES

_FEW = 8  # so many candidates are judged faster than looked up by resource
_MOST_ACTIONS = 4096
_NONE: Sequence[CompiledStatement] = ()

Candidates = Sequence[CompiledStatement]


class StatementIndex:
    """Statements by action, and where many share an action by the beginning of their resources."""

    __slots__ = ("_any_service", "_by_action", "_by_literal", "_by_service")

    def __init__(self, statements: Iterable[CompiledStatement]) -> None:
        self._by_literal: dict[str, list[CompiledStatement]] = defaultdict(list)
        self._by_service: dict[str, list[CompiledStatement]] = defaultdict(list)
        self._any_service: list[CompiledStatement] = []
        self._by_action: dict[str, Candidates | ResourceIndex] = {}
        for statement in statements:
            self._add(statement)

    def _add(self, statement: CompiledStatement) -> None:
        actions = statement.actions
        if actions.negated or any(name.startswith("*") for name, _ in actions.wild):
            self._any_service.append(statement)
            return
        for name in actions.literals:
            self._by_literal[name].append(statement)
        for service in {name.partition(":")[0] for name, _ in actions.wild}:
            self._by_service[service].append(statement)

    def candidates(self, query: Query) -> Candidates:
        """Return every statement that covers the request's action and could cover its resource."""
        found = self._by_action.get(query.action)
        if found is None:
            found = self._find(query.action)
        return found.candidates(query.resource) if isinstance(found, ResourceIndex) else found

    def answer(self, query: Query) -> int:
        """Tell whether any of the statements applies to the request."""
        found = NO
        for statement in self.candidates(query):
            answer = statement.judge(query)
            if answer == YES:
                return YES
            if answer == MAY:
                found = MAY
        return found

    def _find(self, action: str) -> "Candidates | ResourceIndex":
        listed: Collection[CompiledStatement] = self._by_literal.get(action, ())
        wild = self._by_service.get(action.partition(":")[0], _NONE) if self._by_service else _NONE
        if wild or self._any_service:
            patterns = (*wild, *self._any_service)
            listed = dict.fromkeys((*listed, *(one for one in patterns if one.actions.includes(action))))
        found = tuple(listed) if len(listed) <= _FEW else ResourceIndex(listed)
        if len(self._by_action) >= _MOST_ACTIONS:
            self._by_action.clear()
        self._by_action[action] = found
        return found


class ResourceIndex:
    """Statements by the text that every resource which they cover begins with."""

    __slots__ = ("_always", "_by_prefix", "_lengths")

    def __init__(self, statements: Iterable[CompiledStatement]) -> None:
        self._always: list[CompiledStatement] = []
        self._by_prefix: dict[str, list[CompiledStatement]] = defaultdict(list)
        for statement in statements:
            resources = statement.resources
            if resources is None or resources.negated or resources.is_anything:
                self._always.append(statement)
                continue
            for prefix in {pattern.prefix for pattern in resources.patterns}:
                self._by_prefix[prefix].append(statement)
        self._lengths = sorted({len(prefix) for prefix in self._by_prefix})

    def candidates(self, resource: str) -> Candidates:
        """Return every statement that could cover `resource`; one with two fitting patterns may stand twice."""
        found = list(self._always)
        for length in self._lengths:
            if length > len(resource):
                break
            found += self._by_prefix.get(resource[:length], ())
        return found


class LayerIndex:
    """The statements of one layer, or of one level of it: what they allow and, where they deny at all, what."""

    __slots__ = ("allows", "denies")

    def __init__(self, statements: Sequence[CompiledStatement]) -> None:
        denying = [statement for statement in statements if statement.denies]
        self.allows = StatementIndex(statement for statement in statements if not statement.denies)
        self.denies = StatementIndex(denying) if denying else None
