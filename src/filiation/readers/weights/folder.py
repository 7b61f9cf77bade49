"""Which files make up the model that a path names, and in which container?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Never, final

from filiation.errors import UnreadableError, UsageError
from filiation.readers.bytes.ctranslate2 import is_ctranslate2
from filiation.readers.bytes.hdf5 import MAGIC as HDF5
from filiation.readers.bytes.parsing import read_object
from filiation.readers.weights.distributed import METADATA
from filiation.readers.weights.ranks import megatron_ranks
from filiation.readers.weights.suffixes import CONTAINERS, Container
from filiation.readers.weights.whereabouts import called, found_instead, model_folder

__all__ = ["Folder", "find_weights"]

INDEX: Final = "model.safetensors.index.json"
SINGLE: Final = "model.safetensors"
TORCH_INDEX: Final = "pytorch_model.bin.index.json"
TORCH_SINGLE: Final = "pytorch_model.bin"
FLAX_INDEX: Final = "flax_model.msgpack.index.json"
FLAX_SINGLE: Final = "flax_model.msgpack"
TF_INDEX: Final = "tf_model.h5.index.json"
TF_SINGLE: Final = "tf_model.h5"
ADAPTER: Final = "adapter_model"  # how PEFT calls the file of an adapter
SHARD: Final = re.compile(
    r"(.+)-(\d{5})-of-(\d{5})(\.(?:safetensors|gguf|bin|pt|pth|msgpack|h5|pdparams))"
)
INDEX_LIMIT = 1 << 26  # bytes; the largest published index has about 10 MB

INDEXED: Final[tuple[tuple[Container, str, str], ...]] = (
    ("safetensors", INDEX, SINGLE),
    ("torch", TORCH_INDEX, TORCH_SINGLE),
    ("msgpack", FLAX_INDEX, FLAX_SINGLE),
    ("hdf5", TF_INDEX, TF_SINGLE),
)
# Those of which a folder may hold a model beside whatever else, in the order of preference.
_CONTAINERS: Final[tuple[Container, ...]] = (
    "ctranslate2", "torch", "gguf", "onnx", "msgpack", "keras", "hdf5", "paddle", "npz",
)  # fmt: skip
# What training leaves beside a model.
_NO_MODEL: Final = re.compile(
    r"(?:training_args|optimizer|scheduler|scaler|rng_state|trainer_state).*|common\.pt"
)
_META: Final = re.compile(r"consolidated\.(\d{2})\.pth")
_CONSOLIDATED: Final = "consolidated"  # the same model beside that of the hub's own layout


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
        params: The params.json of Meta and Mistral, if any.
        beside: Files of the same container that no index lists and that are not of the model.
    """

    name: str
    path: Path
    container: Container
    files: tuple[Path, ...]
    index: Mapping[str, str] | None
    config: Path | None
    tokenizer: Path | None
    params: Path | None = None
    beside: tuple[str, ...] = ()


