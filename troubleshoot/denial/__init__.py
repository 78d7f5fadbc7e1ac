"""Reads access denials out of whatever people paste. Pure: no Django, no AWS."""

from troubleshoot.denial.parse import parse
from troubleshoot.denial.reading import (
    Denial,
    DenyKind,
    NearMiss,
    PolicyType,
    PrincipalKind,
    Reading,
    Removed,
    TextTooLarge,
    denial_from_data,
    reading_from_data,
)
from troubleshoot.denial.redact import Redacted, redact

__all__ = [
    "Denial",
    "DenyKind",
    "NearMiss",
    "PolicyType",
    "PrincipalKind",
    "Reading",
    "Redacted",
    "Removed",
    "TextTooLarge",
    "denial_from_data",
    "parse",
    "reading_from_data",
    "redact",
]
