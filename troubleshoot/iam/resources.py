"""A statement's Resource or NotResource against the resource of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

import re

from troubleshoot.iam.catalog import has_typed_resources
from troubleshoot.iam.document import Element
from troubleshoot.iam.query import Query
from troubleshoot.iam.ternary import MAY, NO, YES, inverse
from troubleshoot.iam.variables import Part, Unresolved, Variable, keys_of, parse_template, resolve
from troubleshoot.iam.wildcard import Matcher, Token, Wild, compile_glob, tokens_of

Judgement = tuple[int, str]

_FITS: Judgement = (YES, "resource_fits")
_DIFFERS: Judgement = (NO, "resource_differs")
_EXCLUDED: Judgement = (NO, "resource_excluded")
_UNRESOLVED: Judgement = (NO, "variable_absent")
_UNKNOWN_KEY: Judgement = (MAY, "unknown_key")
_TAKES_NO_RESOURCE: Judgement = (NO, "action_needs_star")
_SEPARATOR = re.compile(r"[/:]")
_FIELDS = 6


class ResourcePattern:
    """One ARN pattern. `prefix` is the text that every matching ARN begins with; `keys` those of its variables.

    `doubt` is the reason why a match is not certain: AWS leaves it open what such a pattern means.
    """

    __slots__ = ("_completed", "_matches", "doubt", "is_anything", "is_never", "keys", "parts", "prefix", "text")

    def __init__(self, text: str, *, variables: bool) -> None:
        fields = text.split(":", 5)
        is_arn = len(fields) == 6 and fields[0] == "arn"
        self.text = text
        self.is_anything = bool(text) and not text.strip("*")
        self.parts = _arn_parts(fields, variables) if is_arn else tuple(tokens_of(text))
        self.keys = keys_of(self.parts)
        self.doubt = None if is_arn or self.is_anything else "short_arn"
        self.is_never = is_arn and _is_wild(fields[2])
        if is_arn and _is_wild_type(fields[2], fields[5]):
            self.doubt = "wildcard_in_type"
        self.prefix = self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""
        self._matches = None if self.keys else compile_glob(_tokens(self.parts))
        self._completed = _completed(fields) if fields[0] == "arn" and len(fields) < _FIELDS else None

    @property
    def is_literal(self) -> bool:
        return self.doubt is None and self.prefix == self.text and len(self.parts) == 1

    @property
    def is_prefix(self) -> bool:
        return self.doubt is None and self.parts == (self.prefix, Wild.STAR) and not self.is_never

    def judge(self, query: Query) -> Judgement:
        """Tell whether the pattern fits the request's resource. A request without a resource fits `*` alone."""
        if self.is_anything:
            return _FITS
        if query.resource == "*":
            return _TAKES_NO_RESOURCE
        if self.is_never or not query.resource.startswith(self.prefix):
            return _DIFFERS
        matches = self._matches
        if matches is None:
            tokens = resolve(self.parts, query)
            if isinstance(tokens, Unresolved):
                return _UNRESOLVED if tokens is Unresolved.ABSENT else _UNKNOWN_KEY
            matches = compile_glob(tokens)
        if not (matches(query.resource) or (self._completed is not None and self._completed(query.resource))):
            return _DIFFERS
        return _FITS if self.doubt is None else (MAY, self.doubt)


class CompiledResources:
    """Resource or NotResource as a whole. Literals and plain prefixes are looked up, the rest is tried in turn."""

    __slots__ = ("_literals", "_patterns", "_prefixes", "is_anything", "negated", "patterns")

    def __init__(self, element: Element, *, variables: bool) -> None:
        self.negated = element.negated
        self.patterns = tuple(ResourcePattern(value.value, variables=variables) for value in element.values)
        self.is_anything = any(pattern.is_anything for pattern in self.patterns)
        self._literals = frozenset(pattern.text for pattern in self.patterns if pattern.is_literal)
        self._prefixes = tuple(pattern.prefix for pattern in self.patterns if pattern.is_prefix)
        self._patterns = tuple(
            pattern for pattern in self.patterns if not (pattern.is_literal or pattern.is_prefix or pattern.is_anything)
        )

    def judge(self, query: Query) -> Judgement:
        """Tell whether the element covers the request's resource, and why."""
        found = self._judge_listed(query)
        if not self.negated:
            return found
        if found is _UNRESOLVED:
            return (MAY, "undocumented")  # AWS says that the variable "matches nothing", not what Not makes of that
        if found[0] == YES:
            return _EXCLUDED
        return (inverse(found[0]), found[1] if found[0] == MAY else "resource_fits")

    def missing(self, query: Query) -> tuple[str, ...]:
        """Return the unknown keys that the variables of the element name."""
        return tuple(key for pattern in self.patterns for key in pattern.keys if query.is_unknown(key))

    def _judge_listed(self, query: Query) -> Judgement:
        if self.is_anything:
            return _FITS
        resource = query.resource
        if resource == "*":
            return _TAKES_NO_RESOURCE
        if resource in self._literals or resource.startswith(self._prefixes):
            return _FITS
        best = _DIFFERS
        for pattern in self._patterns:
            found = pattern.judge(query)
            if found[0] == YES:
                return found
            if found[0] > best[0] or (found is _UNRESOLVED and best is _DIFFERS):
                best = found
        return best


def _completed(fields: list[str]) -> Matcher:
    """A short ARN with a star for each part that it lacks.

    AWS reads it so in an identity-based policy, and says nothing of the others:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    missing = _FIELDS - len(fields)
    return compile_glob(_tokens(_arn_parts([*fields, *"*" * missing], False)))


def _is_wild(text: str) -> bool:
    return "*" in text or "?" in text


def _is_wild_type(service: str, resource: str) -> bool:
    """Tell whether wildcards stand where the service's ARNs have the type of the resource."""
    return (
        bool(resource.strip("*"))
        and _is_wild(_SEPARATOR.split(resource, maxsplit=1)[0].partition("${")[0])
        and not _is_wild(service)
        and has_typed_resources(service)
    )


def _arn_parts(fields: list[str], variables: bool) -> tuple[Part, ...]:
    """Variables count after the fifth colon only. A star that ends a segment may run on across colons."""
    parts: list[Part] = [
        *tokens_of(":".join(fields[:5]) + ":"),
        *parse_template(fields[5], variables=variables, wildcards=True),
    ]
    ends = [*(isinstance(part, str) and part.startswith(":") for part in parts[1:]), True]
    return tuple(_merged([_segmented(part, is_end) for part, is_end in zip(parts, ends, strict=True)]))


def _segmented(part: Part, is_end: bool) -> Part:
    if part is Wild.STAR:
        return Wild.STAR if is_end else Wild.SEGMENT_STAR
    return Wild.SEGMENT_ONE if part is Wild.ONE else part


def _merged(parts: list[Part]) -> list[Part]:
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def _tokens(parts: tuple[Part, ...]) -> list[Token]:
    return [part for part in parts if not isinstance(part, Variable)]
