"""From the files of a model to its contents: one function per container.

Each is imported for the files that need it: all of them take longer to import than a small model
takes to read.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filiation.errors import UnreadableError
from filiation.files import shown
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.bytes.opened import Opened, Places
from filiation.readers.bytes.safetensors import open_weights
from filiation.readers.weights.contents import Contents
from filiation.readers.weights.folder import Folder
from filiation.readers.weights.packed.packing import WHOLE
from filiation.readers.weights.settings import Settings, read_settings
from filiation.readers.weights.stacked import experts_apart
from filiation.readers.weights.tokens import read_tokens

if TYPE_CHECKING:
    from filiation.readers.weights.foreign import Renamed

__all__ = ["read_contents"]

STRANGERS: Final = re.compile("'([^']*)'")  # words of a file in a sentence about it
REASON: Final = 300  # characters of why a tokenizer was not read


def read_contents(folder: Folder) -> Contents:
    """Open every file of a model.

    A tokenizer that cannot be read stops nothing, as one that was left out stops nothing: whoever
    damages the file of a copy would be examined by nobody. Why it was not read is told.

    Raises:
        UnreadableError: The files are damaged or contradict each other.
    """
    tokens, untold = _tokens(folder.tokenizer)
    contents = _contents(folder, tokens)
    return replace(contents, aside={**contents.aside, **untold}) if untold else contents


def _tokens(path: Path | None) -> tuple[tuple[bytes, ...] | None, Mapping[str, str]]:
    """What each id stands for, or why that is not known."""
    try:
        return read_tokens(path), {}
    except UnreadableError as error:
        assert path is not None  # without a file nothing is unreadable
        said = shown(str(error).replace(str(path), path.name)[:REASON])
        why = STRANGERS.sub("\u201c\\1\u201d", said)
        return None, {path.name: f"not read, so that no id stands for a token: {why}"}


def _contents(folder: Folder, tokens: tuple[bytes, ...] | None) -> Contents:
    settings = read_settings(folder.config)
    if folder.container == "gguf":
        from filiation.readers.weights.gguf_model import gguf_contents

        contents = gguf_contents(folder.files)
        return replace(contents, tokens=tokens if contents.tokens is None else contents.tokens)
    if folder.container == "onnx":
        from filiation.readers.weights.onnx_model import onnx_contents

        return onnx_contents(folder.files[0], settings, tokens)
    if folder.container == "ctranslate2":
        from filiation.readers.weights.ctranslate2_model import ctranslate2_contents

        return ctranslate2_contents(folder.files[0], tokens)
    opened, told = _opened(folder)
    settings = settings if told is None or settings.heads else told
    beside = {
        file: f"no index lists this file beside {folder.files[0].name}; it was not read"
        for file in folder.beside
    }
    contents = Contents(
        places=opened.places,
        settings=settings,
        tokens=tokens,
        transposed=opened.transposed,
        interleaved=opened.interleaved,
        unexamined=opened.unexamined,
        aside={**opened.aside, **beside},
    )
    tree = folder.container == "npz" and any(map(_is_tree, contents.places))
    renames = _NAMES.get("msgpack" if tree else folder.container)
    return _unpacked(contents) if renames is None else _renamed(contents, _found(renames))


def _opened(folder: Folder) -> tuple[Opened, Settings | None]:
    """All tensors of a model, and what the files themselves say of it."""
    if folder.container == "distributed":
        from filiation.readers.weights.distributed import open_distributed

        return open_distributed(folder.path), None
    if folder.container == "megatron":
        from filiation.readers.weights.sharded import open_megatron

        return open_megatron(folder.files)
    opener = _found(_OPENERS[folder.container])
    files = [opener(path) for path in folder.files]
    if folder.container != "meta":
        files = [_gathered(folder, files)]
        if not folder.params or not any(map(_is_meta, files[0].places)):
            return files[0], None
    from filiation.readers.weights.sharded import open_meta

    return open_meta(files, folder.params)


def _unpacked(contents: Contents) -> Contents:
    """The same, with the matrices that a quantiser packed, and experts one by one."""
    apart = experts_apart(contents.places)
    if not any(entry.info.dtype in WHOLE for _, entry in apart.places.values()):
        turned = contents.transposed | apart.transposed
        return replace(contents, places=apart.places, names=apart.names, transposed=turned)
    from filiation.readers.weights.packed.reading import unpack_tensors

    found = unpack_tensors(apart.places, contents.settings.quantised)
    columns = {name for name, one in found.packed.items() if one.transposed}
    return replace(
        contents,
        places=found.places,
        names={**apart.names, **found.names},
        packed=found.packed,
        transposed=contents.transposed | apart.transposed | columns,
        unexamined={**contents.unexamined, **found.unexamined},
    )


def _renamed(contents: Contents, renames: "Callable[[Places], Renamed]") -> Contents:
    """The same under torch's names and on torch's axes; what lay as its transpose is turned."""
    found = renames(contents.places)
    return replace(
        contents,
        places=found.places,
        names=found.names,
        transposed=contents.transposed ^ found.transposed,
    )


def _gathered(folder: Folder, files: Sequence[Opened]) -> Opened:
    """Every tensor's file, and what the files hold beside the model, with reasons.

    An index decides what counts and where it lies; without one each tensor must stand once.
    """
    places: dict[str, tuple[Source, StoredTensor]] = {}
    aside: dict[str, str] = {}
    index = folder.index if folder.index is None else _as_named(folder.index, files)
    for file in files:
        for name, place in file.places.items():
            if index is not None and index.get(name) != file.path.name:
                aside.setdefault(name, _beside(name, file.path, index))
            elif name in places:
                raise UnreadableError(
                    f"{file.path}: tensor {name!r} is also in {places[name][0].path.name}, "
                    "expected it once; which one the model uses cannot be known"
                )
            else:
                places[name] = place
    for name, listed in (index or {}).items():
        if name not in places:
            raise UnreadableError(
                f"{folder.path / listed}: tensor {name!r} is not in it, the index says it is; "
                "the files are not of one model, or one was replaced"
            )
    return Opened(
        path=folder.path,
        places=places,
        transposed=frozenset(name for file in files for name in file.transposed),
        unexamined={name: why for file in files for name, why in file.unexamined.items()},
        aside={**{name: why for file in files for name, why in file.aside.items()}, **aside},
    )


def _as_named(index: Mapping[str, str], files: Sequence[Opened]) -> Mapping[str, str]:
    """An index by the names that the files use: Flax's own has slashes where paths are joined."""
    held = {name for file in files for name in file.places}
    if any(name in held for name in index):
        return index
    return {name.replace("/", "."): file for name, file in index.items()}


