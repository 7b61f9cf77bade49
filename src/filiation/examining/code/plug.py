"""The kind `code` as an examination takes it: what is asked, who reads it, what is noted."""

from pathlib import Path
from typing import Final

from filiation.examining.kept import KeptReader
from filiation.examining.question import Pair, Question
from filiation.examining.words import kind_beside
from filiation.model.examination import Support
from filiation.model.filtration import Filtration
from filiation.model.kinds import CODE
from filiation.model.source import SourceTree
from filiation.readers.code.kept import SUFFIX, kept_bytes, read_kept
from filiation.readers.code.trees import is_tree, open_tree
from filiation.readers.reader import Advance

__all__ = ["QUESTION", "READER"]


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    from filiation.examining.code.filtration import filtration  # no other kind waits for it

    return tuple(filtration(pair))


def _ledger(pair: Pair) -> Filtration:
    from filiation.examining.code.ledger import ledger

    return ledger(pair)


QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="Parts of the source code of {subject} were taken from {source}, or parts of both "
    "from a third.",
    independence="The source code of {subject} and {source} was written apart.",
    level=0.01,  # by rank alone: 13 controls of the field give 105 pairs
    in_place=False,
    notes=_notes,
    filtration=_ledger,
)


def _opened(spec: str, advance: Advance) -> SourceTree:
    path = Path(spec)
    name = path.resolve().name
    if name.endswith(SUFFIX):
        return read_kept(path, name.removesuffix(SUFFIX))
    return open_tree(path, name=name, advance=advance)


def _read(tree: SourceTree) -> tuple[str, ...]:
    return (
        f"{len(tree.fragments):,} functions of {len(tree.files):,} source files; "
        f"{len(tree.aside):,} files set aside",
    )


READER: Final = KeptReader(
    kind=CODE,
    suffix=SUFFIX,
    called="list of functions",
    knows=lambda spec: spec.endswith(SUFFIX) or is_tree(Path(spec)),
    opened=_opened,
    kept_bytes=kept_bytes,
    read_kept=read_kept,
    notes=_read,
)
