"""The known causes of permission errors around Amazon Personalize: symptom, cause, how to check, how to fix."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_UNCONFIRMED = frozenset({"inferred", "issue", "data", "doc+inferred"})


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause. `basis` says what it rests on: `doc`, `issue`, `data`, `inferred`, or two of them joined by `+`."""

    id: str
    title: str
    symptom: str
    cause: str
    check: str
    fix: str
    sources: tuple[str, ...]
    basis: str

    @property
    def confirmed(self) -> bool:
        """Whether AWS's own documentation says it all."""
        return self.basis not in _UNCONFIRMED

    def sentences(self) -> Iterator[str]:
        """Return everything that the cause says in words."""
        yield from (self.title, self.symptom, self.cause, self.check, self.fix)


def _read() -> Mapping[str, Cause]:
    data = json.loads(Path(__file__).with_name("causes.json").read_text(encoding="utf-8"))
    causes = (Cause(**{**row, "sources": tuple(row["sources"])}) for row in data["causes"])
    return {cause.id: cause for cause in causes}


CAUSES: Mapping[str, Cause] = _read()
