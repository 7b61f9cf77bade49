"""A survey of tokenizers or of source trees: each is read whole, and a bad one is a row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from filiation.errors import FiliationError
from filiation.examining.kinds import plug_for, recognise
from filiation.libraries.tokenizers_survey import survey_tokenizers
from filiation.libraries.trees_survey import survey_trees
from filiation.model.kinds import TOKENIZERS, WEIGHTS
from filiation.model.survey import SetAside, Survey
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, counted, reading
from filiation.readers.reader import Advance, Along, Taken
from filiation.readers.remote.address import shown_spec

__all__ = ["survey_kept"]


def survey_kept(
    models: Sequence[Named | Taken], kind: str, *, seed: int, step: Step, progress: Progress
) -> Survey:
    """Read each and compare every pair; what cannot be read is set aside and stops nothing.

    Args:
        models: Tokenizers or source trees, or model folders that hold tokenizers.
        kind: Which of the two.
        seed: Of every random stream.
        step: Told what is being done.
        progress: Told how much of it is done.
    """
    advance, pairs = reading(step, progress), counted("pair", step, progress)
    with TemporaryDirectory(prefix="filiation-") as folder:
        found = list(_named_apart([_taken(one, kind, Path(folder), advance) for one in models]))
    read = [one for one in found if not isinstance(one, SetAside)]
    aside = [one for one in found if isinstance(one, SetAside)]
    if kind == TOKENIZERS:
        return survey_tokenizers(read, seed=seed, aside=aside, step=pairs)
    return survey_trees(read, aside=aside, step=pairs)


def _taken(model: Named | Taken, kind: str, folder: Path, advance: Advance) -> Any:
    """What methods of the kind compare, under the name that was given; or why it was not read."""
    if isinstance(model, Taken):
        return model.material.content
    name = model.name or Path(shown_spec(model.spec)).name or shown_spec(model.spec)
    try:
        content = _read(model, kind, folder, advance)
    except FiliationError as error:
        return SetAside(name=name, reason=str(error))
    if content is None:
        return SetAside(name=name, reason="no tokenizer of a usual name lies beside its weights")
    if why := getattr(content, "unread", ""):
        return SetAside(name=name, reason=why)
    return replace(content, name=model.name) if model.name else content


def _read(model: Named, kind: str, folder: Path, advance: Advance) -> Any:
    reader = plug_for(kind).reader
    if recognise(model.spec).kind.id != WEIGHTS:
        (taken,) = reader.take(model.spec, folder, advance=advance)
        return taken.material.content
    lies = reader.lies_along(model.spec) if isinstance(reader, Along) else None
    assert isinstance(reader, Along)  # of what lies beside weights
    return (
        None if lies is None else reader.take_along(lies, folder, advance=advance).material.content
    )


def _named_apart(found: Sequence[Any]) -> Iterator[Any]:
    """Each under a name that no other has: of several of one name the second gets a (2)."""
    used = set[str]()
    for one in found:
        name, times = one.name, 1
        while name in used:
            times += 1
            name = f"{one.name} ({times})"
        used.add(name)
        yield replace(one, name=name)