def _beside(name: str, path: Path, index: Mapping[str, str]) -> str:
    """Why a tensor of a file does not count."""
    if name not in index:
        return f"stands in {path.name}, and the index does not list it"
    return f"stands also in {path.name}, and the index places it in {index[name]}"


def _safetensors(path: Path) -> Opened:
    file = open_weights(path)
    return Opened(path=path, places={entry.info.name: (file, entry) for entry in file.entries})


def _found(place: str) -> Callable[..., Any]:
    """A function by its module and its name."""
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"filiation.readers.{module}"), name)
    return found


def _is_meta(name: str) -> bool:
    """Whether a tensor is called as in the files that Meta and Mistral publish."""
    return name.endswith("attention.wq.weight")


def _is_tree(name: str) -> bool:
    """Whether an array is called by its path in a tree of JAX's, and not by torch's name."""
    return name.rpartition("/")[2] == "kernel"


_OPENERS: Final[Mapping[str, str]] = {  # each takes the path of one file
    "safetensors": "weights.containers:_safetensors",
    "torch": "bytes.torch_archive:open_torch",
    "meta": "bytes.torch_archive:open_torch",
    "msgpack": "bytes.flax_msgpack:open_msgpack",
    "hdf5": "bytes.hdf5:open_hdf5",
    "keras": "bytes.keras_archive:open_keras",
    "npz": "bytes.numpy_array:open_npz",
    "paddle": "weights.paddle:open_paddle",
}
_NAMES: Final[Mapping[str, str]] = {  # from a framework's names and axes to torch's
    "msgpack": "weights.foreign:flax_names",
    "hdf5": "weights.foreign:hdf5_names",
    "keras": "weights.foreign:keras_names",
    "paddle": "weights.paddle:paddle_names",
}
