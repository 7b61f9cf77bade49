"""Is this a whole model, or a part of one that would pass for a stranger?

What was kept back, left elsewhere or never gathered shares nothing with anything. A model of which
layers are missing, whose tensors are empty, or that is an adapter alone is therefore no exhibit:
its comparison would support independence for want of material.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError
from filiation.files import shown
from filiation.model.layout import BEYOND, Skipped, TensorInfo
from filiation.readers.bytes.parsing import read_object
from filiation.readers.weights.settings import CONFIG_LIMIT

__all__ = ["beyond", "must_be_whole"]

LAYER: Final = re.compile(r"(?:^|\.)(?:layers?|h|blocks?|blk)\.(\d{1,5})(?=\.)")
ADAPTED: Final = re.compile(
    r".*(?:\.|_)(?:lora_[AB]|lora_embedding_[AB]|lora_magnitude_vector|lora_(?:up|down|mid)|alpha"
    r"|dora_scale|ia3_l|hada_[wt][12](?:_[ab])?|lokr_[wt][12](?:_[ab])?|oft_[rRA]|boft_[RS]"
    r"|vera_lambda_[bd]|prompt_embeddings)(?:\..*)?|prompt_embeddings"
)
ADAPTER_CONFIG: Final = "adapter_config.json"
MOST: Final = 8  # layers that are named


def must_be_whole(
    path: Path, infos: Mapping[str, TensorInfo], names: Mapping[str, str], *, layers: int
) -> None:
    """Refuse what is no whole model.

    Args:
        path: The folder that it stands in.
        infos: Every tensor that counts.
        names: Stored name to the name that configurations speak of, where they differ.
        layers: How many its configuration says; 0 if it does not.

    Raises:
        UnreadableError: An adapter alone, tensors that are empty, or layers that are missing.
    """
    _no_adapter(path, infos)
    _not_empty(path, infos)
    _all_layers(path, [names.get(name, name) for name in infos], layers)


def beyond(
    infos: Mapping[str, TensorInfo], names: Mapping[str, str], layers: int
) -> Iterator[Skipped]:
    """Tensors of layers beyond those that the configuration speaks of: who loads it reads none.

    Asked where there is one stack alone, so that the number is known to be of it.
    """
    found = _numbered([names.get(name, name) for name in infos])
    if not layers or len(found) != 1:
        return
    for name in infos:
        at = LAYER.search(names.get(name, name))
        if at is not None and int(at[1]) >= layers:
            reason = f"{BEYOND} the {layers} layers of config.json; compared all the same"
            yield Skipped(tensor=name, reason=reason)


def _no_adapter(path: Path, infos: Mapping[str, TensorInfo]) -> None:
    adapted = sum(ADAPTED.fullmatch(name) is not None for name in infos)
    if 2 * adapted <= len(infos):
        return
    raise UnreadableError(
        f"{path}: {_adapter_words(path)}: {adapted} of {len(infos)} tensors are changes to the "
        "weights of another model, expected a whole model; give it with its base, as BASE+ADAPTER "
        "(it is merged while it is read): compared alone it would look like a stranger"
    )


def _adapter_words(path: Path) -> str:
    """What its own description says it is an adapter of."""
    described = path / ADAPTER_CONFIG
    found = read_object(described, limit=CONFIG_LIMIT) if described.is_file() else {}
    kind, base = found.get("peft_type"), found.get("base_model_name_or_path")
    told = [f"peft {kind}" if isinstance(kind, str) else "an adapter's tensor names"]
    told += [f"base {base}"] if isinstance(base, str) and base else []
    return shown(f"this is an adapter ({', '.join(told)}), not a model")


def _not_empty(path: Path, infos: Mapping[str, TensorInfo]) -> None:
    """ZeRO-3 leaves a tensor of shape [0] in place of each that it has spread over processes."""
    matrices = [name for name in infos if name.endswith("weight")] or list(infos)
    empty = [name for name in matrices if 0 in infos[name].shape]
    if 2 * len(empty) <= len(matrices):
        return
    count = "all tensors are" if len(empty) == len(matrices) else (
        f"{len(empty)} of {len(matrices)} weights are"
    )  # fmt: skip
    raise UnreadableError(
        f"{path}: {count} empty ({shown(empty[0])} has shape {list(infos[empty[0]].shape)}), "
        "expected values; DeepSpeed ZeRO-3 saves so without gathering (zero_to_fp32.py gathers): "
        "the weights are elsewhere"
    )


def _all_layers(path: Path, names: list[str], layers: int) -> None:
    """One stack must have as many layers as the configuration says; further ones are no fault."""
    found = _numbered(names)
    wanted = range(layers)
    if not found or any(numbers.issuperset(wanted) for numbers in found.values()):
        return
    stem, numbers = max(found.items(), key=lambda one: (len(one[1]), one[0]))
    missing = [n for n in wanted if n not in numbers]
    listed = ", ".join(map(str, missing[:MOST])) + (", .." if len(missing) > MOST else "")
    raise UnreadableError(
        f"{path}: its configuration says {layers} layers, the files hold "
        f"{layers - len(missing)} of them ({shown(stem)}#, without {listed}); files are "
        "missing or layers were kept back, or the configuration is of another model: compared so, "
        "what is missing would look like a stranger's"
    )


def _numbered(names: list[str]) -> dict[str, set[int]]:
    """Numbers of the layers of each stack, by what stands before them."""
    found: dict[str, set[int]] = defaultdict(set)
    for name in names:
        for at in LAYER.finditer(name):
            found[name[: at.start(1)]].add(int(at[1]))
    return found
