"""One file of a source tree: its functions, what it says of itself, and what a copy of it keeps."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

import numpy as np

from filiation.errors import FiliationError, UnreadableError
from filiation.files import opened
from filiation.model.source import FileFacts, Fragment, Hashes, Sign
from filiation.readers.code.aside import LARGEST, about_text
from filiation.readers.code.functions import functions
from filiation.readers.code.grammar import language_of, parsed
from filiation.readers.code.marks import marks
from filiation.readers.code.notebooks import NOTEBOOK, notebook_code
from filiation.readers.code.said import facts_of
from filiation.readers.code.signs import names_of, signs
from filiation.readers.code.values import hashed

__all__ = ["NOTHING_SAID", "OneFile", "read_file", "text_of"]

NOTEBOOKS: Final = 64 << 20  # bytes of a notebook, most of which are pictures
NOTHING_SAID: Final = FileFacts()
READ_ALL_THE_SAME: Final = ("vendored", "generated")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneFile:
    """What was read of a file.

    Attributes:
        file: Path below the root, with `/`.
        why: Why it was set aside; empty if it was not.
        fragments: Its functions, of a file that was set aside too if that was read all the same.
        digest: SHA-256 (hex); empty if it was not read.
        broken: On how many places it breaks the rules of its language.
        facts: What it says of licence and author.
        signs: What a copy of it keeps.
        names: Hashes of the names in it, ascending.
    """

    file: str
    why: str = ""
    fragments: tuple[Fragment, ...] = ()
    digest: str = ""
    broken: int = 0
    facts: FileFacts = NOTHING_SAID
    signs: tuple[Sign, ...] = ()
    names: Hashes | None = None


def read_file(file: str, place: Path, why: str) -> OneFile:
    """Read one file; a fault of it is told and raises nothing.

    Args:
        file: Its path below the root.
        place: Where it lies.
        why: Why its place speaks for setting it aside; empty if it does not.
    """
    try:
        raw = text_of(place)
    except FiliationError as error:
        return OneFile(file=file, why=why or str(error))
    why = why or about_text(raw)
    if why and not why.startswith(READ_ALL_THE_SAME):
        return OneFile(file=file, why=why)
    language = language_of(file)
    assert language is not None  # asked before
    root, faults = parsed(raw, language)
    marked = marks(root, language)
    told = () if why else signs(root, raw.decode("utf-8", "replace"), file, language)
    names = [] if why else [hashed(name) for name in names_of(root)]
    found, _ = functions(raw, file, language, tree=(root, faults))  # takes the tree apart
    digest = hashlib.sha256(raw).hexdigest()
    return OneFile(
        file=file,
        why=why,
        fragments=tuple(
            replace(each, marks=marked.get((each.first, each.last), ())) for each in found
        ),
        digest=digest,
        broken=0 if why else len(faults),
        facts=facts_of(raw, digest=digest if why else ""),
        signs=told,
        names=np.unique(np.array(names, dtype=np.uint64)),
    )


def text_of(place: Path) -> bytes:
    """A file's text in UTF-8; of a text that is none, what is left if it is taken as Latin-1.

    Raises:
        UnreadableError: Not a file, or larger than a source file is.
    """
    notebook = place.name.lower().endswith(NOTEBOOK)
    largest = NOTEBOOKS if notebook else LARGEST
    with opened(place) as file:
        raw = file.read(largest + 1)
    if len(raw) > largest:
        raise UnreadableError(f"more than {largest:,} bytes, expected a source file")
    if notebook:
        return notebook_code(raw)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace").encode()
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1").encode()
    return raw
