"""Did one tokenizer take over the order in which the other's training made its tokens?

A trainer makes tokens one after the other: by count of pairs (BPE), by probability (unigram). The
tokens that both have are taken in the source's order, and neighbours are counted that are
neighbours in the subject's order too. Two trainings agree on the first merges and on little else,
even on the same text, while a copy keeps nearly all of them, however it was pruned, extended,
renumbered or shifted. What anybody would list side by side (sorted lists) or what a control has
side by side too is left out.

Defeated by: an order that was shuffled, even in short blocks. It cannot tell a copy from a second
training by the same trainer on the same text, nor who copied from whom, nor a common third source
that is no control.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.tokenizers.common import Common, common, kept_in
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered, Unreadable
from filiation.model.null import Exact
from filiation.model.vocabulary import Vocabulary
from filiation.model.words import MethodWords
from filiation.numerics.pairs.adjacency import (
    bounded_log_p,
    kept_neighbours,
    longest_true_run,
    per_block,
)

__all__ = ["BLOCK", "FEWEST", "MergeOrder"]

Bool: TypeAlias = NDArray[np.bool_]

BLOCK: Final = 16  # consecutive shared tokens
FEWEST: Final = 320  # shared tokens: with fewer, no copy could reach 1e-6
LEFT: Final = 240  # neighbours that nobody else has side by side
SHARED: Final = math.log(1e-6)  # a control that is so unlikely to be a stranger has the order
WHOLE: Final = 0.95  # of the source's own neighbours: who keeps so many is no third party
BECAUSE: Final = (
    "a tokenizer that was trained anew keeps on average at most 40 % of the neighbours in any 16 "
    "tokens, whatever it keeps elsewhere: other text, another trainer or other rules of splitting "
    "break up what counts alone had put side by side. Training by the same trainer on (nearly) "
    "the same text is not excluded by this"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOrder:
    """Share of neighbouring shared tokens that are neighbours in both orders of training."""

    most: float = 0.4

    @property
    def reads(self) -> str:
        return "tokenizers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"merge-order/1;block={BLOCK};most={self.most:g}"

    def compare(
        self,
        source: Vocabulary,
        subject: Vocabulary,
        controls: Sequence[Vocabulary] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        if unread := [f"{one.name}: {one.unread}" for one in (source, subject) if one.unread]:
            return Unreadable(method=self.id, reason="; ".join(unread))
        shared = common(source, subject)
        if len(shared.tokens) < FEWEST:
            reason = (
                f"{len(shared.tokens):,} tokens of both that are no digits, blanks or runs of one "
                f"character, expected {FEWEST} or more"
            )
            return Underpowered(method=self.id, reason=reason)
        counted, skipped = self._counted(source, shared, controls, families)
        if per_block(counted, BLOCK).sum() < LEFT:
            reason = "what both list side by side is not theirs alone: " + "; ".join(skipped)
            return Inapplicable(method=self.id, reason=reason)
        return self._finding(shared, counted, skipped)

    def _finding(self, shared: Common, counted: Bool, skipped: tuple[str, ...]) -> Finding:
        kept = kept_neighbours(shared.places) & counted
        pairs = per_block(counted, BLOCK)
        return Finding(
            method=self.id,
            observed=float(kept.sum() / counted.sum()),
            unit=f"of {int(counted.sum()):,} neighbours among {len(shared.tokens):,} shared tokens "
            f"kept; longest run {longest_true_run(kept):,} tokens",
            null=Exact(
                distribution="sum of bounded counts in blocks (Hoeffding's bound)",
                log_floor=bounded_log_p(pairs, pairs, self.most),
                because=BECAUSE,
            ),
            log_p=bounded_log_p(per_block(kept, BLOCK), pairs, self.most),
            combination=f"one sum over all blocks of {BLOCK} shared tokens; nothing was chosen",
            skipped=skipped,
            items=len(shared.tokens),
        )

    def _counted(
        self,
        source: Vocabulary,
        shared: Common,
        controls: Sequence[Vocabulary],
        families: Mapping[str, str],
    ) -> tuple[Bool, tuple[str, ...]]:
        """Which neighbours are the source's own, and who has the others, or does not count."""
        sorted_too = kept_in(shared.tokens, None)
        counted, skipped = ~sorted_too, []
        if sorted_too.any():
            skipped.append(f"{int(sorted_too.sum()):,} neighbours that a sorted list has too")
        for control in controls:
            if control.unread:
                skipped.append(f"{control.name}: {control.unread}")
                continue
            relative = self._relative(source, control, families)
            if relative is None:
                continue
            if relative:
                skipped.append(f"{control.name}: {relative}")
                continue
            explained = kept_in(shared.tokens, control)
            skipped.append(f"{int(explained.sum()):,} neighbours that {control.name} has too")
            counted &= ~explained
        return counted, tuple(skipped)

    def _relative(
        self, source: Vocabulary, control: Vocabulary, families: Mapping[str, str]
    ) -> str | None:
        """None for a stranger; why it is no third party; empty if it is one that has the order."""
        family = families.get(source.name)
        if family is not None and families.get(control.name) == family:
            return f"declared to be of {source.name}'s family, no third party"
        kept = kept_neighbours(common(source, control).places)
        found = per_block(kept, BLOCK)
        log_p = bounded_log_p(found, per_block(np.ones_like(kept), BLOCK), self.most)
        if log_p > SHARED:
            return None
        if kept.sum() >= WHOLE * (len(common(source, source).tokens) - 1):
            return f"has the order of {source.name} throughout: a copy of it, or what it copied"
        return ""
