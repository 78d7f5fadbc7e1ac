"""The known causes of permission errors: a list, and a page for each that a helpdesk can link to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from troubleshoot.guide.causes import CAUSES
from troubleshoot.guide.terms import terms_in
from troubleshoot.guide.topics import TOPICS
from troubleshoot.web.strangers import same_for_strangers


@same_for_strangers
def causes(request: HttpRequest) -> HttpResponse:
    """Every known cause, as a list."""
    return render(request, "causes/list.html", {"causes": list(CAUSES.values())})


@same_for_strangers
def cause(request: HttpRequest, cause_id: str) -> HttpResponse:
    """One cause: symptom, what is behind it, how to check, how to put it right, and where that is from."""
    found = CAUSES.get(cause_id)
    if found is None:
        raise Http404
    topics = [topic for topic in TOPICS if cause_id in topic.causes]
    data = {"cause": found, "topics": topics, "terms": terms_in(found.sentences())}
    return render(request, "causes/cause.html", data)
