"""Walking the chain: is every entry what it was when it was written?"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.conf import settings

from troubleshoot.audit import keys
from troubleshoot.audit.chain import START, entry_digest, text_digest
from troubleshoot.models import AuditEntry, AuditHead, ErasableText

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry's number and digest at one moment. Kept elsewhere, it shows a tail that was cut off."""

    sequence: int
    digest: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not what it was, and in words what is wrong with it."""

    sequence: int
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """How far the chain holds: `head` is the last good entry; `fault` is None where all of it is good.

    `unkeyed` is how many of the good entries were made without a key: anybody could have made these.
    """

    head: Head
    fault: Fault | None
    unkeyed: int = 0


class _Broken(Exception):  # noqa: N818 - it carries the fault up, and does not leave this module
    def __init__(self, sequence: int, words: str) -> None:
        super().__init__(words)
        self.fault = Fault(sequence, words)


def verify(*, exported: Sequence[Head] = ()) -> Report:
    """Walk the whole chain and return how far it holds. Erased texts are no fault.

    With `exported`, heads that were written down before, the chain must also still hold those very entries.
    """
    return _Walk(exported).report()


class _Walk:
    """One walk over the chain, with what it is checked against."""

    def __init__(self, exported: Sequence[Head]) -> None:
        self._exported: dict[int, set[str]] = {}
        for head in exported:
            self._exported.setdefault(head.sequence, set()).add(head.digest)
        self._keys = keys.by_name()
        self._last = Head(0, START)
        self._unkeyed = 0

    def report(self) -> Report:
        fault = None
        try:
            for entry in _entries():
                self._check(entry)
            self._check_end()
        except _Broken as broken:
            fault = broken.fault
        return Report(self._last, fault, self._unkeyed)

    def _check(self, entry: AuditEntry) -> None:
        if entry.sequence != self._last.sequence + 1:
            raise _Broken(self._last.sequence + 1, "this entry is missing")
        if entry.previous != self._last.digest:
            raise _Broken(entry.sequence, "this entry does not follow the one before it")
        if not hmac.compare_digest(entry.digest, entry_digest(entry, self._key_of(entry))):
            raise _Broken(entry.sequence, "this entry was changed")
        self._last = Head(entry.sequence, entry.digest)
        self._unkeyed += not entry.key_id
        if self._exported.get(entry.sequence, {entry.digest}) != {entry.digest}:
            raise _Broken(entry.sequence, "this entry is another one than the exported head names")

    def _key_of(self, entry: AuditEntry) -> keys.Key | None:
        """Return the key of an entry. Once there is a key, only the entries that the settings name may have none."""
        if not entry.key_id:
            if self._keys and entry.sequence > settings.AUDIT_UNKEYED:
                raise _Broken(entry.sequence, "this entry was made without the key")
            return None
        if entry.key_id not in self._keys:
            raise _Broken(entry.sequence, "this entry was made with a key that the portal does not have")
        return self._keys[entry.key_id]

    def _check_end(self) -> None:
        last, head = self._last, AuditHead.objects.filter(pk=1).first() or AuditHead()
        # Entries may have been appended since the walk: the head may be ahead of it, and then they are there.
        following = AuditEntry.objects.filter(sequence__gt=last.sequence, sequence__lte=head.sequence).count()
        if head.sequence != last.sequence + following:
            raise _Broken(min(head.sequence, last.sequence) + 1, "the entries do not end where the head says")
        if following == 0 and head.digest != last.digest:
            raise _Broken(last.sequence, "the head holds another digest than the last entry")
        if max(self._exported, default=0) > last.sequence:
            raise _Broken(last.sequence + 1, "the chain ends before the exported head")


def _entries() -> Iterator[AuditEntry]:
    """Yield the entries in order, each batch after its texts have been checked against it."""
    rows = AuditEntry.objects.order_by("sequence").iterator(chunk_size=_BATCH)
    while batch := list(islice(rows, _BATCH)):
        faults = _text_faults(batch)
        for entry in batch:
            yield entry
            if entry.sequence in faults:
                raise _Broken(entry.sequence, faults[entry.sequence])


def _text_faults(batch: list[AuditEntry]) -> dict[int, str]:
    """Return the words of a fault for each entry of the batch whose texts are not what it names."""
    named = {entry.sequence: entry.data.get("texts", {}) for entry in batch}
    faults: dict[int, str] = {}
    texts = ErasableText.objects.filter(sequence__range=(batch[0].sequence, batch[-1].sequence))
    for text in texts.iterator(chunk_size=_BATCH):
        expected = named.get(text.sequence, {}).get(text.name)
        if expected != text_digest(text.salt, text.text):
            faults[text.sequence] = f"the text `{text.name}` of this entry was changed"
    return faults
