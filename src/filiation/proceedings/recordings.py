"""Recorded answers of the models that were named."""

from collections.abc import Sequence
from dataclasses import replace

from filiation.errors import UsageError
from filiation.model.recording import Recording
from filiation.model.values import only_values
from filiation.proceedings.naming import Named
from filiation.readers.answers import open_recordings
from filiation.readers.reader import Taken

__all__ = ["keyed_recordings_of", "only_recording", "recordings_of"]


def recordings_of(models: Sequence[Named | Taken]) -> tuple[Recording, ...]:
    """All recordings that these name, called as they were told to be.

    Raises:
        UsageError: No such model, or one name for several.
        UnreadableError: A file is damaged, or holds no recordings.
    """
    return tuple(recording for model in models for recording in _called(model))


def keyed_recordings_of(models: Sequence[Named | Taken]) -> tuple[Recording, ...]:
    """The same, for what counts errors: a choice between values is none, and is refused.

    Raises:
        UsageError: As `recordings_of`; or a recording holds questions about values.
    """
    found = recordings_of(models)
    for recording in found:
        _, about_values = only_values(recording, values=False)
        if about_values:
            raise UsageError(
                f"{recording.name}: {about_values:,} of its questions are about values, expected "
                "none; a choice is no error, and what two models prefer is examined by itself "
                "(filiation examine)"
            )
    return found


def only_recording(model: Named) -> Recording:
    """The one recording that is meant.

    Raises:
        UsageError: There are several.
    """
    found = _called(model)
    if len(found) != 1:
        raise UsageError(f"{model.spec}: holds {len(found)} models, expected one; name it after #")
    return found[0]


def _called(model: Named | Taken) -> Sequence[Recording]:
    if isinstance(model, Taken):
        return [model.material.content]
    found = open_recordings(model.spec)
    if not model.name:
        return found
    if len(found) != 1:
        raise UsageError(
            f"{model.name}={model.spec}: one name for {len(found)} models, expected one model; "
            "name it after #"
        )
    return [replace(found[0], name=model.name)]
