"""The corpus in the ids of a tokenizer, kept in the user's cache so that every worker reads it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np
import numpy.typing as npt

from casebook.checkpoint import write_whole
from casebook.corpus import DOMAINS, Corpus
from casebook.tokenizer import encode, learn_tokenizer

TokenRows = Mapping[str, npt.NDArray[np.int32]]  # domain -> one long row of ids


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A tokenizer and the corpus in its ids."""

    tokenizer: str
    learning: TokenRows
    held_out: TokenRows


def cache_folder() -> Path:
    """Where what can be made again is kept: `XDG_CACHE_HOME`, or `.cache` of the user."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "filiation"


def tokenise(corpus: Corpus, vocabulary: int, learned_from: tuple[str, ...]) -> Text:
    """Learn a tokenizer on the text of some domains, and encode all."""
    learned_on = [text for domain in learned_from for text in corpus.learning[domain]]
    tokenizer = learn_tokenizer(learned_on, vocabulary=vocabulary)
    return Text(
        tokenizer=tokenizer,
        learning={domain: encode(tokenizer, corpus.learning[domain]) for domain in DOMAINS},
        held_out={domain: encode(tokenizer, corpus.held_out[domain]) for domain in DOMAINS},
    )


def keep_text(folder: Path, text: Text) -> None:
    """Write rows, then the tokenizer: a folder that holds a tokenizer is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, rows in (("learning", text.learning), ("held-out", text.held_out)):
        for domain, row in rows.items():
            write_whole(folder / f"{part}-{domain}.i32", row.astype("<i4").tobytes())
    write_whole(folder / "tokenizer.json", text.tokenizer.encode())


def is_kept(folder: Path) -> bool:
    """Was the text written whole?"""
    return (folder / "tokenizer.json").is_file()


def open_text(folder: Path) -> Text:
    """The text as it was kept; rows stay on the disk until they are read."""

    def rows(part: str) -> TokenRows:
        return {
            domain: np.memmap(folder / f"{part}-{domain}.i32", dtype="<i4", mode="r")
            for domain in DOMAINS
        }

    return Text(
        tokenizer=(folder / "tokenizer.json").read_text(encoding="utf-8"),
        learning=rows("learning"),
        held_out=rows("held-out"),
    )
