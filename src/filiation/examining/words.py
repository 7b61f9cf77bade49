"""The words of a kind of material, from the TOML file beside its question."""

import tomllib
from importlib.resources import files

from filiation.model.kinds import Kind, Term

__all__ = ["kind_beside"]


def kind_beside(package: str) -> Kind:
    """The kind that `kind.toml` in a package describes; every field is a string or a list."""
    read = tomllib.loads(files(package).joinpath("kind.toml").read_text(encoding="utf-8"))
    one, two = read.pop("digest_labels")
    limits, terms = read.pop("limits", []), read.pop("terms", [])
    return Kind(
        **{field: words.strip() for field, words in read.items()},
        digest_labels=(one, two),
        limits=tuple(limit.strip() for limit in limits),
        terms=tuple(Term(**term) for term in terms),
    )
