"""Which model is meant, and is it there? Asked before anything heavy is imported.

A model is named PATH or NAME=PATH, a base with adapters BASE+ADAPTER, recorded answers also
PATH#MODEL. A path that exists and holds an equals sign is a path; a name holds neither '/' nor '#',
so that a mistyped path stays one. In place of a path an address may stand (hf://, https://, s3://);
whether something lies there is asked when it is read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

from filiation.errors import UnreadableError, UsageError
from filiation.readers.remote.address import is_address, read_address, shown_spec
from filiation.readers.weights.adapters.spelling import JOIN, joined
from filiation.readers.weights.whereabouts import archive_of

if TYPE_CHECKING:
    from filiation.readers.reader import Taken

__all__ = [
    *("Named", "Sided", "free", "missing_model", "model_named", "models_named", "present"),
    *("present_at", "sided"),
]

LONGEST: Final = 200  # characters of a name
HUB: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
FILES: Final = (
    *(".safetensors", ".gguf", ".onnx", ".bin", ".pt", ".pth", ".ckpt", ".sketch", ".h5", ".keras"),
    *(".msgpack", ".npz", ".pdparams", ".whl", ".tar", ".tgz"),
    *(".json", ".jsonl", ".csv", ".tsv", ".eval", ".gz", ".zip", ".toml"),
)
A_MODEL: Final = "a model or recorded answers"
MATERIAL: Final = "further material of the model"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A model as it was named.

    Attributes:
        name: What reports are to call it; empty: by its own name.
        spec: Where it is: a path, PATH#MODEL, or an address.
    """

    spec: str
    name: str = ""

    @property
    def path(self) -> Path:
        """Where it is, of a model of this machine that is no recording."""
        return Path(self.spec)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sided:
    """What a person names for one side: a model, and further materials of it.

    Attributes:
        spec: A path, a path with `#MODEL`, or a material that was read before.
        beside: Further materials of the same model, likewise.
        name: What it is called; empty for the name that its first material has.
    """

    spec: "str | Taken"
    beside: "tuple[str | Taken, ...]" = ()
    name: str = ""


def model_named(given: str | Path, expected: str = A_MODEL, *, here: bool = False) -> Named:
    """Read PATH or NAME=PATH of a model that is there.

    Args:
        given: As the user wrote it.
        expected: What should lie there, in words.
        here: Whether it must lie on this machine.

    Raises:
        UsageError: Nothing is there, or the name is empty or cannot be printed.
    """
    text = str(given)
    name, equals, spec = text.partition("=")
    if not equals or _there(text) or set(name) & set("/#"):
        name, spec = "", text
    elif not name.strip() or len(name) > LONGEST or not name.isprintable():
        raise UsageError(
            f"{text}: found the name {name!r}, expected NAME=PATH with a name of 1 to {LONGEST} "
            "printable characters"
        )
    elif not spec:
        raise UsageError(f"{text}: nothing after '=', expected NAME=PATH")
    if is_address(spec) and not here:
        read_address(spec)
    elif not _there(spec):
        raise missing_model(spec, expected)
    return Named(spec=spec, name=name.strip())


def models_named(
    given: Sequence[str | Path], expected: str = A_MODEL, *, here: bool = False
) -> tuple[Named, ...]:
    """Read several models; two of them cannot be given one name.

    Raises:
        UsageError: Nothing is there, or a name is empty or given twice.
    """
    found = tuple(model_named(one, expected, here=here) for one in given)
    names = [one.name for one in found if one.name]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{name}: given to {names.count(name)} models, expected one of a name")
    return found


def missing_model(spec: str, expected: str = A_MODEL) -> UsageError:
    """The error for a model that is not on this machine: how to fetch it, or what was expected."""
    lies = read_address(spec) if is_address(spec) else None
    hub = lies is not None and lies.scheme == "hf"
    name = lies.host if lies is not None and hub else spec
    fetch = f"`hf download {name} --local-dir {name.rpartition('/')[2]}`, then pass that folder"
    if lies is not None:
        how = fetch if hub else "download it, pass the file"
        return UsageError(
            f"{shown_spec(spec)}: an address, expected {expected} on this machine; {how}"
        )
    if HUB.fullmatch(spec) and _like_a_hub_name(spec):
        return UsageError(
            f"{spec}: there is no such file or folder, expected {expected}; if it is a name on the "
            f"Hugging Face hub, pass hf://{spec} where weights are meant, or run {fetch}"
        )
    parts = [Path(part) for part in spec.split(JOIN)]
    gone = [part for part in parts if not _there(str(part))]
    if JOIN in spec and 0 < len(gone) < len(parts):
        return UsageError(
            f"{gone[0]}: there is no such file or folder, expected a part of {spec}: a base, and "
            f"adapters after {JOIN}"
        )
    return _missing(Path(spec.partition("#")[0] or spec), expected)


def sided(given: str, beside: Sequence[str] = ()) -> Sided:
    """Read a side: NAME=PATH of a model, and the paths of its further materials.

    Raises:
        UsageError: Nothing is there, or a further material has a name of its own.
    """
    named = model_named(given)
    others = [model_named(one, MATERIAL) for one in beside]
    for text, other in zip(beside, others, strict=True):
        if other.name:
            raise UsageError(
                f"{text}: found the name {other.name!r}, expected a path; further material goes by "
                "the name of its model"
            )
    return Sided(spec=named.spec, beside=tuple(one.spec for one in others), name=named.name)


def present(path: Path, expected: str) -> Path:
    """The path itself, if something is there.

    Raises:
        UsageError: Nothing is there; what was expected, and what is called almost so.
    """
    if not path.exists():
        raise _missing(path, expected)
    return path


def present_at(paths: Sequence[tuple[Path | None, str]]) -> None:
    """Refuse the first path at which nothing is; one that was not given is none.

    Raises:
        UsageError: What was expected there.
    """
    for path, expected in paths:
        if path is not None:
            present(path, expected)


def free(out: Path, why: str = "nothing is overwritten") -> Path:
    """The path itself, if a file of that name can be made.

    Raises:
        UsageError: Something is there already, or its folder is not.
    """
    if out.exists():
        raise UsageError(f"{out}: exists; {why}, choose another name")
    if not out.parent.is_dir():
        raise UsageError(f"{out.parent}: no such folder, expected the one to write {out.name} into")
    return out


def _there(spec: str) -> bool:
    """Is there such a path, or one before a '#', or one into an archive?"""
    cuts = [at for at, letter in enumerate(spec) if letter == "#" and at]
    try:
        found = any(Path(spec[:at]).exists() for at in (len(spec), *cuts))
        return found or archive_of(Path(spec)) is not None or len(joined(Path(spec))) > 1
    except (OSError, ValueError, UnreadableError):  # too long for a name, or a null byte in it
        return False


def _like_a_hub_name(spec: str) -> bool:
    owner = spec.partition("/")[0]
    return not spec.lower().endswith(FILES) and not Path(owner).exists()


def _missing(path: Path, expected: str) -> UsageError:
    close = "".join(f"; close to it is {name}" for name in _close(path))
    return UsageError(f"{path}: there is no such file or folder, expected {expected}{close}")


def _close(path: Path) -> Iterator[Path]:
    """What lies in the same folder under the most similar name."""
    import difflib

    try:
        names = sorted(entry.name for entry in path.parent.iterdir())[:5000]
    except OSError:
        return
    for name in difflib.get_close_matches(path.name, names, n=1, cutoff=0.7):
        yield path.with_name(name)
