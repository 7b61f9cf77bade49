"""A stemma in sentences."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.kinds import TOKENIZERS, WEIGHTS
from filiation.model.stemma import Link, Loss, Merge, Stemma

__all__ = ["ALONE", "FORGED", "legend", "stemma_sentences"]

ALONE: Final = "not seen to hang together with any other:"
LEGEND: Final = (
    "line: alike beyond what any other model here explains (the number is the correlation)",
    "arrow: to the later one, where a loss shows it and another model holds what was lost",
    "broken line: to one of several that cannot be told apart; no distance means anything",
)
LEGEND_OF_TOKENIZERS: Final = (
    "line: an order of tokens in common that no other here explains better (neighbours kept)",
    "arrow: to the later one, which lacks what its tokens are made of while another makes them",
    "no distance means anything, and nothing here is about weights",
)
LOST: Final[dict[Loss, str]] = {
    "rounded": "the values of “{earlier}” rounded to fewer levels",
    "pruned": "the values of “{earlier}”, many of them set to zero and all others as they were",
    "orphaned": "tokens of “{earlier}” in their places without those that they are made of",
}
FORGED: Final = (
    "An arrow holds for models that nobody forged: whoever had the later model could have made the "
    "earlier one from it, and those that confirm it too. Dates outside of the weights settle that."
)


def legend(kind: str) -> tuple[str, ...]:
    """What lines and arrows of a drawing mean, by the kind of material that was surveyed."""
    return LEGEND_OF_TOKENIZERS if kind == TOKENIZERS else LEGEND


def stemma_sentences(stemma: Stemma, kind: str = WEIGHTS) -> Sequence[str]:
    """What hangs together, how and which way, what stands alone, and what this cannot say."""
    if kind == TOKENIZERS:
        return tuple(_of_tokenizers(stemma))
    found = [_copies(names) for names in stemma.copies]
    found += [
        f"One stock, sharing weights directly or through others: {_listed(stock.models)}."
        for stock in stemma.stocks
    ]
    found += _links(stemma.links)
    found += [_merge(merge) for merge in stemma.merges]
    found += [
        f"“{name}” shares weights with others, but its values stand nowhere side by side with "
        "theirs: with which of them it hangs together was not told."
        for name in stemma.unplaced
    ]
    if stemma.alone:
        found.append(f"Not seen to share weights with any other: {_listed(stemma.alone)}.")
    found.append(
        f"Two models count as sharing weights where the p of the pair is below {stemma.level:g} "
        "over all pairs. The tree shows drift and has no root: it does not say which model came "
        "first."
    )
    if any(link.confirmed_by for link in stemma.links) or any(
        confirmed for merge in stemma.merges for confirmed in merge.confirmed_by
    ):
        found.append(FORGED)
    return found


def _of_tokenizers(stemma: Stemma) -> Iterator[str]:
    """The same of tokenizers: what they share is an order, and no weights."""
    for names in stemma.copies:
        yield (
            f"{_listed(names)} list the same tokens in the same order of training. Below it is "
            f"called “{names[0]}”."
        )
    for stock in stemma.stocks:
        yield f"One order of tokens, directly or through others: {_listed(stock.models)}."
    plain = [link for link in stemma.links if link.loss is None]
    if plain:
        pairs = "; ".join(f"{_ends(link)} ({link.correlation:.3f})" for link in plain)
        yield (
            "An order in common that no other tokenizer of the survey explains better (share of "
            f"neighbours kept), with nothing to show which came first: {pairs}."
        )
    yield from (_loss(link) for link in stemma.links if link.loss is not None)
    if stemma.alone:
        yield f"Not seen to share an order of tokens with any other: {_listed(stemma.alone)}."
    yield (
        "Two tokenizers count as sharing an order where the p of the pair is below "
        f"{stemma.level:g} over all pairs. Whether they have it from one that is not here, or from "
        "two trainings of one trainer on one text, is not told, and nothing is said about weights."
    )
    if any(link.confirmed_by for link in stemma.links):
        yield FORGED


def _copies(names: Sequence[str]) -> str:
    return (
        f"{_listed(names)} hold one model: every value that was compared is the same, up to the "
        f"rounding of their types. Below it is called “{names[0]}”."
    )


def _links(links: Sequence[Link]) -> Iterator[str]:
    """Plain links in one sentence, then each of which there is more to say."""
    plain = [link for link in links if link.loss is None and _single(link)]
    if plain:
        pairs = "; ".join(f"{_ends(link)} ({link.correlation:.3f})" for link in plain)
        yield (
            "Alike beyond what any other model of the survey explains (correlation of their "
            f"values), with nothing to show which came first: {pairs}."
        )
    for link in links:
        if link not in plain:
            yield _loss(link) if link.loss is not None else _untold(link)


def _single(link: Link) -> bool:
    return [len(end) for end in link.ends] == [1, 1]


def _ends(link: Link) -> str:
    return f"“{link.ends[0][0]}” and “{link.ends[1][0]}”"


def _untold(link: Link) -> str:
    """Which of several it is cannot be told."""
    first, second = sorted(link.ends, key=len)
    if not first:
        return (
            f"{_listed(second)} are alike, and none of them explains the likeness of the others: "
            "which hang together directly was not told. An ancestor of all that is not in the "
            "survey looks so, and so do models of one parent that were trained on the same texts."
        )
    return f"{_one_of(first)} hangs together with {_one_of(second)}; which it is cannot be told."


def _one_of(names: Sequence[str]) -> str:
    return f"“{names[0]}”" if len(names) == 1 else f"one of {_listed(names)}"


def _loss(link: Link) -> str:
    (one,), (other,) = link.ends
    earlier, later = (one, other) if link.later == other else (other, one)
    if link.loss == "inherited":
        return (
            f"“{later}” came after “{earlier}”: of {_listed(link.confirmed_by)} it has what "
            f"“{earlier}” has, and nothing that “{earlier}” lacks."
        )
    assert link.loss is not None
    holds = LOST[link.loss].format(earlier=earlier)
    if link.confirmed_by:
        return (
            f"“{later}” came after “{earlier}”: it holds {holds}, and {_listed(link.confirmed_by)} "
            f"{'hold' if len(link.confirmed_by) > 1 else 'holds'} what it lacks."
        )
    return (
        f"“{later}” holds {holds}. No other model holds what it lacks, so that may have been added "
        "later: no direction is drawn."
    )


def _merge(merge: Merge) -> str:
    sides = " and ".join(
        f"{_one_of(side)} (weight {weight:.2f})"
        for side, weight in zip(merge.sides, merge.weights, strict=True)
    )
    said = (
        f"“{merge.model}” lies between {sides}, which share nothing that was seen: "
        f"{100 * merge.explained:.0f}% of its values are a weighted sum of theirs."
    )
    shown = [
        f"It came after “{side[0]}”: {_listed(confirmed)} "
        f"{'hold' if len(confirmed) > 1 else 'holds'} what the sum lacks of it."
        for side, confirmed in zip(merge.sides, merge.confirmed_by, strict=True)
        if confirmed
    ]
    if not merge.exact:
        shown = [
            "What is left beside it was learnt later, or the sum is of kin of these: neither that "
            "nor a direction was shown."
        ]
    elif not shown:
        shown = ["Nothing shows that the two were not made from it: no direction is drawn."]
    return " ".join((said, *shown))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
