"""What was set aside before two trees were compared, and what is left after each filter.

Courts ask for abstraction, filtration and comparison. What is told here, never counted: files that
were set aside and why (vendored, generated, minified, binary, broken), what both share by channel,
and what of it is left without what any control has too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.files import quoted
from filiation.methods.code.likeness import contained, remaining
from filiation.methods.code.rarity import background
from filiation.model.source import CHANNELS, SourceTree

__all__ = ["filtration"]

SHOWN: Final = 3  # files of each tree that are named


def filtration(
    source: SourceTree, subject: SourceTree, controls: Sequence[SourceTree]
) -> Iterator[str]:
    """Sentences about what was set aside, what is shared, and what is left of it."""
    for tree in (source, subject):
        yield from _aside(tree)
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
            f"too; without those that any of {len(controls)} controls has, {left.share:.3f}"
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
