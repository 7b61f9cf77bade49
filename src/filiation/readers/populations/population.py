"""The file of a population: canonical JSON (RFC 8785), so that a digest names it.

Made by `filiation validate`; may come from others, so it is bounded and checked before use.
"""

import hashlib
from pathlib import Path
from typing import Final

import rfc8785
from pydantic import TypeAdapter, ValidationError

from filiation.errors import PopulationError, UnreadableError, UsageError
from filiation.files import put
from filiation.model.population import Population
from filiation.readers.bytes.parsing import parse_object

__all__ = [
    "parse_population",
    "population_bytes",
    "population_digest",
    "population_file",
    "read_population",
    "write_population",
]

LARGEST: Final = 1 << 28  # bytes; a thousand models under twenty methods need half of that
POPULATION: Final = TypeAdapter(Population)


def population_bytes(population: Population) -> bytes:
    """The file's bytes: the same population, the same bytes."""
    fields = POPULATION.dump_python(population, mode="json")
    if population.power is None:
        del fields["power"]  # nor had the first populations any
    return rfc8785.dumps(fields) + b"\n"


def population_digest(raw: bytes) -> str:
    """SHA-256 (hex) of a population's file."""
    return hashlib.sha256(raw).hexdigest()


def write_population(population: Population, path: Path) -> str:
    """Write the file whole or not at all, in place of an older one; return its digest.

    Raises:
        UsageError: It cannot be written.
    """
    raw = population_bytes(population)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    put(path, raw)
    return population_digest(raw)


def read_population(path: Path, *, digest: str | None = None) -> tuple[Population, bytes]:
    """Read a population and the bytes that it was read from.

    Args:
        path: Its file.
        digest: SHA-256 (hex) that the file must have; checked before anything in it is read.

    Raises:
        UsageError: There is no such file.
        UnreadableError: Too large, or not JSON.
        PopulationError: Another digest; or JSON, but no population.
    """
    raw = population_file(path)
    found = population_digest(raw)
    if digest is not None and found != digest:
        raise PopulationError(
            f"{path}: its SHA-256 is {found}, the digest named is {digest}; it is another "
            "population than was named, or was changed since"
        )
    return parse_population(raw, str(path)), raw


def population_file(path: Path) -> bytes:
    """The bytes of a file that is said to be a population; nothing in them is read.

    Raises:
        UsageError: There is no such file.
        UnreadableError: Too large.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise UnreadableError(
                f"{path}: {size} bytes, expected at most {LARGEST}; no study is that large"
            )
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}; expected a population that "
            "`filiation validate` has written"
        ) from error


def parse_population(raw: bytes, what: str) -> Population:
    """Parse the bytes of a population; `what` opens the sentence if they are none.

    Raises:
        UnreadableError: Not one JSON object, or a key twice.
        PopulationError: Another schema, or a law of the types is broken.
    """
    parse_object(raw, what=what)
    try:
        return POPULATION.validate_json(raw, extra="forbid", strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])[:80]
        raise PopulationError(
            f"{what}: {where}: {first['msg']}; not a population that this version can read"
        ) from error
    except PopulationError as error:
        raise PopulationError(f"{what}: {error}") from error