def find_weights(path: Path) -> Folder:
    """Find the weight files of a directory, or the companions of a file.

    A directory: the files that model.safetensors.index.json names; else model.safetensors; else
    the only model in *.safetensors; else what several processes left (consolidated.NN.pth, pieces
    with .metadata, mp_rank_NN); else the same for torch, Flax and TensorFlow by their usual names;
    else the only model of one container. A hub's cache stands for its snapshot. A file: its suffix
    says its container (or its first bytes); parts of a split
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
    if path.name in (METADATA, *(index for _, index, _ in INDEXED)) and path.is_file():
        path = path.parent
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder, expected a model")
    if not path.is_dir():
        return _file(path)
    path = model_folder(path)
    name = called(path)
    found = _named(path, name, "safetensors", INDEX, SINGLE)
    if found is None and (files := _weights(path, "safetensors")):
        found = _folder(name, path, "safetensors", _only(path, "safetensors", files))
    found = found or _of_processes(path, name)
    for container, index, single in INDEXED[1:]:
        found = found or _named(path, name, container, index, single)
    return found or _only_model(path, name)


def _of_processes(path: Path, name: str) -> Folder | None:
    """What processes that trained together left, each its part."""
    meta = sorted(file for file in path.glob("consolidated.*.pth") if _META.fullmatch(file.name))
    if meta:
        numbers = [int(file.name.split(".")[1]) for file in meta]
        if numbers != list(range(len(meta))):
            raise UnreadableError(
                f"{path}: holds parts {', '.join(map(str, numbers[:8]))} of consolidated.NN.pth, "
                "expected each from 0 on; the download is incomplete"
            )
        return _folder(name, path, "meta", meta)
    if (path / METADATA).is_file() and any(path.glob("*.distcp")):
        return _folder(name, path, "distributed", (path / METADATA,))
    ranks = megatron_ranks(path)
    if ranks is None:
        return None
    found = (
        _folder(name, ranks.folder, "megatron", ranks.files) if ranks.files else _find(ranks.folder)
    )
    over = _folder(name, path, found.container, found.files)  # what describes them all
    return replace(
        found, name=name, config=found.config or over.config,
        tokenizer=found.tokenizer or over.tokenizer,
    )  # fmt: skip


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
    if not (path / single).exists():
        return None
    others = [file for file in _weights(path, container) if file.name != single]
    beside = [file.name for file in others if file.stem not in (ADAPTER, _CONSOLIDATED)]
    return replace(_folder(name, path, container, (path / single,)), beside=tuple(beside))


def _file(path: Path) -> Folder:
    container = _container(path)
    if _META.fullmatch(path.name) or container == "distributed":
        return _find(path.parent)
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
    known = CONTAINERS.get(path.suffix.lower())
    if known is None and path.is_file():
        with path.open("rb") as file:
            head = file.read(8)
        known = "gguf" if head[:4] == b"GGUF" else "hdf5" if head == HDF5 else None
    if known == "torch" and path.suffix == ".bin" and path.is_file() and is_ctranslate2(path):
        return "ctranslate2"
    return known or "safetensors"


def _only_model(path: Path, name: str) -> Folder:
    """The one model that a directory without safetensors holds."""
    for container in _CONTAINERS:
        if files := _weights(path, container):
            return _folder(name, path, container, _only(path, container, files))
    return _no_weights(path)


def _only(path: Path, container: Container, files: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files of the one model among those that no index lists.

    Raises:
        UsageError: There are several, or parts that nothing puts together.
    """
    files = _without_adapter(files)
    files = tuple(file for file in files if file.stem != _CONSOLIDATED) or files
    models = {SHARD.sub(r"\1", file.name) for file in files}
    if len(models) > 1:
        index = next((name for kind, name, _ in INDEXED if kind == container), None)
        listed = f"{path}: holds {len(models)} {container} models, {', '.join(sorted(models)[:5])}"
        if index is None:
            raise UsageError(f"{listed}; name one of the files")
        raise UsageError(
            f"{listed}, and no index that says whether they are one; name one of the files, or "
            f"write the index ({index})"
        )
    return _whole(files)


def _no_weights(path: Path) -> Never:
    raise UsageError(
        f"{path}: no weights that are read, expected .safetensors, .gguf, .onnx, .bin or .pt, or "
        f"another of docs/reference/formats.md; {found_instead(path)}"
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
        params=companion("params.json"),
    )


def _weights(path: Path, container: Container) -> tuple[Path, ...]:
    """Files of a container in a directory, by name; what training left beside is no model."""
    named = "torch" if container == "ctranslate2" else container
    suffixes = [suffix for suffix, kind in CONTAINERS.items() if kind == named]
    return tuple(
        sorted(
            file
            for suffix in suffixes
            for file in path.glob(f"*{suffix}")
            if file.is_file() and _is_model(file, container)
        )
    )


def _is_model(file: Path, container: Container) -> bool:
    if container in ("torch", "ctranslate2"):
        whole = file.suffix == ".bin" and is_ctranslate2(file)
        return whole == (container == "ctranslate2") and not _NO_MODEL.fullmatch(file.name)
    return True


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
