"""The guides: one question per page, the answers in the address, what is typed kept on the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from troubleshoot.access import guide as store
from troubleshoot.access.permissions import roles_of
from troubleshoot.guide import graph
from troubleshoot.guide.actions import resource_kind
from troubleshoot.guide.flow import GIVEN, UNKNOWN, Flow, HandOver, Outcome, Question
from troubleshoot.guide.flows import FLOWS
from troubleshoot.guide.walk import Walk, accepts, ends, replay
from troubleshoot.guide.wish import ASKED_FOR
from troubleshoot.models import Person
from troubleshoot.web import guide_live
from troubleshoot.web.forms.guide import QuestionForm
from troubleshoot.web.presenters import guide as presenter
from troubleshoot.web.read import UNPROCESSABLE

RESERVED = ("a", "change", "seen", "lock", "hide", "view", "document", "form")
"""What an address holds beside answers. No question has one of these ids."""


@dataclass(frozen=True)
class Visit:
    """One request to a guide: the answers of its address, what is kept for them, and where they lead."""

    flow: Flow
    answers: Mapping[str, str]
    kept: store.Kept
    token: str
    locked: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    walk: Walk = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "walk", replay(self.flow, self.answers, self.kept))

    def query(self, answers: Mapping[str, str] | None = None, token: str | None = None, **more: str) -> str:
        """Return a query string in the flow's order: these answers or the way here, and the reserved names."""
        given = self.walk.answers if answers is None else answers
        pairs = [(one.id, given[one.id]) for one in self.flow.questions if given.get(one.id)]
        pairs += [("lock", name) for name in sorted(self.locked)] + [("hide", name) for name in sorted(self.hidden)]
        kept = self.token if token is None else token
        pairs += [("a", kept)] if kept else []
        return urlencode([*pairs, *more.items()], safe=":")

    def address(self, answers: Mapping[str, str] | None = None, token: str | None = None, **more: str) -> str:
        """Return the address of this guide with such a query string."""
        query = self.query(answers, token, **more)
        return (
            f"{reverse('guide', args=[self.flow.slug])}?{query}" if query else reverse("guide", args=[self.flow.slug])
        )


def guides(request: HttpRequest) -> HttpResponse:
    """Show the five guides."""
    return render(request, "guide/list.html", {"flows": FLOWS.values()})


def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the next question, take its answer, or show what the answers come to."""
    visit = _visit(request, slug)
    if request.method == "POST":
        return _answered(request, visit)
    changed = visit.flow.nodes.get(request.GET.get("change", ""))
    if isinstance(changed, Question) and changed.id in visit.walk.answers and changed.id not in visit.locked:
        return _ask(request, visit, changed, _form(request, visit, changed))
    at = visit.walk.at
    if isinstance(at, Question):
        return _ask(request, visit, at, _form(request, visit, at))
    if isinstance(at, HandOver):
        return _handed_over(visit, at)
    if at.check and "seen" not in request.GET:
        return _page(request, "guide/check.html", visit, {"outcome": at, "on": visit.address(seen="1")})
    return _page(request, at.template, visit, _outcome(request, visit, at))


def ticket(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the outcome as plain text, to paste into a ticket."""
    visit, outcome = at_outcome(request, slug)
    text = presenter.ticket_text(visit.walk, outcome, request.build_absolute_uri(visit.address(token="", seen="1")))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def file(request: HttpRequest, slug: str) -> HttpResponse:
    """Return one of the outcome's documents as a file."""
    visit, _ = at_outcome(request, slug)
    found = presenter.file_of(visit.walk, request.GET.get("document", ""), request.GET.get("form", ""))
    if found is None:
        raise Http404
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


def solved(request: HttpRequest, slug: str) -> HttpResponse:
    """Count whether the outcome helped, and lead back to it, or on to a person."""
    visit, outcome = at_outcome(request, slug)
    helped = request.POST.get("solved") == "yes"
    store.tell(flow=visit.flow.slug, outcome=outcome.id, solved=helped)
    words = "Good. Thank you for telling us." if helped else "Thank you for telling us. Below is whom you can ask."
    messages.success(request, words)
    return HttpResponseRedirect(visit.address(seen="1") + ("" if helped else "#foot-help"))


