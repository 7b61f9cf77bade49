"""What became of a log that was made recordings."""

from dataclasses import dataclass
from typing import final

__all__ = ["Imported", "ImportedModel"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedModel:
    """One recording that was made.

    Attributes:
        name: What the model is called.
        digest: SHA-256 (hex) of the recording.
        items: Questions put to it.
        answered: Those that have an answer in words, whole, cut or a refusal.
        prompts: Those whose words are known.
        keys: Those with a key.
        notes: What was found while reading.
        beside: What outputs are besides whole answers, and how many are.
    """

    name: str
    digest: str
    items: int
    answered: int
    prompts: int
    keys: int
    notes: tuple[str, ...]
    beside: tuple[tuple[str, int], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """All recordings of a log.

    Attributes:
        path: The file that was written.
        kept: SHA-256 (hex) of it.
        log: SHA-256 (hex) of the log as it was given.
        models: In the order of the log.
    """

    path: str
    kept: str
    log: str
    models: tuple[ImportedModel, ...]
