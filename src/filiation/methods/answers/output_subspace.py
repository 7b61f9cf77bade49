"""Do the log-probabilities of two models lie in the same low-dimensional space?

Every vector of logits lies in the column space of the unembedding. The space is recovered from
enough vectors over the same tokens; the contexts need not be the same, nor need any token be the
likeliest. How much the spaces of source and subject overlap is set against the overlap of the
controls with both and with one another: models trained on like texts share leading directions
(how frequent a token is), so a random rotation would be no honest null.

It shows a last matrix of common descent, or one that was trained towards the other's
log-probabilities: a student of logits grows a like space, though few of its directions are shared
outright. Whatever is done before the last matrix leaves the space as it is: permuted, rotated,
rescaled or pruned layers. Defeated by: a last matrix trained anew; log-probabilities
that are withheld, cut to the few likeliest, or rounded until the dimension is not seen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.answers_lineup import admit, without_logprobs
from filiation.methods.answers.texts import Aligned, LineUp, PairValues
from filiation.methods.answers.texts_families import families_of
from filiation.methods.answers.texts_weighing import weigh
from filiation.methods.reached import reach_of
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, Place, Underpowered
from filiation.model.reach import Reach
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.frames.subspace import column_space, overlap, shared_directions
from filiation.numerics.pairs.among_controls import FEWEST_CONTROLS, log_floor
from filiation.numerics.pairs.two_way import alike_from
from filiation.numerics.rng import stream

__all__ = ["OutputSubspace", "overlap_table"]

Float64: TypeAlias = NDArray[np.float64]

FEWEST_TOKENS: Final = 20
MOST_TOKENS: Final = 4_096
MOST_PLACES: Final = 4_096
ROOM: Final = 1.5  # tokens for each dimension: with fewer, any two spaces nearly fill the whole
SHARE: Final = 0.5  # of the tokens of source and subject that a control must have
RESOLVED: Final = 0.02  # of an overlap, that recovery from a finite record may move it
SAME: Final = 1e-3  # squared sine of an angle up to which a direction is called shared

BECAUSE: Final = (
    "the space of an unrelated model overlaps with the source's no more than the spaces of the "
    "controls overlap with the source's, the subject's and one another's, once each model's own "
    "level is removed; this is so for last matrices trained from independent initialisations, and "
    "would not be so for one that both took from a third model"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSubspace:
    """Overlap of the spaces of log-probabilities, beyond the controls."""

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return (
            f"output-subspace/1;overlap=mean-squared-cosine;tokens={MOST_TOKENS};"
            "spread=two-way;tail=t10"
        )

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        if lacking := without_logprobs(self.id, source, subject):
            return lacking
        admitted = admit(source, subject, controls, families)
        parties = (_Places(source), _Places(subject))
        shared = set(parties[0].tokens) & set(parties[1].tokens)
        if len(shared) < FEWEST_TOKENS:
            return Inapplicable(method=self.id, reason=_few_tokens(parties, len(shared)))
        others, fewer = _with_tokens(admitted.controls, shared)
        common = shared.intersection(*(control.tokens for control in others))
        tokens = _drawn(sorted(common), seed, self.id)
        recovered = [(one, column_space(one.rows(tokens))) for one in (*parties, *others)]
        reason = _unseen(recovered[:2], len(tokens))
        spaces = [_Space(of=one, basis=basis) for one, basis in recovered if basis is not None]
        if not reason and len(spaces) - 2 < FEWEST_CONTROLS:
            reason = _few_controls(len(spaces) - 2)
        if reason:
            return Underpowered(method=self.id, reason=reason)
        unseen = [one.name for one, basis in recovered if basis is None]
        found = weigh(
            self.id,
            overlap_table(
                [space.basis for space in spaces], np.asarray([space.of.count for space in spaces])
            ),
            _line_up(spaces, (*admitted.skipped, *fewer, *map(_not_seen, unseen))),
            families=families,
            unit="times the overlap of spaces that both models' overlaps with others explain",
            because=BECAUSE,
        )
        return _with_overlap(found, spaces, len(tokens), admitted.aside)

    def reach(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
    ) -> Reach | Absent:
        if lacking := without_logprobs(self.id, source, subject):
            return lacking
        admitted = [c for c in admit(source, subject, controls, families).controls if c.logprobs]
        independent = len(set(families_of([c.name for c in admitted], families)))
        if independent < FEWEST_CONTROLS:
            return Underpowered(method=self.id, reason=_few_controls(independent))
        asked = {item.id for item in source.items} & {item.id for item in subject.items}
        floor = self.floor_with(independent)
        return reach_of(self.id, floor, controls=independent, items=len(asked))

    def floor_with(self, controls: int) -> float:
        return log_floor(controls)


@final
class _Places:
    """The places of one recording that name most alternatives, and the tokens all of them name."""

    def __init__(self, recording: Recording) -> None:
        self.name = recording.name
        spreads = [
            token.alternatives for row in recording.logprobs for token in row if token.alternatives
        ]
        most = max(map(len, spreads), default=0)
        self._spreads = [spread for spread in spreads if len(spread) == most][:MOST_PLACES]
        self.count, self.alternatives = len(self._spreads), most
        seen: Counter[str] = Counter()
        twice: set[str] = set()  # tokens that read alike cannot be told apart
        for spread in self._spreads:
            here = Counter(token for token, _ in spread)
            seen.update(here.keys())
            twice |= {token for token, times in here.items() if times > 1}
        self.tokens = [t for t, n in seen.items() if n == self.count and t not in twice]

    def rows(self, tokens: Sequence[str]) -> Float64:
        """Log-probabilities of these tokens, float64 [places, tokens]."""
        at = {token: n for n, token in enumerate(tokens)}
        found = np.zeros((self.count, len(tokens)))
        for row, spread in enumerate(self._spreads):
            for token, value in spread:
                if (column := at.get(token)) is not None:
                    found[row, column] = value
        return found


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Space:
    """The space that a model's log-probabilities span: float64 [tokens, dimensions]."""

    of: _Places
    basis: Float64


