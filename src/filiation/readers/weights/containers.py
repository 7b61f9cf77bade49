"""From the files of a model to its contents: one function per container."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from filiation.errors import UnreadableError
from filiation.readers.bytes.mapped import MappedFile, Source, StoredTensor
from filiation.readers.bytes.safetensors import open_file
from filiation.readers.bytes.torch_archive import open_torch
from filiation.readers.weights.contents import Contents
from filiation.readers.weights.folder import Folder
from filiation.readers.weights.gguf_model import gguf_contents
from filiation.readers.weights.onnx_model import onnx_contents
from filiation.readers.weights.packed.reading import unpack_tensors
from filiation.readers.weights.settings import read_settings
from filiation.readers.weights.stacked import experts_apart
from filiation.readers.weights.tokens import read_tokens

__all__ = ["read_contents"]


def read_contents(folder: Folder) -> Contents:
    """Open every file of a model.

    Raises:
        UnreadableError: The files are damaged or contradict each other.
    """
    settings, tokens = read_settings(folder.config), read_tokens(folder.tokenizer)
    if folder.container == "gguf":
        contents = gguf_contents(folder.files)
        return replace(contents, tokens=tokens if contents.tokens is None else contents.tokens)
    if folder.container == "onnx":
        return onnx_contents(folder.files[0], settings, tokens)
    if folder.container == "safetensors":
        places = _gathered(folder, [open_file(path) for path in folder.files])
        return _unpacked(Contents(places=places, settings=settings, tokens=tokens))
    opened = [open_torch(path) for path in folder.files]
    reasons: dict[str, str] = {}
    for torch in opened:
        reasons.update(torch.unexamined)
    return _unpacked(
        Contents(
            places=_gathered(folder, [torch.file for torch in opened]),
            settings=settings,
            tokens=tokens,
            transposed=frozenset(name for torch in opened for name in torch.transposed),
            unexamined=reasons,
        )
    )


def _unpacked(contents: Contents) -> Contents:
    """The same, with the matrices that a quantiser packed, and experts one by one."""
    apart = experts_apart(contents.places, contents.settings)
    found = unpack_tensors(apart.places, contents.settings.quantised)
    turned = {name for name, one in found.packed.items() if one.transposed}
    return replace(
        contents,
        places=found.places,
        names={**apart.names, **found.names},
        packed=found.packed,
        transposed=contents.transposed | apart.transposed | turned,
        unexamined={**contents.unexamined, **found.unexamined},
    )


def _gathered(
    folder: Folder, files: Sequence[MappedFile]
) -> dict[str, tuple[Source, StoredTensor]]:
    """Every tensor's file; the files must hold what the index says, each tensor once."""
    places: dict[str, tuple[Source, StoredTensor]] = {}
    for file in files:
        for entry in file.entries:
            name = entry.info.name
            if name in places:
                raise UnreadableError(
                    f"{file.path}: tensor {name!r} is also in {places[name][0].path.name}, "
                    "expected it once; which one the model uses cannot be known"
                )
            places[name] = file, entry
    if folder.index is not None:
        _check_index(folder.path, folder.index, places)
    return places


def _check_index(
    folder: Path, index: Mapping[str, str], places: Mapping[str, tuple[Source, StoredTensor]]
) -> None:
    for name, listed in index.items():
        if name not in places:
            raise UnreadableError(
                f"{folder / listed}: tensor {name!r} is not in it, the index says it is; "
                "the files are not of one model, or one was replaced"
            )
    for name, (file, _) in places.items():
        if name not in index:
            raise UnreadableError(
                f"{file.path}: holds tensor {name!r}, which the index does not list; "
                "the files are not of one model, or one was replaced"
            )
        if file.path.name != index[name]:
            raise UnreadableError(
                f"{file.path}: holds tensor {name!r}, the index places it in {index[name]}; "
                "the files are not of one model, or one was replaced"
            )
