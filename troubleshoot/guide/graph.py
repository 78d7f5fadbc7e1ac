"""A flow as a graph: what is wrong with it, and its picture as SVG and as Mermaid text."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from html import escape
from textwrap import wrap

from troubleshoot.guide.flow import Flow, HandOver, Node, Outcome, Question

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _LINE = 210, 62, 34, 58, 16
_LETTERS, _ROWS = 28, 3


def problems(flow: Flow, flows: Mapping[str, Flow], has_template: Callable[[str], bool]) -> list[str]:
    """Return what would leave a person stuck, in words; an empty list for a whole flow.

    That is: a dead end, an unreachable node, an unlabelled edge, an answer without a way on, an edge to nowhere, a
    node without its template, an outcome without a next step, a hand-over to an unknown flow or answer.
    """
    found = [f"`{node.id}` cannot be reached" for node in flow.nodes.values() if node.id not in _reachable(flow)]
    for node in flow.nodes.values():
        if not isinstance(node, HandOver) and not has_template(node.template):
            found.append(f"`{node.id}` has no template `{node.template}`")
        if isinstance(node, Question):
            found.extend(_question_problems(flow, node))
        elif isinstance(node, Outcome):
            found.extend(_outcome_problems(node))
        else:
            found.extend(_hand_over_problems(flow, node, flows))
    return found


def _question_problems(flow: Flow, node: Question) -> Iterator[str]:
    if not node.edges:
        yield f"`{node.id}` is a dead end"
    for edge in node.edges:
        if not edge.label.strip():
            yield f"`{node.id}` has an unlabelled edge to `{edge.to}`"
        if edge.to not in flow.nodes:
            yield f"`{node.id}` leads to `{edge.to}`, which is nowhere"
        if edge.answers - set(node.keys):
            yield f"`{node.id}` has an edge for an answer that it does not offer"
        if edge.given and edge.given.question not in flow.nodes:
            yield f"`{node.id}` asks for an answer to `{edge.given.question}`, which is no question"
    always = [edge for edge in node.edges if edge.given is None]
    for key in node.keys:
        if not any(not edge.answers or key in edge.answers for edge in always):
            yield f"`{node.id}` has no way on for `{key}`"


def _outcome_problems(node: Outcome) -> Iterator[str]:
    if not node.next or not node.now:
        yield f"`{node.id}` is an outcome without a next step"


def _hand_over_problems(flow: Flow, node: HandOver, flows: Mapping[str, Flow]) -> Iterator[str]:
    target = flows.get(node.flow)
    if target is None:
        yield f"`{node.id}` hands over to `{node.flow}`, which is no flow"
        return
    for name, value in node.carry:
        question = target.nodes.get(name)
        if not isinstance(question, Question):
            yield f"`{node.id}` carries an answer to `{name}`, which `{node.flow}` does not ask"
        elif value.startswith("$") and value[1:] not in flow.nodes:
            yield f"`{node.id}` carries the answer to `{value[1:]}`, which is no question"
        elif question.options and not value.startswith("$") and value not in question.keys:
            yield f"`{node.id}` carries `{value}`, which `{name}` does not offer"


def depths(flow: Flow) -> dict[str, int]:
    """Return how many answers each node that can be reached is away from the start, by the shortest way."""
    found = {flow.start: 0}
    waiting = deque([flow.start])
    while waiting:
        node = waiting.popleft()
        for edge in flow.nodes[node].edges:
            if edge.to in flow.nodes and edge.to not in found:
                found[edge.to] = found[node] + 1
                waiting.append(edge.to)
    return found


def _reachable(flow: Flow) -> set[str]:
    return set(depths(flow))


def mermaid(flow: Flow) -> str:
    """Return the flow as a Mermaid flowchart."""
    lines = ["flowchart TD"]
    for node in flow.nodes.values():
        left, right = {"question": ("[", "]"), "outcome": ("([", "])"), "hand-over": ("[[", "]]")}[node.kind]
        lines.append(f'  {_mermaid_id(node.id)}{left}"{_mermaid_text(node.title)}"{right}')
    for node in flow.nodes.values():
        for edge in node.edges:
            label = _mermaid_text(edge.label)
            lines.append(f'  {_mermaid_id(node.id)} -->|"{label}"| {_mermaid_id(edge.to)}')
    return "\n".join([*lines, ""])


def _mermaid_id(name: str) -> str:
    # `end` and the like are words of Mermaid's own.
    return f"n_{name.replace('-', '_')}"


def _mermaid_text(text: str) -> str:
    return text.replace('"', "'").replace("`", "")


def svg(flow: Flow) -> str:
    """Return the flow's picture: one row for each number of answers, questions as boxes, ends as rounded ones.

    Nothing in it is inline style or script; the colours come from the page's classes, and each edge's label is its
    title. The words of the graph stand in a list beside it, for whoever cannot see it.
    """
    places = _places(flow)
    rows = max(y for _, y in places.values()) + 1
    columns = max(x for x, _ in places.values()) + 1
    width, height = columns * (_WIDTH + _GAP_X) + _GAP_X, rows * (_HEIGHT + _GAP_Y) + _GAP_Y
    edges = "".join(_edges(flow, places))
    boxes = "".join(_box(flow.nodes[name], *place) for name, place in places.items())
    label = escape(f"The questions of: {flow.title}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{label}">{edges}{boxes}</svg>'
    )


def _places(flow: Flow) -> dict[str, tuple[int, int]]:
    rows: dict[int, int] = {}
    found: dict[str, tuple[int, int]] = {}
    for name, depth in depths(flow).items():
        found[name] = rows.get(depth, 0), depth
        rows[depth] = rows.get(depth, 0) + 1
    return found


def _corner(x: int, y: int) -> tuple[int, int]:
    return _GAP_X + x * (_WIDTH + _GAP_X), _GAP_Y // 2 + y * (_HEIGHT + _GAP_Y)


def _edges(flow: Flow, places: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    for name, place in places.items():
        left, top = _corner(*place)
        for edge in flow.nodes[name].edges:
            to_left, to_top = _corner(*places[edge.to])
            x1, y1, x2, y2 = left + _WIDTH // 2, top + _HEIGHT, to_left + _WIDTH // 2, to_top
            path = f"M{x1} {y1} C{x1} {y1 + _GAP_Y} {x2} {y2 - _GAP_Y} {x2} {y2}"
            yield f'<path class="flow__edge" d="{path}"><title>{escape(edge.label)}</title></path>'


def _box(node: Node, x: int, y: int) -> str:
    left, top = _corner(x, y)
    lines = wrap(node.title.replace("`", ""), _LETTERS)[:_ROWS]
    first = top + _HEIGHT // 2 - (len(lines) - 1) * _LINE // 2 + 4
    texts = "".join(
        f'<text class="flow__text" x="{left + _WIDTH // 2}" y="{first + at * _LINE}" text-anchor="middle">'
        f"{escape(line)}</text>"
        for at, line in enumerate(lines)
    )
    radius = 6 if isinstance(node, Question) else 30
    box = f'<rect class="flow__box flow__box--{node.kind}" x="{left}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}"'
    return f'{box} rx="{radius}"><title>{escape(node.title)}</title></rect>{texts}'
