"""What the name of an adapter's tensor says: of which module, and which part of its change.

PEFT writes `base_model.model.MODULE.lora_A.weight` (peft/utils/save_and_load.py), Kohya
`lora_unet_MODULE_WITH_UNDERSCORES.lora_down.weight` (sd-scripts, networks/lora.py), Diffusers
`unet.MODULE.lora.down.weight` and `unet.MODULE.processor.to_q_lora.down.weight` in older files
(diffusers/loaders/lora_conversion_utils.py), and PEFT's parts without its prefix in newer ones.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

__all__ = ["PEFT", "Naming", "Part", "TensorName", "read_name"]

Part: TypeAlias = Literal["down", "up", "row-down", "row-up", "magnitude", "rescale", "alpha",
                          "bias", "whole"]  # fmt: skip
Naming: TypeAlias = Literal["peft", "kohya", "diffusers"]

PEFT: Final = "base_model.model."
KOHYA: Final = re.compile(
    r"(lora_(?:unet|te\d?|transformer|prior(?:_unet|_te)?))_([^.]+)"
    r"\.(?:(lora_down|lora_up)\.weight|(alpha))"
)
ENDINGS: Final[tuple[tuple[str, Part], ...]] = (
    (r"lora_A(?:\.\w+)?\.weight", "down"),
    (r"lora_B(?:\.\w+)?\.weight", "up"),
    (r"lora_B(?:\.\w+)?\.bias", "bias"),
    (r"lora_embedding_A(?:\.\w+)?", "row-down"),
    (r"lora_embedding_B(?:\.\w+)?", "row-up"),
    (r"lora_magnitude_vector(?:\.\w+)?(?:\.weight)?", "magnitude"),
    (r"ia3_l(?:\.\w+)?", "rescale"),
    (r"(?:lora|lora_linear_layer)\.down\.weight", "down"),
    (r"(?:lora|lora_linear_layer)\.up\.weight", "up"),
    (r"(?:lora\.|lora_linear_layer\.)?alpha", "alpha"),
)
PARTS: Final = tuple((re.compile(rf"(.+)\.{ending}"), part) for ending, part in ENDINGS)
PROCESSOR: Final = re.compile(r"(.+)\.processor\.to_(q|k|v|out)_lora\.(down|up)\.weight")
# A tensor that stands for the base's own: `modules_to_save`, or a bias that was trained along.
SAVED: Final = re.compile(r"(.+?)(?:\.modules_to_save(?:\.\w+)?|\.base_layer)?\.(weight|bias)")
COMPONENTS: Final = frozenset(
    {"unet", "text_encoder", "text_encoder_2", "text_encoder_3", "transformer", "prior"}
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TensorName:
    """What a name says.

    Attributes:
        component: The part of a pipeline whose modules these are; empty where there is one model.
        module: As the naming writes it: with dots, or (`kohya`) with underscores in their place.
        part: Of its change; `whole`: the module's own tensor, `module` then with its last word.
        naming: Whose it is.
    """

    component: str
    module: str
    part: Part
    naming: Naming


def read_name(name: str) -> TensorName | None:
    """Read the name of a tensor; None if it is of no naming that is known."""
    kohya = KOHYA.fullmatch(name)
    if kohya is not None:
        parts: dict[str | None, Part] = {"lora_down": "down", "lora_up": "up", None: "alpha"}
        return TensorName(component=kohya[1], module=kohya[2], part=parts[kohya[3]], naming="kohya")
    ours = name.startswith(PEFT)
    bare = name.removeprefix(PEFT)
    old = PROCESSOR.fullmatch(bare)
    if old is not None:
        place = f"{old[1]}.to_{old[2]}{'.0' if old[2] == 'out' else ''}"
        return _of_pipeline(place, "down" if old[3] == "down" else "up")
    for pattern, part in PARTS:
        found = pattern.fullmatch(bare)
        if found is not None:
            module = found[1].removesuffix(".base_layer")
            if ours:
                return TensorName(component="", module=module, part=part, naming="peft")
            return _of_pipeline(module, part)
    saved = SAVED.fullmatch(bare)
    if ours and saved is not None and "lora_" not in bare:
        module = f"{saved[1]}.{saved[2]}"
        return TensorName(component="", module=module, part="whole", naming="peft")
    return None


def _of_pipeline(place: str, part: Part) -> TensorName:
    first, _, rest = place.partition(".")
    component, module = (first, rest) if first in COMPONENTS else ("", place)
    return TensorName(component=component, module=module, part=part, naming="diffusers")
