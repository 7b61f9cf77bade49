"""What is one vocabulary to another? Plain facts of tokens, ids and settings, beside the test."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from filiation.examining.tokenizers.oddities import oddities, such_as
from filiation.methods.tokenizers.common import common, kept_in
from filiation.methods.tokenizers.merge_order import MergeOrder
from filiation.model.vocabulary import Vocabulary
from filiation.numerics.pairs.adjacency import kept_neighbours, shuffled_blocks

__all__ = ["heritage", "ids_and_tokens", "stretch_in_common", "text_in_common"]

BLOCKS: Final = (16, 64, 256)  # shared tokens within which a random order is supposed
SEEN: Final = 5.0  # standard deviations, in blocks of 16; see docs/methods/merge-order.md
MANY: Final = 240  # neighbours: strangers keep a few, all of which a third may keep too
STRETCH: Final = 320  # shared tokens of a stretch that is told; fewer, early ones, strangers keep
NEARLY: Final = 0.99  # share of shared tokens whose ids differ by the same number


def heritage(
    source: Vocabulary, subject: Vocabulary, controls: Sequence[Vocabulary]
) -> Iterator[str]:
    """Sentences about tokens and ids, order of training, control tokens and settings."""
    if source.unread or subject.unread:
        return
    yield ids_and_tokens(source, subject)
    yield from _in_controls(source, subject, controls)
    if source.ranked != subject.ranked:
        yield (
            f"order of training: read from {source.order_from} of {source.name} and from "
            f"{subject.order_from} of {subject.name}"
        )
    yield text_in_common(source, subject)
    yield from stretch_in_common(source, subject)
    yield from _settings(source, subject)
    yield from oddities(source, subject, controls)


def _in_controls(
    source: Vocabulary, subject: Vocabulary, controls: Sequence[Vocabulary]
) -> Iterator[str]:
    """What both list side by side, and others too: it may come from a third tokenizer."""
    shared = common(source, subject)
    kept = kept_neighbours(shared.places)
    for control in controls:
        also = int((kept & kept_in(shared.tokens, control)).sum())
        if also >= MANY and also == kept.sum():
            yield (
                f"{control.name}, a control, keeps all {also:,} neighbours that {source.name} and "
                f"{subject.name} both keep: it has their order too, so that all three may have it "
                "from one that was published"
            )
        elif also:
            yield (
                f"of {int(kept.sum()):,} neighbours that {source.name} and {subject.name} both "
                f"keep, {control.name} keeps {also:,} too"
            )


def ids_and_tokens(source: Vocabulary, subject: Vocabulary) -> str:
    """Extends, subset, renumbered, or so many in common; never counted as evidence."""
    ours, theirs = _ids(source), _ids(subject)
    shared = ours.keys() & theirs.keys()
    moved = Counter(theirs[token] - ours[token] for token in shared)
    step, often = moved.most_common(1)[0] if moved else (0, 0)
    counts = (
        f"{len(shared):,} tokens of both, of {len(ours):,} of {source.name} and {len(theirs):,} of "
        f"{subject.name}; {moved[0]:,} have the same id"
    )
    if not shared:
        return f"no token of both: {source.name} has {len(ours):,}, {subject.name} {len(theirs):,}"
    numbered = (
        "ids kept" if moved[0] == len(shared)
        else f"ids shifted by {step:,}" if step and often >= NEARLY * len(shared)
        else "most ids kept" if 2 * moved[0] > len(shared)
        else "ids given anew"
    )  # fmt: skip
    if len(shared) == len(ours) == len(theirs):
        return f"{counts}: the same tokens, {numbered}"
    if len(shared) == len(ours):
        return f"{counts}: {subject.name} extends {source.name}, {numbered}"
    if len(shared) == len(theirs):
        return f"{counts}: {subject.name} is a part of {source.name}, {numbered}"
    return counts


def text_in_common(source: Vocabulary, subject: Vocabulary) -> str:
    """How far shared tokens stand in one order within short blocks: text in common, or more."""
    places = common(source, subject).places
    blocks = [block for block in BLOCKS if block <= len(places)]
    if not blocks:
        return f"{len(places):,} shared tokens, of which {BLOCKS[0]} make a block: too few to order"
    spread = [shuffled_blocks(places, block)[0] for block in blocks]
    said = (
        "shared tokens stand in one order by "
        + ", ".join(f"{z:.1f}" for z in spread)
        + " standard deviations more than at random within blocks of "
        + ", ".join(str(block) for block in blocks)
    )
    if spread[0] < SEEN:
        return said
    return f"{said}: both trainings have seen text in common, or one order comes from the other"


def stretch_in_common(source: Vocabulary, subject: Vocabulary) -> Iterator[str]:
    """Where most is kept in one stretch and little over all, which the test does not see.

    The stretch is the one with most neighbours kept beyond the share that the null allows, so it
    was chosen after the event and no p goes with it.
    """
    kept = kept_neighbours(common(source, subject).places)
    most = MergeOrder().most
    if not len(kept) or kept.mean() > most:
        return
    beyond = np.concatenate([[0.0], np.cumsum(kept - most)])
    lowest = np.minimum.accumulate(beyond)
    last = int(np.argmax(beyond - lowest))
    first = int(np.argmin(beyond[: last + 1]))
    if last - first + 1 >= STRETCH:
        inside, outside = int(kept[first:last].sum()), int(kept.sum() - kept[first:last].sum())
        yield (
            f"shared tokens {first + 1:,} to {last + 1:,} of {len(kept) + 1:,}, in the order of "
            f"{source.name}, keep {inside:,} of {last - first:,} neighbours, all others {outside:,}"
            ": a part that was taken over looks so, and so may the first tokens of two trainings "
            "on one text; the test asks about all together, and no p goes with a stretch that was "
            "looked for"
        )


def _settings(source: Vocabulary, subject: Vocabulary) -> Iterator[str]:
    both = sorted({*source.control} & {*subject.control})
    if both:
        yield (
            f"{len(both):,} control token{'' if len(both) == 1 else 's'} of the same text"
            f"{such_as([text.encode() for text in both])}; never counted"
        )
    ours, theirs = dict(source.settings), dict(subject.settings)
    for name in ("normaliser", "pre-tokeniser", "chat template"):
        if name in ours and name in theirs:
            yield f"{name}: {_alike(ours[name], theirs[name])}; never counted"


def _alike(ours: str, theirs: str) -> str:
    """The same in both, or how far two texts agree from either end."""
    if ours == theirs:
        return "the same in both"
    least = min(len(ours), len(theirs))
    first = _agreeing(ours, theirs)
    last = min(_agreeing(ours[::-1], theirs[::-1]), least - first)
    return (
        f"not the same; of {len(ours):,} and {len(theirs):,} characters the first {first:,} and "
        f"the last {last:,} agree"
    )


def _agreeing(one: str, other: str) -> int:
    """How many characters at the beginning are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _ids(vocabulary: Vocabulary) -> dict[bytes, int]:
    """Every token's first id."""
    found: dict[bytes, int] = {}
    for number, token in enumerate(vocabulary.tokens):
        if token:
            found.setdefault(token, number)
    return found