def _with_tokens(
    controls: Sequence[Recording], shared: set[str]
) -> tuple[list[_Places], list[str]]:
    """The controls that name these tokens at every place, and why others are left out."""
    found, skipped = [], []
    for control in controls:
        places = _Places(control)
        if len(shared & set(places.tokens)) >= SHARE * len(shared):
            found.append(places)
        else:
            skipped.append(
                f"{control.name}: names fewer than half of the tokens of source and subject at "
                "every place; left out"
            )
    return found, skipped


def _drawn(tokens: Sequence[str], seed: int, purpose: str) -> list[str]:
    """At most so many tokens, drawn by the seed."""
    order = stream(seed, purpose, "tokens").permutation(len(tokens))[:MOST_TOKENS]
    return [tokens[n] for n in sorted(order.tolist())]


def overlap_table(spaces: Sequence[Float64], places: NDArray[np.int64]) -> PairValues:
    """Log overlap of every two spaces, float64 [tokens, dimensions] each.

    Args:
        spaces: Orthonormal, over the same tokens.
        places: int64 [models], from how many each was recovered.
    """
    n = len(spaces)
    values = np.zeros((n, n))
    for a in range(n):
        for b in range(a):
            values[a, b] = values[b, a] = np.log(overlap(spaces[a], spaces[b]))
    wide = np.asarray([space.shape[1] for space in spaces], dtype=np.float64)
    chance = np.log(np.maximum.outer(wide, wide) / (len(spaces[0]) - 1))  # rows are centred
    return PairValues(
        values=values,
        noise=np.full((n, n), RESOLVED**2),
        items=np.minimum.outer(places, places),
        least=alike_from(values, np.minimum(chance, 0.0)),
    )


def _line_up(spaces: Sequence[_Space], left_out: tuple[str, ...]) -> LineUp:
    """Source, subject and controls in this order; prompts play no part."""
    names = tuple(space.of.name for space in spaces)
    aligned = Aligned(names=names, items=(), answers=(), left_out=left_out)
    return LineUp(aligned=aligned, controls=len(spaces) - 2, relatives=())


def _with_overlap(
    found: Finding | Absent,
    spaces: Sequence[_Space],
    tokens: int,
    aside: tuple[Place, ...],
) -> Finding | Absent:
    """The finding with the overlap itself beside it, and the models that were set aside."""
    if not isinstance(found, Finding):
        return found
    beside = _beside([space.basis for space in spaces], tokens)
    return replace(
        found,
        combination=f"{found.combination}; {beside}",
        lineup=(*found.lineup, *aside),
    )


def _beside(spaces: Sequence[Float64], tokens: int) -> str:
    """The overlap itself, and how many directions are shared outright."""
    one, other, *controls = spaces
    shared = shared_directions(one, other, SAME)
    most = max(shared_directions(one, control, SAME) for control in controls)
    return (
        f"over {tokens} tokens the source's space has {one.shape[1]} dimensions, the subject's "
        f"{other.shape[1]}; their overlap is {overlap(one, other):.4f}, that of the closest "
        f"control {max(overlap(one, control) for control in controls):.4f}; directions shared to "
        f"within one in a thousand: {shared}, with the closest control {most}"
    )


def _not_seen(name: str) -> str:
    return f"{name}: the dimension of its space is not seen"


def _unseen(parties: Sequence[tuple[_Places, Float64 | None]], tokens: int) -> str:
    """Why the spaces of source and subject cannot be compared; empty if they can."""
    for places, space in parties:
        if space is None:
            return (
                f"{places.name}: the dimension of its space is not seen in {places.count} places "
                f"of {tokens} tokens; record more of both than the model is wide, unrounded"
            )
        if tokens < ROOM * space.shape[1]:
            return (
                f"{places.name}: a space of {space.shape[1]} dimensions within {tokens} tokens, "
                f"expected at least {ROOM * space.shape[1]:.0f} tokens; name more of them"
            )
    return ""


def _few_tokens(parties: Sequence[_Places], shared: int) -> str:
    named = "; ".join(f"{p.name} {len(p.tokens)} of {p.alternatives}" for p in parties)
    return (
        f"{shared} tokens are named at every place of both ({named}), expected at least "
        f"{FEWEST_TOKENS} and more than the models are wide; the few likeliest do not span the "
        "space, record the whole vocabulary or a fixed list of tokens"
    )


def _few_controls(left: int) -> str:
    return (
        f"{left} control{' names' if left == 1 else 's name'} the same tokens, expected at least "
        f"{FEWEST_CONTROLS} independent ones; record more unrelated models with the same tokenizer"
    )
