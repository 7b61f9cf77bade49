"""Recording: what one model answered, item by item; the sketch of an endpoint."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending
from filiation.model.tokens import TokenLogprob

__all__ = ["CHOOSABLE", "DATA_IN_COMMON", "HELD_BACK", "BatteryAsked", "Item", "Recording"]

# How the note begins that says the items could have been chosen; no short report leaves it out.
CHOOSABLE: Final = "the items are not shown to have been fixed before the answers"
# How notes begin that say how far chosen items, or texts in common, explain what was found.
HELD_BACK: Final = "if the two are unrelated, whoever chose the items must have held back at least"
DATA_IN_COMMON: Final = (
    "against strangers that learned from the same texts p is",
    "how much training texts in common explain was not measured",
)


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
            What a method reads is `said` or `finished`, which leave out what is no answer.
        notes: What was found while reading (duplicates dropped, encodings guessed).
        logprobs: The tokens of each output with their log-probabilities; empty for an item without
            them, and empty as a whole if no item has any.
        asked: Which battery its transcript says it answers; None for any other log.
        endings: How each output ended; empty as a whole if every one is whole.
    """

    name: str
    items: tuple[Item, ...]
    outputs: tuple[str | None, ...]
    notes: tuple[str, ...] = ()
    logprobs: tuple[tuple[TokenLogprob, ...], ...] = ()
    asked: BatteryAsked | None = None
    endings: tuple[Ending, ...] = ()

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
        if self.endings and (len(self.endings) != len(self.items) or not any(self.endings)):
            raise UnreadableError(
                f"{self.name}: endings of {len(self.endings)} answers for {len(self.items)} items, "
                "expected one each, or none at all where every answer is whole"
            )

    def on(self, places: Sequence[int]) -> "Recording":
        """The same recording on the items at these places, in this order."""
        endings = tuple(self.endings[at] for at in places) if self.endings else ()
        return replace(
            self,
            items=tuple(self.items[at] for at in places),
            outputs=tuple(self.outputs[at] for at in places),
            logprobs=tuple(self.logprobs[at] for at in places) if self.logprobs else (),
            endings=endings if any(endings) else (),
        )

    @cached_property
    def said(self) -> tuple[str | None, ...]:
        """The outputs that are answers in words: no refusal of the provider's, no call of a tool.

        What a filter stopped half way is left out too: the words are the model's, but which
        answers are stopped is not, and a beginning is compared with nobody's beginning.
        """
        if not self.endings:
            return self.outputs
        return tuple(
            text if ending in (Ending.WHOLE, Ending.CUT) else None
            for text, ending in zip(self.outputs, self.endings, strict=True)
        )

    @cached_property
    def finished(self) -> tuple[str | None, ...]:
        """The outputs whose result can be read: those of `said`, unless cut off before the end.

        An answer that was cut off has numbers in it, but not its result. Where at least half of
        the answers are cut, the bound is the form of the question (a letter in one token, a base
        model that goes on for ever), and they are read as they are.
        """
        cut = self.endings.count(Ending.CUT)
        if not cut or 2 * cut >= sum(text is not None for text in self.said):
            return self.said
        return tuple(
            None if ending is Ending.CUT else text
            for text, ending in zip(self.said, self.endings, strict=True)
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over ids, prompts, outputs, log-probabilities and endings, in any order.

        Where nothing has log-probabilities, or every answer is whole, they are not mentioned.
        """
        rows: list[list[object]] = [
            [i.id, i.prompt, o] for i, o in zip(self.items, self.outputs, strict=True)
        ]
        for row, tokens in zip(rows, self.logprobs, strict=False):
            row.append([[t.token, t.logprob, t.alternatives] for t in tokens])
        for row, ending in zip(rows, self.endings, strict=False):
            row.append(str(ending))
        rows.sort(key=lambda row: str(row[0]))
        text = json.dumps(rows, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
