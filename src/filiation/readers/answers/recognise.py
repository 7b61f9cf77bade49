"""Which kind of recording is a file? Its content says; the suffix is not believed."""

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError
from filiation.model.recording import Recording
from filiation.readers.answers.alpaca import open_alpaca
from filiation.readers.answers.arena import open_arena
from filiation.readers.answers.batches import open_batch
from filiation.readers.answers.cells import SAY, delimiter
from filiation.readers.answers.choice import Choice
from filiation.readers.answers.columns import Said
from filiation.readers.answers.document import Fields, parse
from filiation.readers.answers.harness import open_harness
from filiation.readers.answers.helm import open_helm
from filiation.readers.answers.inspect_log import is_eval_zip, open_inspect
from filiation.readers.answers.jsonl import open_answers, open_prompts
from filiation.readers.answers.kept import KEY, read_kept
from filiation.readers.answers.mistaken import mistaken
from filiation.readers.answers.records import RECORD, is_asked, is_record, open_records
from filiation.readers.answers.table import open_table
from filiation.readers.answers.text import first_line
from filiation.readers.answers.transcript import read_transcript
from filiation.readers.answers.unpack import head

__all__ = ["KINDS", "SUFFIXES", "recognise"]

Opener = Callable[[Choice], tuple[Recording, ...]]


def open_transcript(choice: Choice) -> tuple[Recording, ...]:
    """Read what `filiation ask` wrote; without a name, the model that it set out to ask."""
    found = {recording.name: recording for recording in read_transcript(choice.path)}
    if choice.model is None:
        return (next(iter(found.values())),)
    return tuple(found[name] for name in choice.pick(found))


def open_kept(choice: Choice) -> tuple[Recording, ...]:
    """Read what `filiation import` wrote, or a case keeps."""
    found = {recording.name: recording for recording in read_kept(choice.path)}
    return tuple(found[name] for name in choice.pick(found))


KINDS: Final[Mapping[str, Opener]] = {
    "table": open_table,
    "answers": open_answers,
    "prompts": open_prompts,
    "alpaca_eval": open_alpaca,
    "lm-evaluation-harness": open_harness,
    "inspect": open_inspect,
    "helm": open_helm,
    "model_answer": open_arena,
    "batch": open_batch,
    "records": open_records,
    "transcript": open_transcript,
    "kept": open_kept,
}
SUFFIXES: Final = (".csv", ".tsv", ".jsonl", ".json", ".eval", ".gz", ".xz")
_EXPECTED: Final = (
    "expected a table with a column question_id, JSON lines of model, item and output or of prompt "
    "and response, a provider's batch, or the log of an evaluation tool (docs/reference/logs.md); "
    f"columns or fields under other names: {SAY}"
)
_KEYS: Final[tuple[tuple[frozenset[str], str], ...]] = (
    (frozenset({KEY}), "kept"),
    (frozenset({"prompts"}), "prompts"),
    (frozenset({"doc_id", "resps"}), "lm-evaluation-harness"),
    (frozenset({"doc_id", "filtered_resps"}), "lm-evaluation-harness"),
    (frozenset({"model", "item", "output"}), "answers"),
    (frozenset({"eval", "samples"}), "inspect"),
    (frozenset({"adapter_spec", "request_states"}), "helm"),
    (frozenset({"kind", "previous", "sha256"}), "transcript"),
    (frozenset({"custom_id", "response"}), "batch"),
    (frozenset({"custom_id", "result"}), "batch"),
    (frozenset({"question_id", "answer_id", "choices"}), "model_answer"),
    (frozenset({"question_id", "model_id", "choices"}), "model_answer"),
    (frozenset({"uid", "ans_id", "messages"}), "model_answer"),
)


def recognise(path: Path, said: Said = ()) -> str:
    """Return which of KINDS a file is.

    Args:
        path: The file.
        said: What the user says that columns or fields hold: with these it may have any names.

    Raises:
        UnreadableError: None of them, or damaged; the sentence says what was found.
    """
    first = head(path)
    if first.startswith(b"PK") and is_eval_zip(path):
        return "inspect"
    if what := mistaken(path, first):
        raise UnreadableError(f"{path}: {what}")
    if first.startswith(b"PK"):
        what = "a zip" if zipfile.is_zipfile(path) else "a damaged zip"
        raise UnreadableError(f"{path}: found {what}, {_EXPECTED}")
    line = first_line(path, first)
    if delimiter(line, said):
        return "table"
    start = line.lstrip("\ufeff \t\r\n")
    if start.startswith("["):
        plain = first.replace(b"\0", b"")
        if b'"instruction"' in plain and b'"generator"' in plain:
            return "alpaca_eval"
        if RECORD.search(plain) or _holds(plain, said):
            return "records"
        if b'"instruction"' in plain:
            return "alpaca_eval"
    if start.startswith("{"):
        return _by_keys(path, start, first, said)
    found = f"{start.strip()!r:.60}" if start.strip() else "an empty file"
    raise UnreadableError(f"{path}: found {found}, {_EXPECTED}")


def _holds(plain: bytes, said: Said) -> bool:
    """Do the first records have the field that is said to hold the answer?"""
    return any(role == "answer" and f'"{name}"'.encode() in plain for role, name in said if name)


def _is_batch(found: Fields) -> bool:
    """Is it a request and a provider's whole response, or its error, as Gemini and Vertex write?"""
    named = {"key", "request"} & found.keys() and not is_asked(found)
    return bool(named) and any(isinstance(found.get(n), dict) for n in ("response", "error"))


def _by_keys(path: Path, line: str, first: bytes, said: Said) -> str:
    """A document over several lines is an Inspect log; one line says by its keys what it is."""
    if re.fullmatch(r"\{\s*", line) or line.rstrip().endswith(","):
        plain = first.replace(b"\0", b"")
        if re.search(rb'"eval"\s*:', plain):
            return "inspect"
        if re.search(rb'"adapter_spec"\s*:', plain):
            return "helm"
        raise UnreadableError(f"{path}: found one JSON object over many lines, {_EXPECTED}")
    found = parse(line, what=f"{path}: line 1")
    keys = found.keys() if isinstance(found, dict) else set()
    for needed, name in _KEYS:
        if needed <= keys:
            return name
    if isinstance(found, dict) and _is_batch(found):
        return "batch"
    if ("custom_id" in keys and keys & {"body", "params"}) or {"key", "request"} <= keys:
        raise UnreadableError(
            f"{path}: found the requests of a batch without its answers; give the file of results, "
            "and this one as --prompts of `filiation import`"
        )
    if is_record(keys) or any(role == "answer" and name in keys for role, name in said):
        return "records"
    if "battery" in keys:
        raise UnreadableError(f"{path}: found a battery of questions without answers; ask it first")
    shown = ", ".join(f"{key!r:.40}" for key in list(keys)[:6])
    raise UnreadableError(f"{path}: found a JSON object of {shown or 'nothing'}, {_EXPECTED}")
