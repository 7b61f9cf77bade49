"""What was set aside before two trees were compared, and what is left after each filter.

Courts ask for abstraction, filtration and comparison. What is told here, never counted: files that
were set aside and why (vendored, generated, minified, binary, broken), what both share by channel,
and what of it is left without what any control has too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.examining.code.matching import paired
from filiation.examining.question import Pair
from filiation.files import quoted
from filiation.methods.code.containment import holds_nearly_all
from filiation.methods.code.likeness import contained, remaining
from filiation.methods.code.rarity import background
from filiation.model.source import CHANNELS, SourceTree

__all__ = ["filtration"]

SHOWN: Final = 3  # files of each tree that are named


def filtration(pair: Pair) -> Iterator[str]:
    """Sentences about what was set aside, what is shared, and what is left of it."""
    source, subject, controls = pair.source, pair.subject, pair.controls
    for tree in (source, subject):
        yield from _aside(tree)
    yield from _set_aside_by_the_subject(source, subject)
    yield from _too_much_given(source, pair.components)
    for channel in CHANNELS:
        found = contained(source.fragments, subject.fragments, background(), channel)
        left = remaining(
            source.fragments,
            subject.fragments,
            [one.fragments for one in controls],
            background(),
            channel,
        )
        yield (
            f"{channel}: {found.share:.3f} of the lighter tree's rare features are in the other "
            f"too; without those that any of {len(controls)} controls has, relatives among them, "
            f"{left.share:.3f}"
        )


def _set_aside_by_the_subject(source: SourceTree, subject: SourceTree) -> Iterator[str]:
    """How much of the source stands where the subject alone says that it is not its own."""
    found = paired(source.fragments, subject.foreign)
    if found:
        have = "function" if len(found) == 1 else "functions"
        yield (
            f"{len(found):,} {have} of {source.name} with a partner in files of {subject.name} "
            "that were set aside as vendored or generated: they count in no p, and what is alike "
            "there stands in the ledger"
        )


def _too_much_given(
    source: SourceTree, components: Sequence[tuple[str, SourceTree]]
) -> Iterator[str]:
    """Base code that is the source itself would filter everything."""
    for name, given in components:
        if holds_nearly_all(source, given):
            yield (
                f"{name}, exhibited as code that both were given, holds nearly all of "
                f"{source.name}: setting it aside leaves next to nothing to compare, whatever the "
                "subject took"
            )


def _aside(tree: SourceTree) -> Iterator[str]:
    """How many files were read of a tree, and what was not."""
    yield (
        f"{tree.name}: {len(tree.fragments):,} functions of {len(tree.files):,} files read, "
        f"{len(tree.aside):,} files set aside"
    )
    reasons = Counter(why.partition(":")[0] for _, why in tree.aside)
    for reason, count in reasons.most_common():
        named = [file for file, why in tree.aside if why.startswith(reason)][:SHOWN]
        yield f"{tree.name}: {count:,} set aside, {reason}: {_listed(named)}"
    if tree.broken:
        named = list(tree.broken)[:SHOWN]
        yield (
            f"{tree.name}: {len(tree.broken):,} files break the rules of their language; what is "
            f"whole in them was used: {_listed(named)}"
        )


def _listed(names: Sequence[str]) -> str:
    """Names of files, in quotation marks: words of a stranger are not the report's."""
    return ", ".join(quoted(name) for name in names)
