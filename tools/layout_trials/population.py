"""Every class of models that transformers can build from a configuration's defaults.

A class is one `model_type` with a model of its own. Of the models that it has (for causal language
modelling, for several modalities, for masked words ..), the first that can be built is taken.
"""

import json
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final, final

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch  # type: ignore[import-not-found, unused-ignore]
import transformers  # type: ignore[import-not-found, unused-ignore]
from huggingface_hub.errors import (  # type: ignore[import-not-found, unused-ignore]
    StrictDataclassError,
)
from transformers.core_model_loading import (  # type: ignore[import-not-found, unused-ignore]
    revert_weight_conversion,
)
from transformers.models.auto import (  # type: ignore[import-not-found, unused-ignore]
    configuration_auto,
    modeling_auto,
)

from filiation.model.layout import TensorInfo

__all__ = ["LAYERS", "REFUSALS", "Built", "Kind", "built", "cap", "defaults", "infos_of", "kinds"]

KINDS: Final = (
    "CAUSAL_LM", "MULTIMODAL_LM", "IMAGE_TEXT_TO_TEXT", "SEQ_TO_SEQ_CAUSAL_LM", "MASKED_LM",
    "PRETRAINING",
)  # fmt: skip
SPOKEN: Final = ("TEXT_TO_WAVEFORM", "TEXT_TO_SPECTROGRAM")  # sound out of words
# What a class of another library's may say if it cannot be built or run as it is asked to.
REFUSALS: Final = (
    ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, OSError,
    RuntimeError, TypeError, ValueError, StrictDataclassError,
)  # fmt: skip
DEPTHS: Final = frozenset({
    "num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_encoder_layers", "depth",
    "num_decoder_layers", "encoder_layers", "decoder_layers", "vision_layers",
    "encoder_num_hidden_layers",
})  # fmt: skip
PER_LAYER: Final = frozenset({
    "layer_types", "mlp_layer_types", "block_types", "layers_block_type",
})  # fmt: skip
# What defaults leave open and a model needs.
GIVEN: Final[Mapping[str, Mapping[str, Any]]] = {
    "esm": {"vocab_size": 150, "pad_token_id": 1},
    "hunyuan_v1_dense": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128},
    "ministral": {"head_dim": 128},
    "nemotron": {"num_key_value_heads": 8, "head_dim": 128},
    "autoformer": {"prediction_length": 4},
    "informer": {"prediction_length": 4},
    "time_series_transformer": {"prediction_length": 4},
}
LAYERS: Final = 4  # of the models that are built


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One class of models.

    Attributes:
        model_type: As config.json calls it.
        classes: The names of its models, in the order in which they are tried.
        spoken: Whether it makes sound out of words.
    """

    model_type: str
    classes: tuple[str, ...]
    spoken: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """One model, of which only names and shapes exist.

    Attributes:
        kind: Of which class.
        modality: `text`, `multimodal`, or `other`.
        memory: Its tensors as the library holds them.
        files: And as it writes them (`save_pretrained`), which is what most files on a hub hold.
        config: Its config.json.
    """

    kind: Kind
    modality: str
    memory: Mapping[str, TensorInfo]
    files: Mapping[str, TensorInfo]
    config: Mapping[str, Any]


def kinds() -> Iterator[Kind]:
    """All classes, by the order of the library."""
    for word, base in modeling_auto.MODEL_MAPPING_NAMES.items():
        tried = [_mapped(kind).get(word) for kind in KINDS]
        names = [_first(found) for found in (*tried, base) if found is not None]
        yield Kind(
            model_type=word,
            classes=tuple(dict.fromkeys(names)),
            spoken=any(word in _mapped(kind) for kind in SPOKEN),
        )


def built(kind: Kind) -> Built | str:
    """The first of its models that can be built from defaults; or why none can."""
    warnings.filterwarnings("ignore")
    why = ""
    for name in kind.classes:
        for layers in (LAYERS, None):
            try:
                return _built(kind, name, layers)
            except REFUSALS as error:
                why = f"{type(error).__name__}: {error}".strip()
    return why.splitlines()[0] if why else "no model"


def _built(kind: Kind, name: str, layers: int | None) -> Built:
    config = defaults(kind)
    if layers is not None:
        cap(config, layers)
    found = getattr(transformers, name)
    with torch.device("meta"):
        model = found(config)
    held = dict(model.state_dict())
    written = revert_weight_conversion(model, held)
    told = json.loads(config.to_json_string(use_diff=False))
    return Built(
        kind=kind,
        modality=_modality(kind, found),
        memory=infos_of(held),
        files=infos_of(written),
        config={**told, "model_type": kind.model_type},
    )


def defaults(kind: Kind) -> Any:
    """The configuration of a class, as it is without a word of ours."""
    return configuration_auto.CONFIG_MAPPING[kind.model_type](**GIVEN.get(kind.model_type, {}))


def cap(config: Any, layers: int) -> None:
    """At most so many layers, in every part of a configuration."""
    for key, value in list(vars(config).items()):
        if key in DEPTHS and isinstance(value, int) and value > layers:
            setattr(config, key, layers)
        elif key.lstrip("_") in PER_LAYER and isinstance(value, list):
            setattr(config, key, value[:layers])
        elif hasattr(value, "to_dict"):
            cap(value, layers)


def _modality(kind: Kind, found: Any) -> str:
    said = getattr(found, "input_modalities", ())
    takes = {said} if isinstance(said, str) else set(said or ())
    if kind.spoken:
        return "other"
    if "text" in takes and len(takes) > 1:
        return "multimodal"
    several = any(kind.model_type in _mapped(word) for word in KINDS[1:3])
    words = found.main_input_name in ("input_ids", "decoder_input_ids")
    if words and takes <= {"text"}:
        return "text"
    return "multimodal" if several else "other"


def infos_of(tensors: Mapping[str, Any]) -> dict[str, TensorInfo]:
    """What is known of tensors without their values."""
    return {
        name: TensorInfo(
            name=name,
            dtype="F32",
            shape=tuple(tensor.shape),
            nbytes=4 * prod(tensor.shape),
        )
        for name, tensor in tensors.items()
    }


def _mapped(kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(modeling_auto, f"MODEL_FOR_{kind}_MAPPING_NAMES")
    return found


def _first(found: str | tuple[str, ...]) -> str:
    return found if isinstance(found, str) else found[0]
