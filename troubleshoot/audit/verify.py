"""Walking the chain: is every entry what it was when it was written?"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

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
    """How far the chain holds: `head` is the last good entry; `fault` is None where all of it is good."""

    head: Head
    fault: Fault | None


class _Broken(Exception):  # noqa: N818 - it carries the fault up, and does not leave this module
    def __init__(self, sequence: int, words: str) -> None:
        super().__init__(words)
        self.fault = Fault(sequence, words)


def verify(*, exported: Head | None = None) -> Report:
    """Walk the whole chain and return how far it holds. Erased texts are no fault.

    With `exported`, a head that was written down before, the chain must also still hold that very entry.
    """
    last = Head(0, START)
    try:
        for entry in _entries():
            _check_entry(entry, last)
            last = Head(entry.sequence, entry.digest)
            _check_exported(last, exported)
        _check_end(last, exported)
    except _Broken as broken:
        return Report(last, broken.fault)
    return Report(last, None)


def _entries() -> Iterator[AuditEntry]:
    """Yield the entries in order, each batch after its texts have been checked against it."""
    rows = AuditEntry.objects.order_by("sequence").iterator(chunk_size=_BATCH)
    while batch := list(islice(rows, _BATCH)):
        faults = _text_faults(batch)
        for entry in batch:
            yield entry
            if entry.sequence in faults:
                raise _Broken(entry.sequence, faults[entry.sequence])


def _check_entry(entry: AuditEntry, last: Head) -> None:
    if entry.sequence != last.sequence + 1:
        raise _Broken(last.sequence + 1, "this entry is missing")
    if entry.previous != last.digest:
        raise _Broken(entry.sequence, "this entry does not follow the one before it")
    if entry.digest != entry_digest(entry):
        raise _Broken(entry.sequence, "this entry was changed")


def _check_exported(last: Head, exported: Head | None) -> None:
    if exported and exported.sequence == last.sequence and exported != last:
        raise _Broken(last.sequence, "this entry is another one than the exported head names")


def _check_end(last: Head, exported: Head | None) -> None:
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    # Entries may have been appended since the walk: the head may be ahead of it, and then they are there.
    following = AuditEntry.objects.filter(sequence__gt=last.sequence, sequence__lte=head.sequence).count()
    if head.sequence != last.sequence + following:
        raise _Broken(min(head.sequence, last.sequence) + 1, "the entries do not end where the head says")
    if following == 0 and head.digest != last.digest:
        raise _Broken(last.sequence, "the head holds another digest than the last entry")
    if exported and exported.sequence > last.sequence:
        raise _Broken(last.sequence + 1, "the chain ends before the exported head")


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
