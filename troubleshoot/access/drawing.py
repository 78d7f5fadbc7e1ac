"""`docs/explanation/states.md`, drawn from the table of states."""

from troubleshoot.access.states import FINAL, TABLE, Step
from troubleshoot.models import State

_BEGINNING = """# The life of a request

This page is drawn from the table in `troubleshoot/access/states.py`. Write it anew with
`manage.py draw_states > docs/explanation/states.md`.

A request is in exactly one of {count} states. A step is one conditional `UPDATE` whose row count must be 1, in the
transaction that also writes its audit entry and its messages. Whoever comes too late is told so, and nothing changes.

```mermaid
stateDiagram-v2
    [*] --> submitted
"""

_TABLE = """
## The states

| state | on the page | final |
|---|---|---|
"""

_STEPS = """
## The steps

Each guard is asked in the step's own transaction. The step is refused, with words, where one stands against it.

| from | event | by | to | guards |
|---|---|---|---|---|
"""


def states_page() -> str:
    """Return the page as Markdown, with the graph in Mermaid."""
    lines = [_BEGINNING.format(count=len(State))]
    lines += [f"    {step.source} --> {step.target}: {step.event}\n" for step in TABLE]
    lines += [f"    {state} --> [*]\n" for state in State if state in FINAL]
    lines += ["```\n", _TABLE]
    lines += [f"| `{state}` | {state.label} | {'yes' if state in FINAL else ''} |\n" for state in State]
    lines += [_STEPS, *(_row(step) for step in TABLE)]
    return "".join(lines)


def _row(step: Step) -> str:
    guards = " ".join((guard.__doc__ or "").strip() for guard in step.guards)
    return f"| `{step.source}` | {step.event} | {step.by} | `{step.target}` | {guards} |\n"
