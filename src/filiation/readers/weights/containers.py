"""From the files of a model to its contents: one function per container.

Each is imported for the files that need it: all of them take longer to import than a small model
takes to read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from filiation.errors import UnreadableError
from filiation.readers.bytes.mapped import MappedFile, Source, StoredTensor
from filiation.readers.bytes.safetensors import open_file
from filiation.readers.weights.contents import Contents
from filiation.readers.weights.folder import Folder
from filiation.readers.weights.packed.packing import WHOLE
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
        from filiation.readers.weights.gguf_model import gguf_contents

        contents = gguf_contents(folder.files)
        return replace(contents, tokens=tokens if contents.tokens is None else contents.tokens)
    if folder.container == "onnx":
        from filiation.readers.weights.onnx_model import onnx_contents

        return onnx_contents(folder.files[0], settings, tokens)
    if folder.container == "safetensors":
        places, aside = _gathered(folder, [open_file(path) for path in folder.files])
        return _unpacked(Contents(places=places, settings=settings, tokens=tokens, aside=aside))
    from filiation.readers.bytes.torch_archive import open_torch

    opened = [open_torch(path) for path in folder.files]
    reasons: dict[str, str] = {}
    for torch in opened:
        reasons.update(torch.unexamined)
    places, aside = _gathered(folder, [torch.file for torch in opened])
    return _unpacked(
        Contents(
            places=places,
            aside=aside,
            settings=settings,
            tokens=tokens,
            transposed=frozenset(name for torch in opened for name in torch.transposed),
            unexamined=reasons,
        )
    )


def _unpacked(contents: Contents) -> Contents:
    """The same, with the matrices that a quantiser packed, and experts one by one."""
    apart = experts_apart(contents.places, contents.settings)
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


def _gathered(
    folder: Folder, files: Sequence[MappedFile]
) -> tuple[dict[str, tuple[Source, StoredTensor]], dict[str, str]]:
    """Every tensor's file, and what the files hold beside the model, with reasons.

    An index decides what counts and where it lies; without one each tensor must stand once.
    """
    places: dict[str, tuple[Source, StoredTensor]] = {}
    aside: dict[str, str] = {}
    for file in files:
        for entry in file.entries:
            name = entry.info.name
            if folder.index is not None and folder.index.get(name) != file.path.name:
                aside.setdefault(name, _beside(name, file, folder.index))
            elif name in places:
                raise UnreadableError(
                    f"{file.path}: tensor {name!r} is also in {places[name][0].path.name}, "
                    "expected it once; which one the model uses cannot be known"
                )
            else:
                places[name] = file, entry
    for name, listed in (folder.index or {}).items():
        if name not in places:
            raise UnreadableError(
                f"{folder.path / listed}: tensor {name!r} is not in it, the index says it is; "
                "the files are not of one model, or one was replaced"
            )
    return places, aside


def _beside(name: str, file: MappedFile, index: Mapping[str, str]) -> str:
    """Why a tensor of a file does not count."""
    if name not in index:
        return f"stands in {file.path.name}, and the index does not list it"
    return f"stands also in {file.path.name}, and the index places it in {index[name]}"
