"""Record of served answers: all that the numbers of `served-twins` follow from, without a word.

Each answer is told by its length and by which other answer to the same prompt it equals; that is
all that the test reads of words. What models find likely stands beside it, and what was sealed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from filiation.errors import UnreadableError
from filiation.model.drawn import Sealed
from filiation.model.owner import Likelihoods
from filiation.model.served import FEWEST_TWINS, MOST_PROMPTS, MOST_TWINS, Exchange, To

__all__ = ["Measured", "ServedRecord", "Wordless", "measured", "wordless"]

LONGEST: Final = 1 << 20  # characters of an answer
FARTHEST: Final = 1e9  # of a value from 0: no answer of so many characters is as unlikely
FIRST_SIGN: Final = 0xE000  # of Unicode's private use: signs that no answer is made of
Row: TypeAlias = tuple[float | None, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wordless:
    """One exchange without its words, the served answer first among its twins.

    Attributes:
        id: Unique within the list.
        to: Whom the answer was served to.
        lengths: Characters of each answer; None where a twin was not handed over.
        same: Of each the place of the first answer that is equal to it, word for word.
    """

    id: str
    to: To
    lengths: tuple[int | None, ...]
    same: tuple[int, ...]

    def __post_init__(self) -> None:
        count = len(self.lengths)
        if not FEWEST_TWINS < count == len(self.same) <= MOST_TWINS + 1 or self.lengths[0] is None:
            raise _broken(f"{self.id!a:.60}: {count} lengths and {len(self.same)} places")
        if not all(one is None or 0 <= one <= LONGEST for one in self.lengths):
            raise _broken(f"{self.id!a:.60}: a length that no answer has")
        for place, first in enumerate(self.same):
            if not 0 <= first <= place or self.same[first] != first:
                raise _broken(f"{self.id!a:.60}: answer {place} equals none before it")
            if self.lengths[first] != self.lengths[place]:
                raise _broken(f"{self.id!a:.60}: equal answers of two lengths")

    @property
    def exchange(self) -> Exchange:
        """The same with one sign for every different answer, and its length beside it."""
        said = [
            None if length is None else chr(FIRST_SIGN + first)
            for length, first in zip(self.lengths, self.same, strict=True)
        ]
        answer, *twins = said
        assert answer is not None  # by the law above
        return Exchange(
            id=self.id, prompt="", answer=answer, to=self.to, twins=tuple(twins),
            lengths=tuple(length or 0 for length in self.lengths),
        )  # fmt: skip


def wordless(exchange: Exchange) -> Wordless:
    """An exchange without its words."""
    said = exchange.said
    return Wordless(
        id=exchange.id,
        to=exchange.to,
        lengths=tuple(
            None if text is None else long for text, long in zip(said, exchange.long, strict=True)
        ),
        same=tuple(said.index(text) for text in said),
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one model says of every answer.

    Attributes:
        name: What reports call it.
        digest: SHA-256 (hex) of the file that says so.
        model: SHA-256 (hex) of the model; empty if the file names none.
        tokenizer: Of its tokenizer; likewise.
        values: By exchange and answer; None where nothing was measured.
    """

    name: str
    digest: str
    model: str
    tokenizer: str
    values: tuple[Row, ...]

    def likelihoods(self, exchanges: Sequence[Exchange]) -> Likelihoods:
        """The same by the names of answers."""
        values = {
            name: value
            for one, row in zip(exchanges, self.values, strict=True)
            for name, value in zip(one.names, row, strict=True)
            if value is not None
        }
        return Likelihoods(
            name=self.name, digest=self.digest, values=values, tokens={}, model=self.model,
            tokenizer=self.tokenizer,
        )  # fmt: skip


def measured(found: Likelihoods, exchanges: Sequence[Exchange]) -> Measured:
    """What a model says, by exchange and answer."""
    return Measured(
        name=found.name,
        digest=found.digest,
        model=found.model,
        tokenizer=found.tokenizer,
        values=tuple(tuple(found.values.get(name) for name in one.names) for one in exchanges),
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ServedRecord:
    """A drawn list of served answers, measured.

    Attributes:
        sealed: What was fixed before the lot, the plan of twins among it.
        lot: Number of the lot.
        list_name: What the file of the list is called.
        list_sha256: Its SHA-256 (hex).
        twins_sha256: Of the file of twins.
        exchanges: Those that the lot fell on, in the order of the list.
        subject: What was measured of the model under examination.
        source: Log-likelihoods under the snapshot.
        references: Log-likelihoods under further models.
    """

    sealed: Sealed
    lot: int
    list_name: str
    list_sha256: str
    twins_sha256: str
    exchanges: tuple[Wordless, ...]
    subject: Measured
    source: Measured
    references: tuple[Measured, ...] = ()

    def __post_init__(self) -> None:
        plan = self.sealed.plan
        if plan is None:
            raise _broken("what was sealed holds no plan of twins")
        if not 1 <= len(self.exchanges) <= 2 * MOST_PROMPTS:
            raise _broken(f"{len(self.exchanges):,} exchanges")
        if len({one.id for one in self.exchanges}) < len(self.exchanges):
            raise _broken("an exchange twice")
        group = sum(one.to == "group" for one in self.exchanges)
        if (group, len(self.exchanges) - group) != (plan.prompts, plan.others):
            raise _broken(f"{group} exchanges of the group, where {plan.prompts} were planned")
        if any(len(one.lengths) != plan.twins + 1 for one in self.exchanges):
            raise _broken(f"an exchange with another number of twins than {plan.twins}")
        for one in (self.subject, self.source, *self.references):
            self._check(one)
        if self.source.model != plan.sampling.snapshot:
            raise _broken("the source is not the snapshot that was planned")
        if sorted(one.model for one in self.references) != sorted(plan.references):
            raise _broken("references are not those that were planned")
        if self.subject.digest == self.source.digest or self.subject.model == self.source.model:
            raise _broken("the subject is the source itself")

    def _check(self, one: Measured) -> None:
        counts = [len(row) for row in one.values]
        if counts != [len(exchange.lengths) for exchange in self.exchanges]:
            raise _broken(f"{one.name!a:.60}: values of other answers")
        told = [value for row in one.values for value in row if value is not None]
        if not all(math.isfinite(value) and abs(value) <= FARTHEST for value in told):
            raise _broken(f"{one.name!a:.60}: a value that is no number, or that nothing has")


def _broken(found: str) -> UnreadableError:
    return UnreadableError(f"record of served answers: {found}; it contradicts itself")
