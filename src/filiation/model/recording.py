"""Recording: what one model answered, item by item; the sketch of an endpoint."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.model.tokens import TokenLogprob

__all__ = ["CHOOSABLE", "BatteryAsked", "Item", "Recording"]

# How the note begins that says the items could have been chosen; no short report leaves it out.
CHOOSABLE: Final = "the items are not shown to have been fixed before the answers"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question put to every model.

    Attributes:
        id: Unique within a recording; the same id means the same question in any recording.
        prompt: The words asked, if they were recorded.
        category: Subject or kind of question, if known.
        key: The right answer, if there is one.
        options: Number of options of a multiple choice, 0 for an open question.
        normaliser: Id of the rule that reads the answer out of an output; empty: chosen by looking.
    """

    id: str
    prompt: str | None = None
    category: str = ""
    key: str | None = None
    options: int = 0
    normaliser: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryAsked:
    """The battery that a transcript says was put to a model, and when.

    Attributes:
        battery: SHA-256 (hex) of the file of questions.
        committed: When it was committed to, as the transcript says (RFC 3339).
        first: When the first question was asked, likewise; empty if none was.
    """

    battery: str
    committed: str
    first: str

    @property
    def before(self) -> bool:
        """Whether it was committed to before the first question, by the transcript's own clock."""
        try:
            committed, first = (datetime.fromisoformat(t) for t in (self.committed, self.first))
            return bool(self.battery) and committed <= first
        except (TypeError, ValueError):
            return False


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Recording:
    """One model's outputs. Two recordings are the same subject iff their digests are equal.

    Attributes:
        name: What reports call the model.
        items: In the order of the file.
        outputs: One raw output per item; None where nothing was recorded or extracted.
        notes: What was found while reading (duplicates dropped, encodings guessed).
        logprobs: The tokens of each output with their log-probabilities; empty for an item without
            them, and empty as a whole if no item has any.
        asked: Which battery its transcript says it answers; None for any other log.
    """

    name: str
    items: tuple[Item, ...]
    outputs: tuple[str | None, ...]
    notes: tuple[str, ...] = ()
    logprobs: tuple[tuple[TokenLogprob, ...], ...] = ()
    asked: BatteryAsked | None = None

    def __post_init__(self) -> None:
        if len(self.items) != len(self.outputs):
            raise UnreadableError(
                f"{self.name}: {len(self.outputs)} outputs for {len(self.items)} items, "
                "expected one each; the recording is damaged"
            )
        if self.logprobs and len(self.logprobs) != len(self.items):
            raise UnreadableError(
                f"{self.name}: log-probabilities of {len(self.logprobs)} answers for "
                f"{len(self.items)} items, expected one each or none at all"
            )

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over item ids, prompts, outputs and log-probabilities, in any order.

        Where nothing has log-probabilities, they are not mentioned.
        """
        rows: list[list[object]] = [
            [i.id, i.prompt, o] for i, o in zip(self.items, self.outputs, strict=True)
        ]
        for row, tokens in zip(rows, self.logprobs, strict=False):
            row.append([[t.token, t.logprob, t.alternatives] for t in tokens])
        rows.sort(key=lambda row: str(row[0]))
        text = json.dumps(rows, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
