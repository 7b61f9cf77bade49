"""Which file of a folder is the tokenizer, and who reads it?"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.files import opened
from filiation.model.vocabulary import Vocabulary
from filiation.readers.bytes.parsing import read_object
from filiation.readers.bytes.spelling import word_speller
from filiation.readers.tokenizers.gguf import open_in_gguf
from filiation.readers.tokenizers.hugging_face import (
    MOST_ITEMS,
    control_texts,
    merged,
    settings_of,
    spelled,
    trained,
)
from filiation.readers.tokenizers.kept import SUFFIX, read_kept
from filiation.readers.tokenizers.ranked import is_ranks, open_ranks, tekken
from filiation.readers.tokenizers.sentencepiece import is_sentencepiece, open_sentencepiece
from filiation.readers.weights.suffixes import is_weights

__all__ = ["beside", "is_tokenizer", "open_vocabulary"]

LARGEST: Final = 1 << 27  # bytes of a tokenizer in JSON or text
LINES: Final = 4_000_000  # of a list of tokens or merges; published ones have some 500,000
HEAD: Final = 4096
# By the names that libraries write and look for, in the order in which they prefer them.
NAMED: Final = ("tokenizer.json", "tekken.json", "tokenizer.model", "spiece.model",
                "sentencepiece.bpe.model", "vocab.json", "vocab.txt")  # fmt: skip


def beside(folder: Path) -> Path | None:
    """The tokenizer in a folder, by its name; None if it holds none of a usual name."""
    for name in NAMED:
        if (folder / name).is_file() and (name != "vocab.json" or _merges(folder) is not None):
            return folder / name
    ranks = sorted(folder.glob("*.tiktoken"))
    return ranks[0] if len(ranks) == 1 else None


def is_tokenizer(spec: str) -> bool:
    """Whether a path names a tokenizer by itself: its file, or a folder without weights."""
    path = Path(spec)
    if path.is_dir():
        found = beside(path)
        return found is not None and not any(is_weights(child.name) for child in path.iterdir())
    return path.is_file() and _kind(path) not in (None, "gguf")


def open_vocabulary(path: Path) -> Vocabulary:
    """Read the tokenizer that a file is, a folder holds, or a GGUF model carries.

    Raises:
        UsageError: Nothing there, or a folder without a tokenizer.
        UnreadableError: Damaged, beyond bounds, or of a kind that is not read.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder, expected a tokenizer")
    name = _called(path)
    if path.is_dir():
        found = beside(path)
        if found is None:
            raise UsageError(
                f"{path}: no tokenizer in it, expected one of {', '.join(NAMED)} or one .tiktoken"
            )
        path = found
    kind = _kind(path)
    if kind is None:
        raise UnreadableError(
            f"{path}: no tokenizer, expected tokenizer.json, a SentencePiece model, tiktoken's "
            "ranks, tekken.json, vocab.json beside merges.txt, vocab.txt, or a GGUF model"
        )
    return _OPENERS[kind](path, name)


def _called(path: Path) -> str:
    """A folder's name; a file's, unless every tokenizer's file is called so."""
    whole = path.resolve()
    if path.is_dir():
        return whole.name
    return whole.parent.name if path.name.lower() in NAMED else whole.stem


def _kind(path: Path) -> str | None:
    """How a file is to be read, by its name and its first bytes."""
    lower = path.name.lower()
    if lower.endswith(SUFFIX):
        return "kept"
    if lower == "vocab.json" and _merges(path.parent) is not None:
        return "merges"
    if lower == "vocab.txt":
        return "words"
    try:
        with opened(path, follow=True) as file:
            head = file.read(HEAD)
    except UnreadableError:
        return None
    if head[:4] == b"GGUF":
        return "gguf"
    if lower.endswith(".json") and lower.startswith(("tokenizer", "tekken")):
        return None if lower == "tokenizer_config.json" else "json"
    if is_ranks(head):
        return "ranks"
    return "pieces" if is_sentencepiece(head) else None


def _json(path: Path, name: str) -> Vocabulary:
    found = read_object(path, limit=LARGEST, items=MOST_ITEMS)
    if "config" in found and isinstance(found.get("vocab"), list):
        return tekken(found, str(path), name)
    read = spelled(found, str(path))
    order = trained(found, read, str(path))
    return Vocabulary(
        name=name,
        tokens=read.tokens,
        order=order.order,
        algorithm=order.algorithm,
        ranked=order.ranked,
        control=control_texts(found, str(path)),
        settings=settings_of(found, _template(path.parent)),
    )


def _template(folder: Path) -> str | None:
    """The chat template beside a tokenizer."""
    try:
        apart = folder / "chat_template.jinja"
        if apart.is_file():
            with opened(apart, follow=True) as file:
                return file.read(1 << 20).decode("utf-8", "replace")
        said = read_object(folder / "tokenizer_config.json", limit=LARGEST, items=MOST_ITEMS).get(
            "chat_template"
        )
    except FiliationError:  # what stands beside the tokenizer is not the tokenizer
        return None
    return said if isinstance(said, str) or said is None else json.dumps(said, sort_keys=True)


def _merges(folder: Path) -> Path | None:
    path = folder / "merges.txt"
    return path if path.is_file() else None


def _pairs(path: Path, name: str) -> Vocabulary:
    """vocab.json and merges.txt, as GPT-2 was published."""
    listed = read_object(path, limit=LARGEST, items=MOST_ITEMS)
    read = spelled({"model": {"type": "BPE", "vocab": listed}, "decoder": {"type": "ByteLevel"}},
                   str(path))  # fmt: skip
    merges = _merges(path.parent)
    assert merges is not None  # asked before
    lines = [line for line in _lines(merges) if line and not line.startswith("#version")]
    return Vocabulary(
        name=name,
        tokens=read.tokens,
        order=tuple(merged(lines, read.ids, str(merges))),
        algorithm="bpe",
        ranked="merges",
    )


def _words(path: Path, name: str) -> Vocabulary:
    """vocab.txt of WordPiece: one token on each line, its number is its id."""
    spell, lines = word_speller("##"), _lines(path)
    while lines and not lines[-1]:
        lines.pop()
    control = {line for line in lines if line.startswith("[") and line.endswith("]") and line[1:-1]}
    named = {line for line in control if line[1:-1].isupper() or line.startswith("[unused")}
    twice = [line for line, times in Counter(lines).items() if times > 1]
    if twice:
        raise UnreadableError(
            f"{path}: {sorted(twice)[0]!a:.40} stands on two lines, expected each token once; the "
            "tokenizer is damaged"
        )
    return Vocabulary(
        name=name,
        tokens=tuple(b"" if line in named else spell(line) for line in lines),
        order=tuple(n for n, line in enumerate(lines) if line not in named),
        algorithm="wordpiece",
        ranked="ids",
        control=tuple(sorted(named)),
    )


def _lines(path: Path) -> list[str]:
    with opened(path, follow=True) as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise UnreadableError(f"{path}: more than {LARGEST} bytes, expected a list of tokens")
    if (found := raw.count(b"\n")) > LINES:
        raise UnreadableError(
            f"{path}: {found:,} lines, expected at most {LINES:,}; no tokenizer has so many"
        )
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"{path}: byte {error.start} is not UTF-8, expected one token on each line"
        ) from error


_OPENERS: Final[Mapping[str, Callable[[Path, str], Vocabulary]]] = {
    "kept": read_kept,
    "merges": _pairs,
    "words": _words,
    "gguf": open_in_gguf,
    "json": _json,
    "ranks": open_ranks,
    "pieces": open_sentencepiece,
}
