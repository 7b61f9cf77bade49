"""The kind `code` as an examination takes it: what is asked, who reads it, what is noted."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError
from filiation.examining.code.filtration import filtration
from filiation.examining.question import Pair, Question
from filiation.examining.words import kind_beside
from filiation.model.examination import Support
from filiation.model.kinds import CODE
from filiation.model.material import Material
from filiation.model.source import SourceTree
from filiation.readers.code.kept import SUFFIX, kept_bytes, read_kept
from filiation.readers.code.trees import is_tree, open_tree
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent

__all__ = ["QUESTION", "READER"]


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    return tuple(filtration(pair.source, pair.subject, pair.controls))


QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="Parts of the source code of {subject} were taken from {source}, or parts of both "
    "from a third.",
    independence="The source code of {subject} and {source} was written apart.",
    level=0.01,  # by rank alone: 99 controls of the field
    in_place=False,
    notes=_notes,
)


@final
class _Reader:
    """Folders of source code, single source files, archives of them, and kept trees."""

    @property
    def suffix(self) -> str:
        return SUFFIX

    @property
    def options(self) -> frozenset[str]:
        return frozenset()

    def recognises(self, spec: str) -> bool:
        return spec.endswith(SUFFIX) or is_tree(Path(spec))

    def files(self, spec: str) -> Path:
        return Path(spec)

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        path = Path(spec)
        name = path.resolve().name
        tree = (
            read_kept(path, name.removesuffix(SUFFIX))
            if name.endswith(SUFFIX)
            else open_tree(path, name=name, advance=advance)
        )
        raw = kept_bytes(tree)
        kept = hashlib.sha256(raw).hexdigest()
        file = folder / f"{kept}{SUFFIX}"
        file.write_bytes(raw)
        return (Taken(material=_material(tree, kept), file=file),)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        kept = hashlib.sha256(file.read_bytes()).hexdigest()
        found = read_kept(file, "kept")
        for digest, name in wanted:
            if found.digest != digest:
                raise CaseError(
                    f"{name}: its kept functions are of the files {found.digest[:12]}.., recorded "
                    f"was {digest[:12]}..; they were put in the place of others"
                )
        return [_material(replace(found, name=name), kept) for _, name in wanted]


def _material(tree: SourceTree, kept: str) -> Material:
    return Material(
        kind=CODE,
        name=tree.name,
        digest=tree.digest,
        kept=kept,
        content=tree,
        notes=(
            f"{len(tree.fragments):,} functions of {len(tree.files):,} source files; "
            f"{len(tree.aside):,} files set aside",
        ),
    )


READER: Final = _Reader()
