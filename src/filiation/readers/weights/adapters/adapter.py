"""An adapter: factors of changes to the weights of another model, as its files hold them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UnreadableError, UsageError
from filiation.files import shown
from filiation.readers.bytes.blocks import row_values
from filiation.readers.bytes.digests import digest_of_tensors, sha256_of, sha256_of_bytes
from filiation.readers.bytes.dtypes import which_not_finite
from filiation.readers.bytes.parsing import parse_object, read_object
from filiation.readers.bytes.safetensors import metadata_of, open_weights
from filiation.readers.weights.adapters.naming import Naming, Part, read_name
from filiation.readers.weights.adapters.recipe import AT_RANDOM, Recipe, read_recipe
from filiation.readers.weights.folder import find_weights
from filiation.readers.weights.packed.packing import FLOATS, Held
from filiation.readers.weights.settings import CONFIG_LIMIT

__all__ = ["ADAPTER_CONFIG", "Adapter", "Change", "adapter_beside", "held_in", "open_adapter"]

ADAPTER_CONFIG: Final = "adapter_config.json"
FILES: Final = tuple(
    f"{stem}{suffix}"
    for stem in ("adapter_model", "pytorch_lora_weights")
    for suffix in (".safetensors", ".bin")
)
KOHYA_BASE: Final = ("ss_base_model", "ss_sd_model_name", "ss_sd_model_hash")
DIFFUSERS_RECIPE: Final = "lora_adapter_metadata"
MOST: Final = 3  # tensors that an error names


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that an adapter holds for one module.

    Attributes:
        component: The part of a pipeline that it belongs to; empty where there is one model.
        module: As the adapter's naming writes it.
        parts: The tensors.
    """

    component: str
    module: str
    parts: Mapping[Part, Held]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """What the files of an adapter hold.

    Attributes:
        name: Of its folder, or the stem of its file.
        path: As it was named.
        digest: SHA-256 (hex) over names, dtypes, shapes and digests of its tensors.
        config_digest: SHA-256 (hex) of its adapter_config.json; empty without one.
        naming: Whose names its tensors have.
        declared: What it says to be an adapter of; empty if it says nothing.
        start: How its factors began, where that was not at random; empty if it does not say so.
        config: What its adapter_config.json holds; empty without one.
        metadata: What its file says of itself.
        changes: By component and module.
        folder: Where it lies.
    """

    name: str
    path: Path
    digest: str
    config_digest: str
    naming: Naming
    declared: str
    start: str
    config: Mapping[str, Any]
    metadata: Mapping[str, str]
    changes: Sequence[Change]
    folder: Path

    def recipes(self) -> Mapping[str, Recipe]:
        """How strongly its factors count, by component.

        Raises:
            UnreadableError: It does not say so, or is of a kind that is not merged.
        """
        if self.config:
            return {"": read_recipe(self.config, what=str(self.folder / ADAPTER_CONFIG))}
        if self.naming == "peft":
            raise UnreadableError(
                f"{self.path}: no {ADAPTER_CONFIG} beside it, expected one; without its lora_alpha "
                "nobody knows how strongly the factors count"
            )
        told = self.metadata.get(DIFFUSERS_RECIPE)
        if told is None:
            return {}
        what = f"{self.path}: {DIFFUSERS_RECIPE}"
        return dict(_by_component(parse_object(told.encode(), what=what), what))


def open_adapter(path: Path) -> Adapter:
    """Open a folder or a file that holds an adapter.

    Raises:
        UsageError: Nothing is there, or a whole model is.
        UnreadableError: Damaged, not finite, of a kind that is not merged, or with tensors that no
            known naming has.
    """
    files = _files(path)
    folder = files[0].parent
    held = [one for file in files for one in held_in(file)]
    names = [one.info.name for one in held]
    if len(set(names)) < len(names):
        raise UnreadableError(f"{path}: a tensor stands in several of its files, expected it once")
    changes, naming = _changes(path, held)
    described = folder / ADAPTER_CONFIG
    config = read_object(described, limit=CONFIG_LIMIT) if described.is_file() else {}
    metadata = metadata_of(files[0]) if files[0].suffix == ".safetensors" else {}
    return Adapter(
        name=path.resolve().name if path.is_dir() else path.stem,
        path=path,
        digest=digest_of_tensors([one.info for one in held], map(_checked, held)),
        config_digest=sha256_of(described) if described.is_file() else "",
        naming=naming,
        declared=_declared(config, metadata),
        start=_start(config),
        config=config,
        metadata=metadata,
        changes=changes,
        folder=folder,
    )


def adapter_beside(folder: Path, files: Sequence[Path]) -> str | None:
    """The file of an adapter that lies in the folder of a model and is none of its files."""
    beside = (name for name in FILES if (folder / name).is_file() and folder / name not in files)
    return next(beside, None)


