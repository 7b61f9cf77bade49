"""Which files make up the model that a path names, and in which container?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Never, TypeAlias, final

from filiation.errors import UnreadableError, UsageError
from filiation.readers.bytes.parsing import read_object

__all__ = ["Container", "Folder", "find_weights"]

INDEX: Final = "model.safetensors.index.json"
SINGLE: Final = "model.safetensors"
TORCH_INDEX: Final = "pytorch_model.bin.index.json"
TORCH_SINGLE: Final = "pytorch_model.bin"
ADAPTER: Final = "adapter_model"  # how PEFT calls the file of an adapter
SHARD: Final = re.compile(r"(.+)-(\d{5})-of-(\d{5})(\.(?:safetensors|gguf|bin|pt|pth))")
INDEX_LIMIT = 1 << 26  # bytes; the largest published index has about 10 MB

Container: TypeAlias = Literal["safetensors", "torch", "gguf", "onnx"]

INDEXED: Final[tuple[tuple[Container, str, str], ...]] = (
    ("safetensors", INDEX, SINGLE),
    ("torch", TORCH_INDEX, TORCH_SINGLE),
)
_KINDS: Final[Mapping[str, Container]] = {
    ".gguf": "gguf", ".onnx": "onnx",
    ".bin": "torch", ".pt": "torch", ".pth": "torch", ".ckpt": "torch",
}  # fmt: skip
_CONTAINERS: Final[tuple[Container, ...]] = ("safetensors", "torch", "gguf", "onnx")
# What training leaves beside a model.
_NO_MODEL: Final = re.compile(r"(?:training_args|optimizer|scheduler|scaler|rng_state).*")
_OTHER_WEIGHTS: Final = {
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
        container: The format of all of them.
        files: The weight files, sorted by name.
        index: Tensor name to file name, if there is an index.
        config: Its config.json, if any.
        tokenizer: Its tokenizer.json, if any.
    """

    name: str
    path: Path
    container: Container
    files: tuple[Path, ...]
    index: Mapping[str, str] | None
    config: Path | None
    tokenizer: Path | None


def find_weights(path: Path) -> Folder:
    """Find the weight files of a directory, or the companions of a file.

    A directory: the files that model.safetensors.index.json names; else model.safetensors; else
    every *.safetensors; else the same for pytorch_model.bin; else the only torch, GGUF or ONNX
    model. A file: its suffix says its container (or, for GGUF, its first bytes); parts of a split
    model are found by their names and must all be there; config.json and tokenizer.json beside it
    belong to it only if no other weights of its kind stand there. A path to an index means its
    directory.

    Raises:
        UsageError: Nothing there, no weights in the directory, or several models.
        UnreadableError: The index is damaged or names what it must not.
    """
    try:
        return _find(path)
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error


def _find(path: Path) -> Folder:
    if path.name in (INDEX, TORCH_INDEX) and path.is_file():
        path = path.parent
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder, expected a model")
    if not path.is_dir():
        return _file(path)
    name = path.resolve().name
    found = _named(path, name, "safetensors", INDEX, SINGLE)
    if found is None and (files := _weights(path, "safetensors")):
        found = _folder(name, path, "safetensors", _whole(_without_adapter(files)))
    if found is None:
        found = _named(path, name, "torch", TORCH_INDEX, TORCH_SINGLE)
    return found or _only_model(path, name)


def _named(path: Path, name: str, container: Container, index: str, single: str) -> Folder | None:
    """The files that an index names, or the single file of the usual name."""
    if (path / index).exists():
        listed = _index(path / index, Path(single).suffix)
        files = tuple(path / file for file in sorted(set(listed.values())))
        for file in files:
            if not file.is_file():
                raise UnreadableError(
                    f"{file}: missing, the index names it; the download is incomplete"
                )
        return _folder(name, path, container, files, index=listed)
    return _folder(name, path, container, (path / single,)) if (path / single).exists() else None


def _file(path: Path) -> Folder:
    container = _container(path)
    part = SHARD.fullmatch(path.name)
    if part is not None:
        for kind, index, single in INDEXED:
            if kind == container and path.name in _listed(path.parent / index, Path(single).suffix):
                return _named(path.parent, part[1], kind, index, single) or _no_weights(path)
        files = _parts(path, part)
        beside = [other for other in _weights(path.parent, container) if other not in files]
        return _folder(part[1], path.parent, container, files, companions=not beside)
    alone = [other.name for other in _weights(path.parent, container)] in ([path.name], [])
    return _folder(path.stem, path.parent, container, (path,), companions=alone)


def _container(path: Path) -> Container:
    known = _KINDS.get(path.suffix.lower())
    if known is None and path.suffix != ".safetensors" and path.is_file():
        with path.open("rb") as file:
            known = "gguf" if file.read(4) == b"GGUF" else None
    return known or "safetensors"


