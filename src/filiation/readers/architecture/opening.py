"""Which file states an architecture, and what lies beside it to be measured?

`config.json` by its path is read alone: custody is of the one file that was named. Of
`MODEL#architecture`, a folder with config.json or a model in GGUF, tensors are measured too.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.files import opened, shown
from filiation.model.architecture import Architecture, Values
from filiation.readers.architecture.kept import SUFFIX, read_kept
from filiation.readers.architecture.shapes import seen_in_shapes
from filiation.readers.architecture.stated import stated_in_config, stated_in_gguf
from filiation.readers.bytes.parsing import read_object
from filiation.readers.weights.checkpoint import checkpoint_of
from filiation.readers.weights.containers import read_contents
from filiation.readers.weights.folder import find_weights
from filiation.readers.weights.gguf import open_gguf
from filiation.readers.weights.settings import CONFIG_LIMIT, Settings

__all__ = ["CONFIG", "WANTED", "is_architecture", "model_of", "open_architecture"]

CONFIG: Final = "config.json"
WANTED: Final = "#architecture"  # after the path of a model
ALONE: Final = (
    f"no tensors were measured: a {CONFIG} was named alone; the model's folder with {WANTED} after "
    "it measures them"
)


def is_architecture(spec: str) -> bool:
    """Whether a path names an architecture: a config.json, or a model with `#architecture`.

    A recording of answers may hold a model of that name, and stays a recording.
    """
    path = Path(spec)
    if path.name == CONFIG or path.name.endswith(SUFFIX):
        return path.is_file()
    if not spec.endswith(WANTED) or path.exists():
        return False
    model = model_of(spec)
    return model.is_dir() or (model.is_file() and _is_gguf(model))


def model_of(spec: str) -> Path:
    """The file or folder behind a path."""
    path = Path(spec)
    return path if path.exists() or not spec.endswith(WANTED) else Path(spec.removesuffix(WANTED))


def open_architecture(spec: str) -> Architecture:
    """Read what is stated, and measure the tensors beside it if there are any.

    Raises:
        UsageError: Nothing there, or a folder without config.json.
        UnreadableError: Damaged, beyond bounds, or without any choice that is known here.
    """
    path = model_of(spec)
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder, expected {CONFIG}")
    if path.name.endswith(SUFFIX):
        return read_kept(path, path.name.removesuffix(SUFFIX))
    name, (stated, unread) = _stated(path)
    if not stated:
        raise UnreadableError(
            f"{path}: states none of the choices that are known here, such as the number of layers "
            "or heads; it is no configuration of a language model"
        )
    seen, why = ((), (ALONE,)) if path.name == CONFIG else _seen(path)
    return Architecture(name=name, stated=stated, seen=seen, unread=(*unread, *why))


def _stated(path: Path) -> tuple[str, tuple[Values, tuple[str, ...]]]:
    """What the model is called, and what is stated of it."""
    if path.is_file() and path.name != CONFIG:
        return path.resolve().stem, stated_in_gguf(open_gguf(path).metadata)
    config = path if path.is_file() else path / CONFIG
    if not config.is_file():
        raise UsageError(f"{path}: no {CONFIG} in it, expected one; nothing states its choices")
    said: Mapping[str, Any] = read_object(config, limit=CONFIG_LIMIT)
    return config.resolve().parent.name, stated_in_config(said)


def _is_gguf(path: Path) -> bool:
    try:
        with opened(path, follow=True) as file:
            return file.read(4) == b"GGUF"
    except UnreadableError:
        return False


def _seen(path: Path) -> tuple[Values, tuple[str, ...]]:
    """What shapes show, read without the configuration; or why they were not read."""
    try:
        folder = find_weights(path)
        contents = read_contents(folder)
        said = contents.settings
        blind = Settings(quantised=said.quantised, block=said.block)  # how bytes were packed
        return seen_in_shapes(checkpoint_of(folder, replace(contents, settings=blind))), ()
    except FiliationError as error:
        told = shown(str(error).replace(str(path), "the model")[:300])
        return (), (f"no tensors were measured: {told}",)
