"""Sketches of many models in one place, to be searched for relatives."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast, final

from filiation.api._models import One, given
from filiation.api._shown import quoted
from filiation.model.library import LibraryModel, LibraryTree, TreeSearch
from filiation.model.survey import SetAside
from filiation.proceedings import libraries
from filiation.proceedings.naming import free
from filiation.report.render.records import entries_json, search_json, tree_search_json

__all__ = ["Library", "library"]

Records: TypeAlias = list[dict[str, Any]]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Library:
    """A folder of sketches. Made by `library`.

    Attributes:
        folder: Where it lies; the first `add` makes it.
    """

    folder: Path

    def add(self, *models: One, name: str | None = None) -> Records:
        """Sketch models and keep the sketches; read source trees and keep their functions.

        Args:
            *models: Weights or source trees by path, or what `read` or `sketch` gave.
            name: What to call the model, of one model only.

        Returns:
            One flat record a model that was added; of one that was not, `name`, `reason` and
            `same_as`, the model that has the same tensors. None stops the others.

        Raises:
            UsageError: One name for several, or the library cannot be written.
        """
        named = [given(one) for one in models]
        return _told(tuple(libraries.add(self.folder, named, name=name)))

    def list(self) -> Records:
        """One flat record a model: `name`, `sketch`, `subject`, `method`, `layers`, `units`.

        And one a source tree: `name`, `tree`, `kept`, `functions`.

        Raises:
            UsageError: There is no library yet.
        """
        return _told((*libraries.entries(self.folder), *libraries.trees(self.folder)))

    def search(self, model: One, *, most: int = 20, level: float = 0.01, seed: int = 0) -> Records:
        """Which models of the library share weights with this one?

        Args:
            model: To look for.
            most: Length of the shortlist.
            level: False discovery rate over the whole library (e-BH).
            seed: Of all random streams.

        Returns:
            One flat record a shortlisted model, the most telling first: `name`, `log10_p`,
            `log10_e`, `found`, `same` (the same tensors), `unread` (why its sketch cannot be
            read). A relative that was not shortlisted is missed. Of a source tree `name`, `seen`,
            `matched` (functions that are alike), `shared`, `same`, and no p.

        Raises:
            UsageError: No library, an empty one, or one whose sketches were taken otherwise.
        """
        found = libraries.search(self.folder, given(model), most=most, level=level, seed=seed)
        told = tree_search_json(found) if isinstance(found, TreeSearch) else search_json(found)
        return cast(Records, json.loads(told)["candidates"])

    def remove(self, name: str) -> None:
        """Forget a model and delete its sketch.

        Raises:
            UsageError: There is no such model.
        """
        libraries.remove(self.folder, name)

    def export(self, name: str, path: str | Path) -> Path:
        """Write a copy of a model's sketch.

        Raises:
            UsageError: There is no such model, or something lies at `path`.
        """
        target = free(Path(path))
        libraries.export(self.folder, name, target)
        return target

    def __repr__(self) -> str:
        return f"<Library {quoted(self.folder.name)}>"


def library(folder: str | Path) -> Library:
    """A library of sketches; the first model that is added makes its folder.

    Args:
        folder: Where it lies, or shall lie.

    Raises:
        UsageError: A file lies there.
    """
    return Library(folder=libraries.place_of(Path(folder)))


def _told(entries: Sequence[LibraryModel | LibraryTree | SetAside]) -> Records:
    return cast(Records, json.loads(entries_json(entries))["models"])
