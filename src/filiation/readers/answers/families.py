"""Which models are known relatives? A file of the examiner's, TOML or JSON, in either direction.

"Llama-3.1-8B" = "llama-3"                       model to family
llama-3 = ["Meta-Llama-3-8B", "Llama-3.1-8B"]    family to its models
"""

from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError, UsageError
from filiation.model.toml_text import toml_of
from filiation.readers.answers.choice import check_name
from filiation.readers.answers.document import Fields, kind, parse_fields
from filiation.readers.answers.text import decoded
from filiation.readers.answers.unpack import whole

__all__ = ["read_families"]

LIMIT: Final = 1 << 24  # bytes


def read_families(path: Path) -> dict[str, str]:
    """Read which family each model belongs to.

    Raises:
        UsageError: There is no such file.
        UnreadableError: Neither TOML nor JSON, neither direction, or a model in two families.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file; expected names of models and families")
    found = _parse(decoded(whole(path, limit=LIMIT), what=str(path)), path)
    if not found:
        raise UnreadableError(f"{path}: empty, expected names of models and families")
    if all(isinstance(value, str) for value in found.values()):
        pairs = list(found.items())
    elif all(isinstance(value, list) for value in found.values()):
        pairs = [(model, family) for family, models in found.items() for model in models]
    else:
        odd = next(k for k, v in found.items() if not isinstance(v, str))
        raise UnreadableError(
            f"{path}: {odd!r:.80} is of kind {kind(found[odd])}, expected everywhere a family's "
            "name, or everywhere a list of models; names that hold a dot need quotes in TOML"
        )
    families: dict[str, str] = {}
    for model, family in pairs:
        check_name(model, what=str(path)), check_name(family, what=str(path))
        if families.setdefault(model, family) != family:
            raise UnreadableError(
                f"{path}: {model!r:.80} is in the families {families[model]!r:.80} and "
                f"{family!r:.80}, expected one; join the two"
            )
    return families


def _parse(text: str, path: Path) -> Fields:
    if text.lstrip().startswith("{"):
        return parse_fields(text, what=str(path))
    try:
        return toml_of(text.removeprefix("\ufeff"))
    except ValueError as error:
        raise UnreadableError(
            f"{path}: neither a JSON object nor TOML ({error}); expected names of models"
        ) from error
