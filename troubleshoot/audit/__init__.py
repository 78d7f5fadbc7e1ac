"""The audit trail: it only grows, and shows whether anybody changed it."""

from troubleshoot.audit.chain import SYSTEM, append, canonical_time, erase_texts
from troubleshoot.audit.verify import Fault, Head, Report, verify

__all__ = ["SYSTEM", "Fault", "Head", "Report", "append", "canonical_time", "erase_texts", "verify"]
