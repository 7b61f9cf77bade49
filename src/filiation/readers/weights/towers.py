"""Which tensors does a checkpoint itself call a tower, or the projector between tower and body?

Told by names (a part of the path, as LLaVA, Qwen-VL, PaliGemma, Llama 4 and Mllama, Idefics,
InternVL, Gemma 3, Phi-3 V, Qwen-Audio, Voxtral and llama.cpp's mmproj write them) and, where no
name says it, by the sub-sections of config.json. Both are the maker's words: they name what is
read and never decide whether it is read.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from filiation.model.layout import Layer, TensorInfo, Tower, UnitMatrix
from filiation.readers.weights.settings import Section

__all__ = ["by_name", "called_towers", "projectors"]

NAMES: Final[tuple[tuple[Tower, re.Pattern[str]], ...]] = (
    (
        "projector",
        re.compile(
            r"(?:multi_modal|multimodal|mm|vision|visual|audio|speech|image)_?projector"
            r"|(?:mm|patch|vision|visual)?_?merger|deepstack_merger_list|mm_projector|projector"
            r"|mlp1|connector|aligner|img_projection|modality_projection|audio_projection"
            r"|(?:perceiver_|vision_)?resampler|embed_vision|embed_audio|mm"
        ),
    ),
    (
        "vision",
        re.compile(
            r"vision_(?:tower|model|encoder|backbone|transformer)|visual|visual_(?:encoder|model)"
            r"|vision|image_(?:encoder|tower|newline)|img_processor|vit|vpm|clip|siglip"
            r"|vision_tower_\w+|v"
        ),
    ),
    (
        "audio",
        re.compile(
            r"audio_(?:tower|model|encoder)|speech_(?:encoder|tower|model)|whisper(?:_model)?"
            r"|audio|audio_embed|apm|a"
        ),
    ),
)
FIRST: Final = frozenset({"v", "a", "mm", "mlp1"})  # say so only where a name begins with them
SPAN: Final = 2  # matrices that make a projector's hidden units


def called_towers(
    tensors: Iterable[TensorInfo],
    sections: Mapping[Tower, Section],
    stacks: Mapping[str, tuple[int, int]],
) -> dict[str, Tower]:
    """What the names of a tower's tensors begin with, and what it is called; sorted.

    Args:
        tensors: All tensors.
        sections: Width and depth that config.json gives for towers.
        stacks: Width and depth of the stacks of layers that were laid out, by what stands before
            the number of their layers.
    """
    found: dict[str, Tower] = {}
    for info in tensors:
        told = by_name(info.name)
        if told is not None:
            found.setdefault(*told)
    named = set(found.values())
    for stack, size in stacks.items():
        if any(f"{stack}.".startswith(f"{root}.") for root in found):
            continue
        fits = [t for t, section in sections.items() if section[:2] == size and t not in named]
        if stack and len(fits) == 1:
            found[stack] = fits[0]
    return dict(sorted(found.items()))


def by_name(name: str) -> tuple[str, Tower] | None:
    """A name up to where it says what it belongs to, and what that is; projectors before towers."""
    parts = name.split(".")
    found = [
        (tower != "projector", n, tower)
        for n, part in enumerate(parts)
        if (tower := _called(part)) is not None and (n == 0 or part not in FIRST)
    ]
    if not found:
        return None
    _, n, tower = min(found)
    return ".".join(parts[: n + 1]), tower


@lru_cache(maxsize=4096)
def _called(part: str) -> Tower | None:
    """What one part of a name says; cached, since experts have very many names of few parts."""
    return next((tower for tower, pattern in NAMES if pattern.fullmatch(part)), None)


def projectors(
    towers: Mapping[str, Tower], tensors: Mapping[str, TensorInfo], used: set[str]
) -> Iterator[Layer]:
    """The hidden units of projectors of two matrices, one that reads them and one that writes.

    What reads is as wide as the tower (or several of its rows together), what writes as the body;
    so the two matrices of such a layer need not be of one width.

    Args:
        towers: As `called_towers` finds them.
        tensors: Those that hold readable weights, by name.
        used: Tensors that a layer has already.
    """
    roots = [root for root, tower in towers.items() if tower == "projector"]
    matrices = defaultdict[str, list[TensorInfo]](list)
    for name, info in sorted(tensors.items()):
        root = next((root for root in roots if name.startswith(f"{root}.")), None)
        if (
            root is not None
            and name not in used
            and len(info.shape) == SPAN
            and min(info.shape) > 1
        ):
            matrices[_one_of(root, name)].append(info)
    for label, found in sorted(matrices.items()):
        if len(found) == SPAN and found[0].shape[0] == found[1].shape[1]:
            yield Layer(label=label, matrices=(_side(found[0], "reads"), _side(found[1], "writes")))


def _one_of(root: str, name: str) -> str:
    """`deepstack_merger_list.1` where a list of them stands under one name, else its number 0."""
    first = name.removeprefix(f"{root}.").split(".")
    listed = root.endswith("_list") and first[0].isascii() and first[0].isdigit()
    return f"{root}.{first[0] if listed else 0}"


def _side(info: TensorInfo, side: str) -> UnitMatrix:
    reads = side == "reads"
    return UnitMatrix(
        role="mlp.up" if reads else "mlp.down",
        tensor=info.name,
        unit_axis=0 if reads else 1,
        start=0,
        units=info.shape[0 if reads else 1],
        width=info.shape[1 if reads else 0],
        side="reads" if reads else "writes",
    )