def _only_model(path: Path, name: str) -> Folder:
    """The one model that a directory without safetensors holds."""
    for container in ("torch", "gguf", "onnx"):
        files = _weights(path, container)
        files = _without_adapter(files)
        models = {SHARD.sub(r"\1", file.name) for file in files}
        if len(models) > 1:
            raise UsageError(
                f"{path}: holds {len(models)} {container} models, {', '.join(sorted(models)[:5])}; "
                "name one of the files"
            )
        if files:
            return _folder(name, path, container, _whole(files))
    return _no_weights(path)


def _no_weights(path: Path) -> Never:
    raise UsageError(
        f"{path}: no weights that are read, expected .safetensors, .gguf, .onnx, .bin or .pt; "
        f"{_found(path)}"
    )


def _without_adapter(files: tuple[Path, ...]) -> tuple[Path, ...]:
    """An adapter that lies beside a model is no part of it; alone it is read, and told as such."""
    return tuple(file for file in files if file.stem != ADAPTER) or files


def _whole(files: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files of a folder without an index, of which each that says to be a part has all parts.

    Raises:
        UnreadableError: A part is missing.
    """
    found: dict[Path, None] = {}
    for file in files:
        part = SHARD.fullmatch(file.name)
        found |= dict.fromkeys((file,) if part is None else _parts(file, part))
    return tuple(found)


def _parts(path: Path, part: re.Match[str]) -> tuple[Path, ...]:
    """All parts of a model that was split, in order; some programs count them from 0.

    Raises:
        UnreadableError: One is missing.
    """
    stem, count, suffix = part[1], int(part[3]), part[4]
    beside = {file.name for file in path.parent.iterdir()}

    def called(number: int) -> str:
        return f"{stem}-{number:05}-of-{part[3]}{suffix}"

    zero = called(0) in beside
    last = count - 1 if zero and called(count) not in beside else count
    numbers = range(0 if zero else 1, last + 1)
    missing = [called(n) for n in numbers[: len(beside) + 1] if called(n) not in beside]
    if missing or not count:
        there = sum(called(n) in beside for n in numbers[: len(beside) + 1])
        raise UnreadableError(
            f"{path}: is one of {count} parts, {there} are there, expected all; missing: "
            f"{', '.join(missing[:3]) or 'every one'}{', ..' if len(missing) > 3 else ''}; the "
            "download is incomplete, or layers were kept back"
        )
    return tuple(path.parent / called(n) for n in numbers)


def _listed(index: Path, suffix: str) -> frozenset[str]:
    """The files that an index names; none if there is no index."""
    return frozenset(_index(index, suffix).values()) if index.is_file() else frozenset()


def _folder(
    name: str,
    path: Path,
    container: Container,
    files: Sequence[Path],
    *,
    index: Mapping[str, str] | None = None,
    companions: bool = True,
) -> Folder:
    # Exports of sentence-transformers and Optimum keep config and tokenizer one level up.
    homes = (path, path.resolve().parent) if path.resolve().name == "onnx" else (path,)

    def companion(file: str) -> Path | None:
        found = (home / file for home in homes if companions and (home / file).exists())
        return next(found, None)

    return Folder(
        name=name,
        path=path,
        container=container,
        files=tuple(files),
        index=index,
        config=companion("config.json"),
        tokenizer=companion("tokenizer.json"),
    )


def _weights(path: Path, container: Container) -> tuple[Path, ...]:
    """Files of a container in a directory, by name; what training left beside is no model."""
    suffixes = [suffix for suffix, kind in _KINDS.items() if kind == container] or [".safetensors"]
    return tuple(
        sorted(
            file
            for suffix in suffixes
            for file in path.glob(f"*{suffix}")
            if file.is_file() and not (container == "torch" and _NO_MODEL.fullmatch(file.name))
        )
    )


def _found(path: Path) -> str:
    """Say what the directory holds instead of a model."""
    names = sorted(file.name for file in path.iterdir())
    for name in names:
        meaning = _OTHER_WEIGHTS.get(Path(name).suffix.lower())
        if meaning:
            return f"found {name}, {meaning}"
    for name in names:
        if (path / name).is_dir() and any(_weights(path / name, kind) for kind in _CONTAINERS):
            return f"found weights in its folder {name}; give {path / name}"
    if not names:
        return "the directory is empty"
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    if "config.json" in names:
        return f"found {shown}: a model is described, its weights were not downloaded"
    return f"found {shown}"


def _index(path: Path, suffix: str) -> dict[str, str]:
    """The weight_map: tensor name to the plain name of a file in the same directory.

    The file may be a symbolic link, as in the Hugging Face cache: whoever owns the directory made
    it. The index is part of the exhibit, so it must not reach out of the directory by itself.
    """
    found = read_object(path, limit=INDEX_LIMIT).get("weight_map")
    if not isinstance(found, dict):
        raise UnreadableError(f"{path}: no weight_map, expected tensor names and their files")
    for tensor, file in found.items():
        plain = isinstance(file, str) and file.isprintable() and not set(file) & set("/\\:")
        if not plain or not file.endswith(suffix):
            raise UnreadableError(
                f"{path}: tensor {tensor!a} is placed in {file!a:.80}, expected the plain name of "
                f"a {suffix[1:]} file beside it; an index must not reach elsewhere"
            )
    return found
