"""Which files make up the model that a path names?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError, UsageError
from filiation.readers.documents import read_object

__all__ = ["Folder", "find_weights"]

INDEX: Final = "model.safetensors.index.json"
SINGLE: Final = "model.safetensors"
INDEX_LIMIT = 1 << 26  # bytes; the largest published index has about 10 MB

_OTHER_WEIGHTS: Final = {
    ".bin": "torch archives are not read yet",
    ".pt": "torch archives are not read yet",
    ".pth": "torch archives are not read yet",
    ".ckpt": "torch archives are not read yet",
    ".gguf": "gguf is not read yet",
    ".onnx": "onnx is not read yet",
    ".h5": "keras files are not read",
    ".msgpack": "flax files are not read",
    ".npz": "numpy archives are not read",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The files of one model.

    Attributes:
        name: What reports call it: name of the directory, or stem of the single file.
        path: The directory they stand in.
        files: The weight files, sorted by name.
        index: Tensor name to file name, if there is an index.
        config: Its config.json, if any.
        tokenizer: Its tokenizer.json, if any.
    """

    name: str
    path: Path
    files: tuple[Path, ...]
    index: Mapping[str, str] | None
    config: Path | None
    tokenizer: Path | None


def find_weights(path: Path) -> Folder:
    """Find the weight files of a directory, or the companions of a file.

    A directory: the files that model.safetensors.index.json names; else model.safetensors; else
    every *.safetensors. A file: config.json and tokenizer.json beside it belong to it only if no
    other *.safetensors stands there. A path to an index means its directory.

    Raises:
        UsageError: Nothing there, or no weights in the directory.
        UnreadableError: The index is damaged or names what it must not.
    """
    try:
        return _find(path)
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error


def _find(path: Path) -> Folder:
    if path.name == INDEX and path.is_file():
        path = path.parent
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or directory")
    if not path.is_dir():
        alone = [other.name for other in _safetensors(path.parent)] == [path.name]
        return _folder(path.stem, path.parent, (path,), companions=alone)
    name = path.resolve().name
    if (path / INDEX).exists():
        index = _index(path / INDEX)
        files = tuple(path / file for file in sorted(set(index.values())))
        for file in files:
            if not file.is_file():
                raise UnreadableError(
                    f"{file}: missing, the index names it; the download is incomplete"
                )
        return _folder(name, path, files, index=index)
    if (path / SINGLE).exists():
        return _folder(name, path, (path / SINGLE,))
    files = _safetensors(path)
    if not files:
        raise UsageError(f"{path}: no safetensors weights; {_found(path)}")
    return _folder(name, path, files)


def _folder(
    name: str,
    path: Path,
    files: tuple[Path, ...],
    *,
    index: Mapping[str, str] | None = None,
    companions: bool = True,
) -> Folder:
    def companion(file: str) -> Path | None:
        return path / file if companions and (path / file).exists() else None

    return Folder(
        name=name,
        path=path,
        files=files,
        index=index,
        config=companion("config.json"),
        tokenizer=companion("tokenizer.json"),
    )


def _safetensors(path: Path) -> tuple[Path, ...]:
    return tuple(sorted(file for file in path.glob("*.safetensors") if file.is_file()))


def _found(path: Path) -> str:
    """What the directory holds instead."""
    names = sorted(file.name for file in path.iterdir())
    for name in names:
        meaning = _OTHER_WEIGHTS.get(Path(name).suffix.lower())
        if meaning:
            return f"found {name}, {meaning}"
    return f"found {', '.join(names[:5])}" if names else "the directory is empty"


def _index(path: Path) -> dict[str, str]:
    """The weight_map: tensor name to the plain name of a file in the same directory.

    The file may be a symbolic link, as in the Hugging Face cache: whoever owns the directory made
    it. The index is part of the exhibit, so it must not reach out of the directory by itself.
    """
    found = read_object(path, limit=INDEX_LIMIT).get("weight_map")
    if not isinstance(found, dict):
        raise UnreadableError(f"{path}: no weight_map, expected tensor names and their files")
    for tensor, file in found.items():
        plain = isinstance(file, str) and file.isprintable() and not set(file) & set("/\\:")
        if not plain or not file.endswith(".safetensors"):
            raise UnreadableError(
                f"{path}: tensor {tensor!a} is placed in {file!a:.80}, expected the plain name of "
                "a safetensors file beside it; an index must not reach elsewhere"
            )
    return found
