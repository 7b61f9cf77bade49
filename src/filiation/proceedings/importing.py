"""Turn a log of somebody's own into recordings that can be examined and kept."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from filiation.errors import UsageError
from filiation.files import put
from filiation.methods.answers.reading.artefacts import (
    is_error,
    spoken,
    without_template,
    without_thought,
)
from filiation.model.ending import Ending
from filiation.model.imported import Imported, ImportedModel
from filiation.model.recording import Item, Recording
from filiation.proceedings.naming import free
from filiation.readers.answers import open_recordings
from filiation.readers.answers.choice import split
from filiation.readers.answers.columns import read_said
from filiation.readers.answers.gather import prompt_ids
from filiation.readers.answers.kept import kept_bytes
from filiation.readers.answers.prompts import Prompt, read_prompts

__all__ = ["import_log"]

ALL: Final = "#*"
NOTHING: Final = "nothing recorded"
EMPTY: Final = "empty outputs"
ERROR: Final = "texts of errors"
THOUGHT: Final = "thoughts without an answer"
_ENDED: Final = {
    Ending.CUT: "answers that were cut off",
    Ending.DECLINED: "refusals by the provider's mark",
    Ending.FILTERED: "stopped by a filter",
    Ending.CALLED: "calls of a tool",
}
NO_ANSWERS: Final = (
    *(NOTHING, EMPTY, ERROR, THOUGHT, _ENDED[Ending.FILTERED], _ENDED[Ending.CALLED]),
)
BESIDE: Final = (*NO_ANSWERS, _ENDED[Ending.CUT], _ENDED[Ending.DECLINED])


def import_log(
    log: str,
    out: Path,
    *,
    model: str = "",
    prompts: Path | None = None,
    columns: Sequence[str] = (),
    by_prompt: bool = False,
) -> Imported:
    """Read a log and write its recordings.

    Args:
        log: FILE, FILE#MODEL or FILE#*.
        out: The file to write; never one that is there.
        model: Which model of the log, or what the only one is called; empty: all, as it says.
        prompts: A file of what was asked, by the same ids.
        columns: What columns or fields hold, each as ROLE=COLUMN.
        by_prompt: Name every question by the digest of its words instead of its id.

    Raises:
        UsageError: No such log or model, `out` exists, or ids that have nothing in common.
        UnreadableError: The log is damaged, or could be read in two ways.
    """
    free(out, "recordings are never overwritten")
    choice = split(log)
    found = _chosen(log, model, choice.model, columns)
    asked = {} if prompts is None else read_prompts(prompts)
    if prompts is not None:
        found = [_with_prompts(one, asked, prompts) for one in found]
    if by_prompt:
        found = [_by_prompt(one) for one in found]
    with choice.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    came = f"imported from {choice.path.name} (sha256 {digest})"
    found = [replace(one, notes=(came, *one.notes)) for one in found]
    raw = kept_bytes(found)
    put(out, raw)
    return Imported(
        path=str(out),
        kept=hashlib.sha256(raw).hexdigest(),
        log=digest,
        models=tuple(_model(one) for one in found),
    )


def _chosen(log: str, model: str, named: str | None, columns: Sequence[str]) -> Sequence[Recording]:
    """The recordings that are meant, under the names they are to have."""
    spec = log if named is not None else f"{log}{ALL}"
    found = open_recordings(spec, columns=read_said(columns), called=model)
    own = [one for one in found if one.name == model]
    if not model or own:
        return own or found
    if len(found) > 1:
        names = ", ".join(f"{one.name:.60}" for one in found[:5])
        raise UsageError(
            f"{log}: --model {model}: the log names {len(found)} models ({names}"
            f"{', ..' if len(found) > 5 else ''}), expected one of them; name it after '#' to call "
            "it otherwise"
        )
    return [replace(found[0], name=model)]


def _with_prompts(one: Recording, asked: dict[str, Prompt], path: Path) -> Recording:
    """The words of each question that the log does not hold; what it holds stays."""
    known = [item for item in one.items if item.id in asked]
    if not known:
        raise UsageError(
            f"{path}: none of the {len(one.items)} ids of {one.name} is there, expected what was "
            "asked under the same ids; another file holds its questions"
        )
    other = sum(1 for item in known if _other(item, asked[item.id]))
    notes = [f"prompts of {len(known):,} of {len(one.items):,} items from {path.name}"]
    if other:
        notes.append(f"other prompts in {path.name}: {other:,} items")
    items = tuple(_filled(item, asked.get(item.id)) for item in one.items)
    return replace(one, items=items, notes=(*one.notes, *notes))


def _other(item: Item, asked: Prompt) -> bool:
    return item.prompt is not None and item.prompt.split() != asked.words.split()


def _filled(item: Item, asked: Prompt | None) -> Item:
    if asked is None:
        return item
    return replace(
        item,
        prompt=asked.words if item.prompt is None else item.prompt,
        key=asked.key if item.key is None else item.key,
    )


def _by_prompt(one: Recording) -> Recording:
    """Every question under the digest of its words, so that any log of the same words lines up."""
    words = [item.prompt for item in one.items if item.prompt is not None]
    if len(words) < len(one.items):
        raise UsageError(
            f"{one.name}: {len(one.items) - len(words)} of {len(one.items)} items have no prompt, "
            "expected one each to name them by; give --prompts"
        )
    names = prompt_ids([" ".join(text.split()) for text in words])
    items = tuple(replace(i, id=name) for i, name in zip(one.items, names, strict=True))
    return replace(one, items=items, notes=(*one.notes, "questions named by their words"))


def _model(one: Recording) -> ImportedModel:
    beside = Counter(kind for kind in _kinds(one) if kind)
    return ImportedModel(
        name=one.name,
        digest=one.digest,
        items=len(one.items),
        answered=len(one.items) - sum(beside[kind] for kind in NO_ANSWERS),
        prompts=sum(item.prompt is not None for item in one.items),
        keys=sum(item.key is not None for item in one.items),
        notes=one.notes,
        beside=tuple((kind, beside[kind]) for kind in BESIDE if beside[kind]),
    )


def _kinds(one: Recording) -> Iterator[str]:
    """What every output is beside a whole answer; empty if it is one."""
    endings = one.endings or (Ending.WHOLE,) * len(one.items)
    for output, ending in zip(one.outputs, endings, strict=True):
        if ending in _ENDED and not (ending is Ending.CUT and spoken(output) is None):
            yield _ENDED[ending]
        elif output is None:
            yield NOTHING
        elif not output.strip():
            yield EMPTY
        elif spoken(output) is not None:
            yield ""
        else:
            yield ERROR if is_error(without_template(without_thought(output))) else THOUGHT
