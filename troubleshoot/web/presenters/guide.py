"""What a guide's pages show: the answers so far, an outcome's documents, and its text for a ticket."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from troubleshoot.guide.blocks import Block, Points, Sample, Steps, Term, Text
from troubleshoot.guide.causes import CAUSES, Cause
from troubleshoot.guide.flow import Ask, Outcome, Question
from troubleshoot.guide.results import NothingToBuildError, plan_of
from troubleshoot.guide.terms import terms_in
from troubleshoot.guide.walk import Step, Walk
from troubleshoot.remedy.documents.checked import Allowed, allows
from troubleshoot.remedy.documents.plan import Kind, Paper, Plan
from troubleshoot.remedy.render import RENDERERS
from troubleshoot.web.components import PolicyLine

_NOT_KNOWN = "(not known)"
_SHORT = 160
_TOLD = ("action", "resource", "principal", "caller", "role")
"""The answers that may stand in a text to send, as `{action}`."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer on the page: the question, what was said, and the address for changing it (empty: locked)."""

    id: str
    title: str
    words: str
    change: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """A document as the page shows it. `belongs` says where; `quota` in words what it uses; `download` its address."""

    name: str
    title: str
    belongs: str
    caption: str
    lines: tuple[PolicyLine, ...]
    allows: tuple[Allowed, ...]
    quota: str
    download: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """The whole plan in one form."""

    key: str
    title: str
    text: str
    download: str


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """Everything of an outcome beside its frame."""

    title: str
    means: tuple[Block, ...]
    now: tuple[str, ...]
    causes: tuple[Cause, ...]
    papers: tuple[PaperView, ...]
    renderings: tuple[Rendering, ...]
    notes: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    problem: str
    ask: str


@dataclass(frozen=True, slots=True)
class File:
    """A file to download."""

    name: str
    text: str


def answer_rows(
    walk: Walk, address: Callable[..., str], *, locked: frozenset[str], hidden: frozenset[str]
) -> list[AnswerRow]:
    """Return the answers so far, without the hidden ones; a locked one has no address for changing it."""
    shown = (step for step in walk.steps if step.question.id not in hidden)
    return [_row(step, "" if step.question.id in locked else address(change=step.question.id)) for step in shown]


def _row(step: Step, change: str) -> AnswerRow:
    said = step.words
    return AnswerRow(
        step.question.id, step.question.title, said if len(said) <= _SHORT else f"{said[:_SHORT]}…", change
    )


def words_to_explain(node: Question | Outcome) -> tuple[Term, ...]:
    """Return IAM's words that a node uses and does not explain itself."""
    blocks = node.help if isinstance(node, Question) else node.means
    return terms_in(node.sentences(), explained=[block.name for block in blocks if isinstance(block, Term)])


def outcome_page(walk: Walk, outcome: Outcome, query: str) -> OutcomePage:
    """Return what an outcome shows, its documents among it. `query` is the address's, for the downloads."""
    plan, problem = _plan(walk)
    address = f"{reverse('guide-file', args=[walk.flow.slug])}?{query}"
    return OutcomePage(
        title=outcome.title,
        means=outcome.means,
        now=outcome.now,
        causes=tuple(CAUSES[cause] for cause in walk.causes()),
        papers=tuple(paper_view(paper, address) for paper in plan.papers()) if plan else (),
        renderings=tuple(_renderings(plan, address)) if plan and plan.entities else (),
        notes=plan.notes if plan else (),
        links=plan.links if plan else (),
        problem=problem,
        ask=ask_text(walk, outcome),
    )


def _plan(walk: Walk) -> tuple[Plan | None, str]:
    try:
        return plan_of(walk), ""
    except NothingToBuildError as error:
        return None, str(error)


def paper_view(paper: Paper, address: str) -> PaperView:
    """Return a document as a page shows it. `address` is where it is downloaded, without its own name."""
    lines = tuple(PolicyLine(number, line) for number, line in enumerate(paper.text.splitlines(), start=1))
    limit = paper.limit
    quota = f"{paper.size:,} of {limit[0]:,} characters that {limit[1]} may have" if limit else ""
    named = allows(paper) if paper.kind is Kind.PERMISSIONS else ()
    download = f"{address}&{urlencode({'document': paper.name, 'form': 'json'})}"
    return PaperView(
        paper.name, paper.title, paper.belongs, f"Belongs to: {paper.belongs}.", lines, named, quota, download
    )


def _renderings(plan: Plan, address: str) -> Iterator[Rendering]:
    for key, (title, _, maker) in RENDERERS.items():
        yield Rendering(key, title, maker(plan), f"{address}&{urlencode({'form': key})}")


def file_of(walk: Walk, document: str, form: str) -> File | None:
    """Return a document as JSON, or the whole plan in a form; None where there is no such thing."""
    plan, _ = _plan(walk)
    if plan is None:
        return None
    if form == "json":
        found = next((paper for paper in plan.papers() if paper.name == document), None)
        return File(f"{found.name}.json", f"{found.text}\n") if found else None
    if form not in RENDERERS or not plan.entities:
        return None
    _, name, maker = RENDERERS[form]
    return File(name, maker(plan))


def ask_text(walk: Walk, outcome: Outcome) -> str:
    """Return the text to send to an administrator, with what the answers say in it."""
    text = outcome.ask_admin
    for name in _TOLD:
        text = text.replace(f"{{{name}}}", _said(walk, name))
    return text


def _said(walk: Walk, name: str) -> str:
    if walk.typed.get(name):
        return walk.typed[name]
    named = (step.answer for step in walk.steps if step.question.id == name and step.question.ask is Ask.ACTION)
    answer = next(named, "")
    return answer if ":" in answer else _NOT_KNOWN


def ticket_text(walk: Walk, outcome: Outcome, address: str) -> str:
    """Return the outcome in words: the answers, what it means, what to do, and its address.

    What was typed stands in it, except whole documents; the address holds nothing of it.
    """
    lines = [outcome.title, "", "Answers"]
    lines += [f"- {row.title} {row.words.splitlines()[0] if row.words else ''}" for row in map(_plain_row, walk.steps)]
    lines += ["", "What it means", *(f"- {said}" for block in outcome.means for said in _said_in(block))]
    lines += [
        "",
        "What you can do now",
        *(f"{number}. {_plain(words)}" for number, words in enumerate(outcome.now, start=1)),
    ]
    causes = [CAUSES[cause] for cause in walk.causes()]
    if causes:
        lines += ["", "Known causes that fit", *(f"- {cause.id}: {cause.title}" for cause in causes)]
    asked = ask_text(walk, outcome)
    lines += ["", "Text to send", asked] if asked else []
    return "\n".join([*lines, "", address, ""])


def _plain_row(step: Step) -> AnswerRow:
    return _row(step, "")


def _said_in(block: Block) -> Iterator[str]:
    if isinstance(block, Sample):
        yield block.text
    elif isinstance(block, Text | Term | Steps | Points):
        yield from map(_plain, block.sentences())


def _plain(text: str) -> str:
    return text.replace("`", "").replace("**", "")