def picture(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw the whole guide: its questions, its ends, and every way between them."""
    flow = _flow(slug)
    drawn = mark_safe(graph.svg(flow))  # noqa: S308 - made from our own data, each text escaped
    listed = [(node, [(edge.label, flow.nodes[edge.to].title) for edge in node.edges]) for node in flow.nodes.values()]
    context = {"flow": flow, "svg": drawn, "mermaid": graph.mermaid(flow), "listed": listed}
    return render(request, "guide/picture.html", context)


def diagnose(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a diagnosis from the answers: a kept one for somebody signed in, else the answer at once."""
    visit, outcome = at_outcome(request, slug)
    if outcome.live not in guide_live.DIAGNOSES:
        raise Http404
    return guide_live.diagnose(request, visit.walk)


def at_outcome(request: HttpRequest, slug: str) -> tuple[Visit, Outcome]:
    """Return the visit and the outcome that its answers lead to. `Http404` where they lead to none."""
    visit = _visit(request, slug)
    if not isinstance(visit.walk.at, Outcome):
        raise Http404
    return visit, visit.walk.at


def _visit(request: HttpRequest, slug: str) -> Visit:
    flow = _flow(slug)
    token = request.GET.get("a", "")
    answers = {one.id: request.GET[one.id] for one in flow.questions if request.GET.get(one.id)}
    kept = store.kept(request.user, token) if token else {}
    named = set(flow.nodes)
    return Visit(
        flow,
        answers,
        kept,
        token if kept else "",
        frozenset(named & set(request.GET.getlist("lock"))),
        frozenset(named & set(request.GET.getlist("hide"))),
    )


def _flow(slug: str) -> Flow:
    if slug not in FLOWS:
        raise Http404
    return FLOWS[slug]


def _form(
    request: HttpRequest, visit: Visit, question: Question, data: Mapping[str, object] | None = None
) -> QuestionForm:
    suggested = store.suggested(request.user) if question.fields else {}
    answer = visit.answers.get(question.id, "")
    typed = visit.kept.get(question.id, {})
    answer = "" if answer == UNKNOWN else answer
    known = _known(visit.walk, question, suggested)
    return QuestionForm(question, data, known=known, answer=answer, typed=typed, suggested=suggested)


def _known(walk: Walk, question: Question, suggested: Mapping[str, str]) -> dict[str, str]:
    """Return what a field's check may go by: what was typed for other questions, else what the portal knows."""
    own = {name: suggested[name] for name in ("account", "region") if name in suggested}
    kind = resource_kind(walk.answer("action"), walk.answer("kind"))
    typed = {name: value for step in walk.steps if step.question is not question for name, value in step.typed.items()}
    return {**own, **({"kind": kind} if kind else {}), **typed}


def _answered(request: HttpRequest, visit: Visit) -> HttpResponse:
    question = visit.flow.nodes.get(request.POST.get("question", ""))
    asked = {*visit.walk.answers, visit.walk.at.id}
    if not isinstance(question, Question) or question.id not in asked:
        return HttpResponseRedirect(visit.address(visit.answers))
    if question.id in visit.locked and question.id in visit.walk.answers:
        return HttpResponseRedirect(visit.address())
    if question.may_not_know and "unknown" in request.POST:
        return _on(request, visit, question, UNKNOWN, {})
    form = _form(request, visit, question, request.POST)
    if "search" in request.POST or request.headers.get("HX-Request"):
        form.errors.clear()
        return _found(request, visit, question, form)
    if not form.is_valid():
        return _ask(request, visit, question, form.without_secrets(), status=UNPROCESSABLE)
    if question.fields:
        for value in form.understood:
            messages.info(request, f"Understood as {value}. Change the answer if it is another.")
        return _on(request, visit, question, GIVEN, form.typed)
    return _on(request, visit, question, form.answer, {})


def _on(
    request: HttpRequest, visit: Visit, question: Question, answer: str, typed: Mapping[str, str]
) -> HttpResponseRedirect:
    """Lead to the address with this answer. Later answers are kept as long as they apply, and no longer."""
    answers = {**visit.answers, question.id: answer}
    kept = {name: values for name, values in visit.kept.items() if name != question.id}
    if typed:
        kept[question.id] = dict(typed)
    token = store.keep(request.user, kept) if typed else visit.token
    after = Visit(visit.flow, answers, kept, token, visit.locked, visit.hidden)
    later = {} if ends(after.walk) else _still_good(after)
    return HttpResponseRedirect(after.address({**later, **after.walk.answers}))


def _still_good(visit: Visit) -> dict[str, str]:
    asked = ((one, visit.answers.get(one.id, "")) for one in visit.flow.questions)
    return {one.id: answer for one, answer in asked if accepts(one, answer, visit.kept.get(one.id, {}))}


def _ask(
    request: HttpRequest, visit: Visit, question: Question, form: QuestionForm, *, status: int = 200
) -> HttpResponse:
    lost = visit.answers.get(question.id) == GIVEN and question.id not in visit.walk.answers
    pending = {**_still_good(visit), **visit.walk.answers}
    context = {
        "question": question, "form": form, "lost": lost, "action": visit.address(pending),
        "terms": presenter.words_to_explain(question),
    }  # fmt: skip
    return _page(request, question.template, visit, context, status=status)


def _found(request: HttpRequest, visit: Visit, question: Question, form: QuestionForm) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "guide/_matches.html", {"form": form, "question": question})
    return _ask(request, visit, question, form)


def _handed_over(visit: Visit, at: HandOver) -> HttpResponse:
    query = urlencode(visit.walk.carried(), safe=":")
    return HttpResponseRedirect(f"{reverse('guide', args=[at.flow])}{'?' if query else ''}{query}")


def _outcome(request: HttpRequest, visit: Visit, outcome: Outcome) -> dict[str, object]:
    link = visit.address(token="", seen="1")
    return {
        "outcome": outcome,
        "terms": presenter.words_to_explain(outcome),
        "page": presenter.outcome_page(visit.walk, outcome, visit.query(seen="1")),
        "ticket": presenter.ticket_text(visit.walk, outcome, request.build_absolute_uri(link)),
        "link": request.build_absolute_uri(visit.address(seen="1")),
        "print_link": visit.address(seen="1", view="print"),
        "query": visit.query(seen="1"),
        "printing": request.GET.get("view") == "print",
        "live": guide_live.live_part(request, visit.walk, outcome),
        "may_ask": outcome.builder in ASKED_FOR,
    }


def _page(
    request: HttpRequest, template: str, visit: Visit, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    helpdesk = isinstance(request.user, Person) and roles_of(request.user).is_helpdesk
    rows = partial(presenter.answer_rows, visit.walk, visit.address, locked=visit.locked)
    shared = {
        "flow": visit.flow,
        "answers": rows(hidden=visit.hidden),
        "every_answer": rows(hidden=frozenset()) if helpdesk else [],
        "locked": sorted(visit.locked),
        "hidden": sorted(visit.hidden),
        "helpdesk": helpdesk,
        "case_link": request.build_absolute_uri(visit.address(token="")),
        "given": visit.walk.answers,
    }
    return render(request, template, {**shared, **context}, status=status)
