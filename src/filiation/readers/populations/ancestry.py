"""truth.toml beside a population of models: who was made from whom, and by what.

One `[[model]]` a model: `name` (its folder), `architecture`, `parents`, `operation`,
`weights_shared`, `data`; optional `shape`, `tokenizer`, `init_seed` (or `seed` of an original) and
`repeats`, `sha256` (of the model's weights file). Whatever else stands there is for others.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from filiation.errors import AlteredError, PopulationError
from filiation.model.ancestry import Ancestry, Origin
from filiation.model.toml_text import toml_of

__all__ = ["TRUTH", "WEIGHTS", "read_ancestry"]

TRUTH: Final = "truth.toml"
WEIGHTS: Final = "model.safetensors"
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
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


def read_ancestry(
    folder: Path, *, missing: Literal["refuse", "leave out"] = "refuse"
) -> tuple[Ancestry, tuple[str, ...]]:
    """Read truth.toml of a population, and see which of the models it names are there.

    Args:
        folder: The folder of the population.
        missing: What to do if the folder of a model is not there.

    Returns:
        The ancestry of all models that are described, and the names of those that are there.

    Raises:
        PopulationError: No truth.toml, or not TOML; a field is missing or of another kind; a name
            leaves the folder; a model is missing (where that is refused), described twice, has an
            unknown parent, or is its own ancestor.
        AlteredError: A model's weights are not those that truth.toml describes.
    """
    path = folder / TRUTH
    rows = [_row(path, table) for table in _tables(path)]
    ancestry = Ancestry(models=tuple(_origin(row) for row in rows))
    there = tuple(row.name for row in rows if _is_there(folder, row, missing))
    if not there:
        raise PopulationError(f"{folder}: none of the {len(rows)} models of {TRUTH} is there")
    return ancestry, there


def _tables(path: Path) -> list[Any]:
    """The tables of truth.toml that describe a model each, not yet checked."""
    try:
        if path.stat().st_size > LONGEST:
            raise PopulationError(
                f"{path}: {path.stat().st_size} bytes, expected at most {LONGEST}"
            )
        found = toml_of(path.read_text(encoding="utf-8"))
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
    return tables


def _row(path: Path, table: Mapping[str, Any]) -> _Row:
    try:
        return _Row.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        name = table.get("name", "?") if isinstance(table, dict) else "?"
        raise PopulationError(f"{path}: model {name!a:.80}: {where}: {first['msg']}") from error


def _origin(row: _Row) -> Origin:
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


def _is_there(folder: Path, row: _Row, missing: Literal["refuse", "leave out"]) -> bool:
    name = row.name
    if Path(name).name != name or name in (".", ".."):
        raise PopulationError(f"{folder / TRUTH}: model {name!a:.80}: expected a folder's own name")
    if not (folder / name).is_dir():
        if missing == "leave out":
            return False
        raise PopulationError(
            f"{folder / name}: missing, but {TRUTH} describes it; build the population again, take "
            'the model out of the file, or let the plan say `missing = "leave out"`'
        )
    weights = folder / name / WEIGHTS
    if row.sha256 is not None and weights.is_file():
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != row.sha256:
            raise AlteredError(str(weights), recorded=row.sha256, found=found)
    return True
