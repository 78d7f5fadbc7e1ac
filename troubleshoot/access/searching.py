"""Finding requests by words. Each word of a search has to begin a word of the request; a whole ticket finds its own.

The words stand in a table of their own, which an index answers from: a search costs what it finds, not what there is.
"""

import re
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from troubleshoot.models import AccessRequest, RequestWord
from troubleshoot.models.search import LONGEST_WORD

_WORD: Final = re.compile(r"[^\W_]+")
_DIGIT: Final = re.compile(r"[0-9]")
_EVERYWHERE: Final = frozenset({"arn", "aws"})
MOST_WORDS: Final = 60
_MOST_ASKED: Final = 8


def words_in(*texts: str) -> list[str]:
    """Return the words of the texts in small letters, each once, in their order."""
    found = (word[:LONGEST_WORD] for text in texts for word in _WORD.findall(text.casefold()))
    return list(dict.fromkeys(word for word in found if word not in _EVERYWHERE))


def words_of(request: AccessRequest) -> list[str]:
    """Return what a request is found by: its code, call, ticket, and the people whom it is from and for."""
    people = [person for person in (request.requester, request.beneficiary) if person]
    names = [text for person in people for text in (person.username, person.first_name, person.last_name)]
    asked = (request.code, request.ticket, request.action, request.principal_arn, request.resource)
    return words_in(*asked[:2], *names, *asked[2:])[:MOST_WORDS]


def keep(request: AccessRequest) -> None:
    """Keep the words of a request that was filed just now, in the caller's transaction."""
    words = words_of(request)
    RequestWord.objects.bulk_create([RequestWord(request=request, word=word) for word in words], ignore_conflicts=True)


def matching(rows: QuerySet[AccessRequest], search: str) -> QuerySet[AccessRequest]:
    """Return those of the rows that hold every word of `search`; none where it holds no word at all.

    Where `search`, with a digit in it, is the ticket of one of the rows, it is those that name this and no longer one.
    """
    words = words_in(search)[:_MOST_ASKED]
    if not words:
        return rows.none()
    ticket = search.strip()
    if _DIGIT.search(ticket) and rows.filter(ticket__iexact=ticket).exists():
        return rows.filter(ticket__iexact=ticket)
    for word in words:
        rows = rows.filter(Exists(RequestWord.objects.filter(request=OuterRef("pk"), word__startswith=word)))
    return rows