def _files(path: Path) -> Sequence[Path]:
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder, expected an adapter")
    if not path.is_dir():
        return [path]
    usual = next((path / name for name in FILES if (path / name).is_file()), None)
    return [usual] if usual is not None else find_weights(path).files


def held_in(path: Path) -> Sequence[Held]:
    """The tensors of one file of an adapter.

    Raises:
        UnreadableError: A GGUF file, damaged, or tensors that do not lie in order.
    """
    if path.suffix.lower() == ".gguf":
        raise UnreadableError(
            f"{path}: a GGUF file, expected an adapter in safetensors or torch; adapters of "
            "llama.cpp are not read: give the one that it was converted from, with its own base"
        )
    if path.suffix.lower() not in (".bin", ".pt", ".pth", ".ckpt"):
        file = open_weights(path)
        return [Held(source=file, entry=entry) for entry in file.entries]
    from filiation.readers.bytes.torch_archive import open_torch  # few adapters lie so

    torch = open_torch(path)
    if torch.transposed or torch.unexamined:
        first = sorted({*torch.transposed, *torch.unexamined})[0]
        raise UnreadableError(
            f"{path}: {shown(first)} does not lie in order, expected an adapter's factors as they "
            "are saved; it is not read"
        )
    return [Held(source=source, entry=entry) for source, entry in torch.places.values()]


def _changes(path: Path, held: Sequence[Held]) -> tuple[Sequence[Change], Naming]:
    read = {one.info.name: read_name(one.info.name) for one in held}
    named = {name: found for name, found in read.items() if found is not None}
    if not any(found.part not in ("whole", "alpha") for found in named.values()):
        raise UsageError(
            f"{path}: {len(held)} tensors, none of them a factor of an adapter that is read (LoRA, "
            "DoRA, IA3 in the names of PEFT, Kohya or Diffusers), expected an adapter after '+'; "
            f"the first is {shown(held[0].info.name) if held else 'none'}"
        )
    unread = sorted(set(read) - set(named))
    if unread:
        raise UnreadableError(
            f"{path}: {len(unread)} of {len(held)} tensors are in no naming of adapters that is "
            f"read ({_listed(unread)}); without them the merged model would be another: merge it "
            "with the program that made it and give the merged model"
        )
    if len({found.naming for found in named.values()}) > 1:
        raise UnreadableError(f"{path}: tensors in the names of several programs, expected one's")
    found: dict[tuple[str, str], dict[Part, Held]] = {}
    for one in held:
        told = named[one.info.name]
        parts = found.setdefault((told.component, told.module), {})
        if told.part in parts:
            raise UnreadableError(
                f"{path}: {shown(one.info.name)} and {shown(parts[told.part].info.name)} are the "
                "same part of one change, expected it once"
            )
        parts[told.part] = one
    changes = [Change(component=c, module=m, parts=parts) for (c, m), parts in found.items()]
    return changes, next(iter(named.values())).naming


def _checked(held: Held) -> str:
    """SHA-256 (hex) of a tensor's bytes, if it holds numbers and all of them are finite.

    Raises:
        UnreadableError: It does not.
    """
    info = held.info
    if info.dtype not in (*FLOATS, "F64") or not info.nbytes:
        raise UnreadableError(
            f"{held.source.path}: {shown(info.name)} is {info.dtype} {list(info.shape)}, expected "
            "numbers in half, single or double precision"
        )
    raw = held.source.view(held.entry.start, held.entry.start + info.nbytes)
    bad = which_not_finite(info.dtype, raw)
    if bad.size:
        raise UnreadableError(
            f"{held.source.path}: {shown(info.name)} holds {bad.size} values that are not finite "
            f"(first in row {int(bad[0]) // max(1, row_values(info))}), expected none; the adapter "
            "is damaged"
        )
    return sha256_of_bytes(raw)


def _declared(config: Mapping[str, Any], metadata: Mapping[str, str]) -> str:
    """What an adapter says to be one of."""
    base = config.get("base_model_name_or_path")
    told = [base] if isinstance(base, str) else [metadata.get(key, "") for key in KOHYA_BASE]
    return shown(next((one for one in told if one and one != "None"), "")[:300])


def _start(config: Mapping[str, Any]) -> str:
    """A way of beginning that takes the factors out of the base or the data."""
    found = config.get("init_lora_weights")
    return shown(found[:40]) if isinstance(found, str) and found not in AT_RANDOM else ""


def _by_component(told: Mapping[str, Any], what: str) -> Iterator[tuple[str, Recipe]]:
    """Diffusers writes `unet.lora_alpha` and the like in one flat object."""
    components = {key.partition(".")[0] for key in told}
    for component in sorted(components):
        own = {
            key.partition(".")[2]: value
            for key, value in told.items()
            if key.startswith(f"{component}.")
        }
        yield component, read_recipe(own, what=what)


def _listed(names: Sequence[str]) -> str:
    return shown(", ".join(names[:MOST])) + (", .." if len(names) > MOST else "")
