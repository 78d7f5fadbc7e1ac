"""What the templates need beyond Django's own tags: icons and times as people say them."""

import datetime as dt
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "bootstrap-icons"
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_UNITS = ((30 * _DAY, None), (_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"))


@lru_cache(maxsize=128)
def _shapes(name: str) -> str:
    found = _SHAPES.search((_ICONS / f"{name}.svg").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"icon `{name}` is not an SVG")
    return " ".join(found.group(1).split())


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return the inline SVG of a vendored icon.

    Without a `label` it is decoration and hidden from screen readers. Raises `FileNotFoundError` for an
    icon that is not vendored.
    """
    shapes = mark_safe(_shapes(name))  # noqa: S308 - our own vendored files, never user text
    if not label:
        return format_html(
            '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>', shapes
        )
    return format_html('<svg class="icon" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>', label, shapes)


@register.filter
def ago(moment: dt.datetime | None) -> str:
    """Return how far a moment is from now: `3 minutes ago`, `in 2 days`, `just now`; the date when it is far.

    An empty text for None.
    """
    if moment is None:
        return ""
    seconds = (timezone.now() - moment).total_seconds()
    for size, unit in _UNITS:
        if abs(seconds) < size:
            continue
        if unit is None:
            return f"{moment:%d} {moment:%b %Y}".lstrip("0")
        return _said(round(abs(seconds) // size), unit, past=seconds > 0)
    return "just now"


def _said(count: int, unit: str, *, past: bool) -> str:
    words = f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{words} ago" if past else f"in {words}"


@register.filter
def breakable(text: str) -> SafeString:
    """Return the text, escaped; an ARN may break after its slashes and colons, and not within a name."""
    escaped = conditional_escape(text)
    if not escaped.startswith("arn:"):
        return escaped
    return mark_safe(re.sub(r"([/:])(?=[^/:])", r"\1<wbr>", escaped))  # noqa: S308 - escaped above


_MARKUP = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([/#][^)\s]*)\)")


@register.filter
def words(text: str) -> SafeString:
    """Return the guide's words with `code`, **strong** and [links](/page/) of this site as markup.

    Everything else is escaped, so that the filter is safe on any text.
    """
    parts: list[str] = []
    end = 0
    for found in _MARKUP.finditer(text):
        parts += [conditional_escape(text[end : found.start()]), _marked_up(found)]
        end = found.end()
    parts.append(conditional_escape(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - each part was escaped above


def _marked_up(found: re.Match[str]) -> SafeString:
    code, strong, link, url = found.groups()
    if code is not None:
        return format_html("<code>{}</code>", code)
    if strong is not None:
        return format_html("<strong>{}</strong>", words(strong))
    return format_html('<a href="{}">{}</a>', url, words(link))


@register.filter
def source_name(url: str) -> str:
    """Return a readable name of a documentation page: its host and last part."""
    parts = urlsplit(url)
    return f"{parts.hostname}: {parts.path.rstrip('/').rpartition('/')[2].removesuffix('.html')}"
