"""Which large tensors are the same in both models, bit for bit?

Trainings from independent random starts do not agree on thousands of values to the last bit, under
whatever names and in whatever packed form they are stored. Set aside is what anybody could have
written down (masks, sinusoids, zeros) and what a model that took no part holds as well. The p is a
bound and no exact number. A table that both took from the public is no derivation of the rest: so
equal tables alone are reported, by name, and enter no combined p. Defeated by: touching every
tensor once.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.obstacles import taken_differently
from filiation.methods.weights.published import large_tensors, witnesses
from filiation.methods.weights.stacks import body_of, stack_of, stands_in
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import RUN, RUNS, Component, Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.formula import distinct_values, follows_formula

__all__ = ["EqualTensors", "component_of", "equal_by_digest", "telling"]

INDEPENDENT: Final = (
    "two models whose weights were trained independently do not hold one large tensor bit for bit, "
    "unless it is public or follows from a formula; of that, what could be recognised was set "
    "aside, and a tensor that both took from a third party unchanged was not"
)
BITS: Final = 64  # of evidence that one tensor gives at most
UNREAD_BITS: Final = 40  # of a packed tensor whose values no sketch samples
SHOWN: Final = 64  # tensors of a finding that are listed one by one
NAMES: Final[tuple[tuple[Component, str], ...]] = (
    ("positions", r"position_embed|positional_embed|embed_pos|pos_embed|\bwpe\b|position_embd"),
    ("head", r"lm_head|embed_out|^output\.weight|\bpredictions\.decoder"),
    (
        "attention",
        r"attn|\battention\b|self_attention|SelfAttention|EncDecAttention|\batt\b|time_mix"
        r"|[qkvo]_proj|query_key_value|mixer|mamba|\.ssm_",
    ),
    (
        "mlp",
        r"mlp|ffn|feed_forward|channel_mix|intermediate|DenseReluDense|experts|\bfc_?[12]\b"
        r"|block_sparse_moe|layer\.\d+\.output\.dense",
    ),
    ("embedding", r"embed|\bwte\b|token_embd|tok_embeddings|\bshared\.weight"),
)
FLOAT: Final = re.compile(r"B?F\d")
NO_ROLE: Final = (
    "of no known role: what a library draws from a seed of its own is equal in all who use it"
)
PACKED: Final = re.compile(r"(qweight|weight_packed|_blocks|\.weight)$")
TABLES: Final = ("embedding", "positions", "head")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Equal:
    """One tensor of the source and where it stands in the subject."""

    ours: int
    theirs: int
    bits: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class EqualTensors:
    """Number of large tensors of the source whose bytes the subject holds too."""

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "equal-tensors/1"

    def compare(
        self,
        source: Sketch,
        subject: Sketch,
        controls: Sequence[Sketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        obstacle = taken_differently(source, subject)
        if obstacle is not None:
            return Inapplicable(method=self.id, reason=obstacle)
        ours, theirs = large_tensors(source), large_tensors(subject)
        for sketch, held in ((source, ours), (subject, theirs)):
            if not held:
                return Inapplicable(
                    method=self.id, reason=f"{sketch.name} holds no tensor of 4,096 values"
                )
        equal, aside = _same(source, subject, controls)
        paid = math.log(len(ours)) + math.log(len(theirs))
        skipped = tuple(f"equal tensors set aside: {n}, {why}" for why, n in sorted(aside.items()))
        return _finding(self.id, source, subject, equal, paid=paid, skipped=skipped)


def equal_by_digest(source: Sketch, subject: Sketch) -> tuple[str, ...]:
    """Names of the source's large tensors whose bytes the subject holds, in whatever shape.

    Without those that tell nothing: what follows a formula, has few values, or no known role.
    """
    if taken_differently(source, subject) is not None:
        return ()
    equal, _ = _same(source, subject, ())
    return tuple(
        source.tensors[each.ours].name for each in equal if not _no_role(source, subject, each)
    )


def telling(sketch: Sketch) -> dict[str, int]:
    """Large tensors whose equal bytes would tell something: digest to values of one of them.

    Not what has few values or follows a formula, which strangers hold as well.
    """
    return {
        digest: int(np.prod(sketch.tensors[places[0]].shape))
        for digest, places in large_tensors(sketch).items()
        if not _bits(sketch, sketch, places, places)[1]
    }


def component_of(name: str) -> Component | None:
    """What a tensor of this name belongs to; None if the name does not say."""
    return next((part for part, pattern in NAMES if re.search(pattern, name)), None)


def _same(
    source: Sketch, subject: Sketch, controls: Sequence[Sketch]
) -> tuple[list[_Equal], Counter[str]]:
    """The tensors that are equal and tell something; how many were set aside, by reason."""
    ours, theirs = large_tensors(source), large_tensors(subject)
    public = {
        digest
        for control in witnesses(source, subject, controls)
        for digest in control.tensor_digests
    }
    equal, aside = list[_Equal](), Counter[str]()
    for digest in ours.keys() & theirs.keys():
        bits, why = _bits(source, subject, ours[digest], theirs[digest])
        if why or digest in public:
            aside[why or "also held by a control, and so public"] += len(ours[digest])
        else:
            equal.append(_Equal(ours=ours[digest][0], theirs=theirs[digest][0], bits=bits))
    equal.sort(key=lambda each: each.ours)
    known = [each for each in equal if not _no_role(source, subject, each)]
    if known and len(known) < len(equal):
        aside[NO_ROLE] += len(equal) - len(known)
        equal = known
    return equal, aside


def _finding(
    method: str,
    source: Sketch,
    subject: Sketch,
    equal: Sequence[_Equal],
    *,
    paid: float,
    skipped: tuple[str, ...],
) -> Finding:
    parts = [_part(source, subject, each, paid) for each in equal]
    found = {part.roles for part in parts}
    component = next(iter(found)) if len(found) == 1 else ""
    tables_only = bool(found) and found <= set(TABLES)
    aside = bool(equal) and _beside(source, [source.tensors[each.ours].name for each in equal])
    no_role = bool(equal) and all(_no_role(source, subject, each) for each in equal)
    most = _log_p(BITS, paid)
    return Finding(
        method=method,
        observed=float(len(equal)),
        unit=f"tensors of at least 4,096 values are equal bit for bit{_which(found)}",
        null=Exact(
            distribution="a bound and no exact distribution: a half for every different value "
            f"sampled from one tensor, {BITS} at most, times the pairs of tensors",
            log_floor=most,
            because=INDEPENDENT,
        ),
        log_p=min((part.log_p for part in parts), default=0.0),
        combination=_combined(tables_only=tables_only, aside=aside, no_role=no_role),
        layers=tuple(parts[:SHOWN]),
        skipped=skipped,
        counts=not (tables_only or aside or no_role),
        component=component if component != "other" else "",
    )


def _combined(*, tables_only: bool, aside: bool, no_role: bool) -> str:
    one = "the most telling tensor alone; others that are equal add nothing to p"
    if no_role:
        return f"{one}; all are {NO_ROLE}: it says nothing of what was trained"
    if tables_only:
        return (
            f"{one}; only tables are equal, which unrelated models may have taken from one public "
            "model: it says that the table is the same, and nothing of the rest"
        )
    if aside:
        return (
            f"{one}; all stand in a part beside the source's own body, such as a tower of another "
            "maker: it says that this part is the same, and nothing of the rest"
        )
    return one


def _which(found: set[str]) -> str:
    if not found:
        return ""
    names = ", ".join(sorted(found))
    return f" ({names} only)" if found <= set(TABLES) else f" ({names})"


def _no_role(source: Sketch, subject: Sketch, each: _Equal) -> bool:
    """Whether both hold it as floating-point values that no layout uses, whatever its name says."""
    return all(
        FLOAT.match(info.dtype) is not None
        and info.name in {skip.tensor for skip in sketch.skipped}
        for sketch, info in (
            (source, source.tensors[each.ours]),
            (subject, subject.tensors[each.theirs]),
        )
    )


def _part(source: Sketch, subject: Sketch, each: _Equal, paid: float) -> LayerFinding:
    ours, theirs = source.tensors[each.ours], subject.tensors[each.theirs]
    return LayerFinding(
        source_layer=ours.name,
        subject_layer=theirs.name,
        roles=component_of(ours.name) or component_of(theirs.name) or "other",
        units=int(np.prod(ours.shape)),
        dropped=0,
        candidates=max(1, round(math.exp(paid))),
        observed=float(each.bits),
        z=0.0,
        log_p=_log_p(each.bits, paid),
    )


def _log_p(bits: int, paid: float) -> float:
    return min(0.0, paid - bits * math.log(2.0))


def _bits(
    source: Sketch, subject: Sketch, ours: Sequence[int], theirs: Sequence[int]
) -> tuple[int, str]:
    """How telling it is that these are equal, or why they tell nothing."""
    info = source.tensors[ours[0]]
    other = subject.tensors[theirs[0]].name
    sample = source.samples.get(info.name, subject.samples.get(other))
    if sample is None:
        if len(ours) > 1 or len(theirs) > 1:
            return 0, "packed, and the same bytes stand in several places of one model"
        if not (_packed(source, info.name) and _packed(subject, other)):
            return 0, "not readable, and no weights by their name"
        return UNREAD_BITS, ""
    if not distinct_values(sample):
        return 0, "few different values"
    if len(info.shape) > 1 and info.shape[0] > 1 and _by_formula(sample, info.shape):
        return 0, "neighbouring values follow a formula, as those of sinusoids"
    return min(BITS, distinct_values(sample)), ""


def _packed(sketch: Sketch, name: str) -> bool:
    """Whether a tensor without readable values holds weights, by its name or by what is said."""
    unread = any(skip.unread for skip in sketch.skipped if skip.tensor == name)
    return unread or PACKED.search(name) is not None


def _by_formula(sample: np.ndarray, shape: Sequence[int]) -> bool:
    """Along either axis: the sample begins with runs of neighbours, first along the shorter one.

    An axis of fewer entries than a run gives the same values again and again, and says nothing.
    """
    rows, columns = shape[0], int(np.prod(shape[1:]))
    tall = len(shape) != 2 or rows >= columns  # as `sketching.samples` takes them
    lengths = (columns, rows) if tall else (rows, columns)
    runs = sample[: 2 * RUNS * RUN].reshape(2, RUNS, RUN)
    return any(
        follows_formula(along) for along, length in zip(runs, lengths, strict=True) if length >= RUN
    )


def _beside(source: Sketch, equal: Sequence[str]) -> bool:
    """Whether all stand in stacks of layers that are not the source's body, with none outside."""
    body = body_of(source, source.tensors)
    numbered = any(stack_of(name) is not None for name in equal)
    return body is not None and numbered and not any(stands_in(name, body) for name in equal)
