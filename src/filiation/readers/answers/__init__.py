"""Recorded answers: tables, transcripts, and the logs of other evaluation tools.

A subject is written PATH#MODEL; PATH#* means every model of the file, PATH alone the only one.
"""

from dataclasses import replace
from pathlib import Path

from filiation.errors import UnreadableError, UsageError
from filiation.model.recording import Recording
from filiation.readers.answers.choice import split
from filiation.readers.answers.columns import Said
from filiation.readers.answers.families import read_families
from filiation.readers.answers.recognise import KINDS, SUFFIXES, recognise

__all__ = ["is_recording", "open_recordings", "read_families"]


def open_recordings(
    spec: str | Path, *, columns: Said = (), called: str = ""
) -> tuple[Recording, ...]:
    """Open the recordings that `spec` names.

    Args:
        spec: PATH, PATH#MODEL or PATH#*.
        columns: What the user says that columns or fields hold (`columns.read_said`).
        called: What a model is called that the file gives no name.

    Raises:
        UsageError: No such file or model, or several models where one was meant.
        UnreadableError: Not a recording, damaged, contradictory, or beyond bounds.
    """
    choice = replace(split(spec), columns=columns, called=called)
    if not choice.path.exists():
        raise UsageError(f"{choice.path}: there is no such file")
    if not choice.path.is_file():
        raise UsageError(f"{choice.path}: not a file, expected a recording of answers")
    return KINDS[recognise(choice.path, columns)](choice)


def is_recording(spec: str | Path) -> bool:
    """Does `spec` mean recorded answers, rather than weights? A missing file is told by its name.

    A damaged file that is called like a recording is one, so that opening it says what is wrong.
    """
    choice = split(spec)
    if choice.path.is_dir():
        return False
    name = choice.path.name.lower()
    named = name.endswith((".csv", ".tsv", ".jsonl", ".eval")) or (
        choice.model is not None and (choice.path.is_file() or name.endswith(SUFFIXES))
    )
    if named or not choice.path.is_file():
        return named
    if choice.path.suffix.lower() not in SUFFIXES:
        return False
    try:
        return recognise(choice.path) in KINDS
    except UnreadableError:
        return False
