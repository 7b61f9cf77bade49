"""Which module of the base does an adapter mean?

An adapter names modules as the class that it was trained on calls them; the base may have been
saved from a class above or below that one (`transformer.h.0` and `h.0`). One way of leaving out
first words and putting others before them must fit all modules, and no second one may.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from filiation.errors import UnreadableError
from filiation.files import shown

__all__ = ["Place", "fit_flat", "fit_modules", "hub_names"]

DROPPED: Final = 3  # first words that may be left out
MOST: Final = 3  # modules that an error names

# How llama.cpp calls what most models of a hub call so (gguf-py, gguf/tensor_mapping.py). Gains of
# norms are not among them: some converters add one to them.
GGUF: Final = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}  # fmt: skip
GGUF_ENDS: Final = {"token_embd": "model.embed_tokens", "output": "lm_head"}
GGUF_LAYER: Final = re.compile(r"blk\.(\d{1,5})\.(\w+)")

Place = Mapping[str, str]  # module of the adapter to module of the base


def fit_modules(modules: Sequence[str], known: Collection[str], *, what: str) -> Place:
    """Find the base's module for each of an adapter's.

    Args:
        modules: As the adapter writes them.
        known: Modules of the base.
        what: Opens each sentence: the adapter.

    Raises:
        UnreadableError: Some are absent, or several ways fit.
    """
    if all(module in known for module in modules):
        return {module: module for module in modules}
    first, ways = modules[0], []
    for dropped in range(DROPPED + 1):
        ending = ".".join(first.split(".")[dropped:])
        if "." not in ending:
            break
        for one in sorted(known):
            if one == ending or one.endswith(f".{ending}"):
                place = _placed(modules, dropped, one.removesuffix(ending), known)
                if place is not None and place not in ways:
                    ways.append(place)
    if len(ways) == 1:
        return ways[0]
    if ways:
        raise UnreadableError(
            f"{what}: its modules fit the base in {len(ways)} ways, {shown(first)} as "
            f"{shown(', '.join(way[first] for way in ways[:MOST]))}; which is meant is not known"
        )
    raise _absent(modules, known, what)


def hub_names(known: Collection[str]) -> Mapping[str, str]:
    """What modules of a GGUF base are called where adapters are trained, to their own names."""
    found: dict[str, str] = {}
    for module in known:
        layer = GGUF_LAYER.fullmatch(module)
        if layer is not None and layer[2] in GGUF:
            found[f"model.layers.{layer[1]}.{GGUF[layer[2]]}"] = module
    if found:
        found |= {name: own for own, name in GGUF_ENDS.items() if own in known}
    return found


def fit_flat(modules: Sequence[str], known: Collection[str], *, what: str) -> Place:
    """The same for modules in which dots became underscores.

    Raises:
        UnreadableError: Some are absent, or two modules of the base are written alike.
    """
    flat: dict[str, list[str]] = {}
    for one in known:
        flat.setdefault(one.replace(".", "_"), []).append(one)
    place: dict[str, str] = {}
    for module in modules:
        meant = flat.get(module) or [
            name for key, names in flat.items() if key.endswith(f"_{module}") for name in names
        ]
        if len(meant) > 1:
            raise UnreadableError(
                f"{what}: {shown(module)} may be {shown(' or '.join(sorted(meant)[:MOST]))}, "
                "expected one module; which is meant is not known"
            )
        if meant:
            place[module] = meant[0]
    missing = [module for module in modules if module not in place]
    if missing:
        raise _absent(missing, (), what, of=len(modules))
    return place


def _placed(
    modules: Sequence[str], dropped: int, before: str, known: Collection[str]
) -> Place | None:
    place = {module: before + ".".join(module.split(".")[dropped:]) for module in modules}
    whole = set(place.values()) <= set(known) and len(set(place.values())) == len(place)
    return place if whole else None


def _absent(
    modules: Sequence[str], known: Collection[str], what: str, of: int = 0
) -> UnreadableError:
    missing = [module for module in modules if module not in known]
    listed = shown(", ".join(missing[:MOST])) + (", .." if len(missing) > MOST else "")
    tied = (
        "; lm_head is not stored in a base whose head is tied to its embedding table"
        if all(one.endswith("lm_head") for one in missing)
        else ""
    )
    return UnreadableError(
        f"{what}: {len(missing)} of {of or len(modules)} modules that it changes are not in the "
        f"base ({listed}), expected all; it is an adapter of another model, or the base names its "
        f"modules otherwise{tied}"
    )
