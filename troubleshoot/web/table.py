"""The one declared table: every address of the site, its view, and who may do what with it.

`troubleshoot.urls` is made from it, and the middleware `declared_permission` refuses whatever it does not
name. A page answers GET and HEAD where it declares `get`, POST where it declares `post`, and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse

from troubleshoot.web import causes, home, search, sign_in, style, topics
from troubleshoot.web.rules import Rule

SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Page:
    """One address. `route` is Django's, `name` what `reverse` takes; a method without a rule is not allowed."""

    route: str
    name: str
    view: Callable[..., HttpResponse]
    get: Rule | None = None
    post: Rule | None = None

    def rule_for(self, method: str) -> Rule | None:
        """Return the rule of an HTTP method, or None where this page does not answer it."""
        if method in SAFE_METHODS:
            return self.get
        return self.post if method == "POST" else None

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that this page answers, for the `Allow` header of a 405."""
        safe = ("GET", "HEAD") if self.get else ()
        return (*safe, "POST") if self.post else safe


READING_ROOMS: tuple[Page, ...] = (
    Page("", "home", home.home, get=Rule.READER),
    Page("not-authorized/", "not-authorized", topics.not_authorized, get=Rule.READER),
    Page("pass-role/", "pass-role", topics.pass_role, get=Rule.READER),
    Page("access-keys/", "access-keys", topics.access_keys, get=Rule.READER),
    Page("let-others-in/", "let-others-in", topics.let_others_in, get=Rule.READER),
    Page("outside-my-account/", "outside-my-account", topics.outside_my_account, get=Rule.READER),
    Page("search/", "search", search.search, get=Rule.READER),
    Page("causes/", "causes", causes.causes, get=Rule.READER),
    Page("causes/<str:cause_id>/", "cause", causes.cause, get=Rule.READER),
    Page("style/", "style", style.style, get=Rule.READER),
    Page("sign-in/", "sign-in", sign_in.sign_in, get=Rule.ANYONE, post=Rule.ANYONE),
    Page("sign-out/", "sign-out", sign_in.sign_out, post=Rule.SIGNED_IN),
)
PAGES: tuple[Page, ...] = (*READING_ROOMS,)

BY_NAME = {page.name: page for page in PAGES}
