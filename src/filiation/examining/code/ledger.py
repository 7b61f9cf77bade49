"""The ledger of a comparison of two source trees: each matched function, its class, and why."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from filiation.examining.code.classing import EXPLAINS, Side, classed, side_of
from filiation.examining.code.matching import Functions, best_partners, functions_of, paired
from filiation.examining.code.shared_signs import shared_signs, signs_lined_up
from filiation.examining.question import Pair
from filiation.methods.code.containment import line_up
from filiation.methods.code.likeness import DOUBTS, Weighed
from filiation.methods.code.matching import Match
from filiation.methods.code.rarity import background
from filiation.model.filtration import Filtration, FragmentClass, Matched, Sided, Unmatched, Weights
from filiation.model.source import Fragment, SourceTree

__all__ = ["ledger"]

DIGITS: Final = 4
CHANNEL_OF: Final = (0, 1, 1, 2)  # lines, tokens, runs without names, structure
RARE: Final = 1e-3  # of the background's functions: a feature that fewer have is rare
NO_BASE: Final = ("", 0.0)


def ledger(pair: Pair) -> Filtration:
    """Every matched function of the pair, classed; relatives among the controls do not count."""
    source, subject = pair.source, pair.subject
    others = line_up(source, subject, pair.controls, pair.families).controls
    ours, theirs = (functions_of((*one.fragments, *one.foreign)) for one in (source, subject))
    found = paired(ours.fragments, theirs.fragments)
    known = [functions_of((*one.fragments, *one.foreign)) for one in others]
    controls = [best_partners(ours, one) for one in known]
    bases = [
        (name, best_partners(ours, functions_of((*one.fragments, *one.foreign))))
        for name, one in pair.components
    ]
    sides = side_of(source), side_of(subject)
    matched = _named([
        _matched(one, (ours, theirs), (source, subject), sides, controls, bases) for one in found
    ])  # fmt: skip
    matched.sort(key=lambda one: (-one.lines, one.source.file, one.source.first, one.id))
    apart = ({one.source for one in found}, {one.subject for one in found})
    return Filtration(
        source=_whole(ours),
        subject=_whole(theirs),
        functions=(len(ours.fragments), len(theirs.fragments)),
        matched=tuple(matched),
        unmatched=_unmatched((ours, theirs), sides, apart),
        lined_up=tuple(sorted(len(paired(ours.fragments, one.fragments)) for one in known)),
        background=_counted(source),
        signs=shared_signs(source, subject, others, [one for _, one in pair.components]),
        signs_lined_up=signs_lined_up(source, others),
    )


def _matched(
    one: Match,
    functions: tuple[Functions, Functions],
    trees: tuple[SourceTree, SourceTree],
    sides: tuple[Side, Side],
    controls: Sequence[np.ndarray],
    bases: Sequence[tuple[str, np.ndarray]],
) -> Matched:
    places = (one.source, one.subject)
    first, second = (f.fragments[at] for f, at in zip(functions, places, strict=True))
    ours, theirs = (f.weighed[at] for f, at in zip(functions, places, strict=True))
    weights = np.concatenate([
        _shared(ours, theirs, part, first.language) for part in range(len(CHANNEL_OF))
    ])  # fmt: skip
    rare = int((weights >= -np.log(RARE)).sum())
    likeness = (one.alike.lines, one.alike.tokens, one.alike.runs, one.alike.structure)
    whole = one.alike.whole
    likes = [float(best[one.source]) for best in controls]
    base = max(((name, float(best[one.source])) for name, best in bases),
               key=lambda found: found[1], default=NO_BASE)  # fmt: skip
    sort, why = classed(first, second, sides, likeness=whole, base=base, controls=likes, rare=rare)
    return Matched(
        id="",
        source=_sided(first, ours, trees[0]),
        subject=_sided(second, theirs, trees[1]),
        alike=_rounded(likeness),
        shared=_rounded(
            value * (float(np.sqrt(a.sum() * b.sum())) + doubt)
            for value, a, b, doubt in zip(
                likeness, ours.weights, theirs.weights, DOUBTS, strict=True
            )
        ),
        rarity=round(float(weights.mean()), DIGITS) if len(weights) else 0.0,
        unseen=rare,
        features=len(weights),
        proposed=sort,
        why=why,
        controls=sum(value >= EXPLAINS * whole for value in likes),
    )


def _shared(ours: Weighed, theirs: Weighed, part: int, language: str) -> np.ndarray:
    """What each shared feature of a part weighs, once."""
    both = np.intersect1d(ours.hashes[part], theirs.hashes[part], assume_unique=True)
    found: np.ndarray = background().weights(CHANNEL_OF[part], both, language)
    return found


def _counted(tree: SourceTree) -> int:
    """Functions of the background in the language of most of a tree's; 0 if it knows none."""
    often = Counter(one.language for one in tree.fragments)
    found = background().of(often.most_common(1)[0][0]) if often else None
    return found.functions if found is not None and found.packages else 0


def _sided(one: Fragment, known: Weighed, tree: SourceTree) -> Sided:
    facts = tree.facts.get(one.file)
    return Sided(
        file=one.file,
        name=one.name,
        first=one.first,
        last=one.last,
        weight=_rounded(float(weights.sum()) for weights in known.weights),
        licence=facts.licence if facts else "",
        since=tree.since.get(one.file, ""),
    )


def _named(found: Sequence[Matched]) -> list[Matched]:
    """Each under an id of its own: a hash of where its functions stand and what they are called."""
    often: Counter[str] = Counter()
    named = []
    for one in found:
        said = "\0".join((one.source.file, one.source.name, one.subject.file, one.subject.name))
        name = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:8]
        often[name] += 1
        named.append(replace(one, id=name if often[name] == 1 else f"{name}-{often[name]}"))
    return named


def _unmatched(
    functions: tuple[Functions, Functions],
    sides: tuple[Side, Side],
    matched: tuple[set[int], set[int]],
) -> tuple[Unmatched, ...]:
    """Weight of generated and vendored functions that have no partner."""
    words: tuple[tuple[FragmentClass, str], ...] = (
        ("generated", "generated"), ("third-party", "vendored"),
    )  # fmt: skip
    found = []
    for sort, word in words:
        one, two = (
            _total(
                known
                for at, (fragment, known) in enumerate(
                    zip(each.fragments, each.weighed, strict=True)
                )
                if at not in gone and side.why(fragment, word)
            )
            for each, side, gone in zip(functions, sides, matched, strict=True)
        )
        if any((*one, *two)):
            found.append(Unmatched(sort=sort, source=one, subject=two))
    return tuple(found)


def _whole(functions: Functions) -> Weights:
    return _total(functions.weighed)


def _total(known: Iterable[Weighed]) -> Weights:
    sums = np.zeros(len(CHANNEL_OF))
    for one in known:
        sums += [float(weights.sum()) for weights in one.weights]
    return _rounded(sums.tolist())


def _rounded(values: Iterable[float]) -> Weights:
    one, two, three, four = (round(float(value), DIGITS) for value in values)
    return one, two, three, four
