"""truth.toml beside a population of models: who was made from whom, and by what.

One `[[model]]` a model: `name` (its folder), `architecture`, `parents`, `operation`,
`weights_shared`, `data`; optional `shape`, `tokenizer`, `init_seed` (or `seed` of an original) and
`repeats`. Whatever else stands there is for others.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from filiation.errors import PopulationError
from filiation.model.ancestry import Ancestry, Origin

__all__ = ["TRUTH", "read_ancestry"]

TRUTH: Final = "truth.toml"
LONGEST: Final = 1 << 24  # bytes
Words = Annotated[str, Field(min_length=1, max_length=300)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    name: Words
    architecture: Words
    parents: list[Words] = Field(max_length=64)
    operation: Words
    weights_shared: bool
    data: list[Words] = Field(default_factory=list, max_length=64)
    shape: Words | None = None
    tokenizer: Words | None = None
    init_seed: int | None = None
    seed: int | None = None
    repeats: Words | None = None


def read_ancestry(folder: Path) -> Ancestry:
    """Read truth.toml of a population, and see that every model it names is there.

    Raises:
        PopulationError: No truth.toml, or not TOML; a field is missing or of another kind; a name
            leaves the folder; a model is missing, described twice, has an unknown parent, or is
            its own ancestor.
    """
    path = folder / TRUTH
    try:
        if path.stat().st_size > LONGEST:
            raise PopulationError(
                f"{path}: {path.stat().st_size} bytes, expected at most {LONGEST}"
            )
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PopulationError(
            f"{path}: cannot be read: {error.strerror}; a population needs a {TRUTH} that says how "
            "each model was made"
        ) from error
    except ValueError as error:
        raise PopulationError(f"{path}: not TOML: {error}") from error
    tables = found.get("model", [])
    if not isinstance(tables, list) or not tables:
        raise PopulationError(f"{path}: no [[model]], expected one for each model")
    ancestry = Ancestry(models=tuple(_origin(path, table) for table in tables))
    for origin in ancestry.models:
        _refuse_missing(folder, origin.name)
    return ancestry


def _origin(path: Path, table: Mapping[str, Any]) -> Origin:
    try:
        row = _Row.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        name = table.get("name", "?") if isinstance(table, dict) else "?"
        raise PopulationError(f"{path}: model {name!a:.80}: {where}: {first['msg']}") from error
    own = row.init_seed if row.init_seed is not None else row.seed
    return Origin(
        name=row.name,
        architecture=row.architecture,
        shape=row.shape or row.architecture,
        tokenizer=row.tokenizer or "unknown",
        data=tuple(row.data),
        parents=tuple(row.parents),
        operation=row.operation,
        weights_shared=row.weights_shared,
        init_seed=None if row.weights_shared or row.shape is None else own,
        repeats=row.repeats,
    )


def _refuse_missing(folder: Path, name: str) -> None:
    if Path(name).name != name or name in (".", ".."):
        raise PopulationError(f"{folder / TRUTH}: model {name!a:.80}: expected a folder's own name")
    if not (folder / name).is_dir():
        raise PopulationError(
            f"{folder / name}: missing, but {TRUTH} describes it; build the population again, or "
            "take the model out of the file"
        )
