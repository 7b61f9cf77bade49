"""How strongly an adapter's factors count, as its configuration says.

PEFT scales a change of rank r by alpha / r, or by alpha / sqrt(r) (`use_rslora`), and takes rank
and alpha of single modules from patterns (peft/tuners/lora/layer.py: `update_layer`,
peft/utils/other.py: `get_pattern_key`).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.files import shown

__all__ = ["AT_RANDOM", "Recipe", "read_recipe"]

KINDS: Final = ("LORA", "IA3")
# What would make the merged model another one than base and factors say.
BEYOND: Final = {
    "layer_replication": "layers of the base are used several times",
    "target_parameters": "parameters that are no module's weight are changed",
    "alora_invocation_tokens": "it acts from certain tokens on only, which no merged model can",
    "arrow_config": "it is chosen among others for every token, which no merged model can be",
    "use_qalora": "its inputs are pooled before the factors",
    "use_bdlora": "its factors are block-diagonal",
    "kasa_config": "its factors are weighted by singular values",
    "monteclora_config": "its factors are drawn at random",
    "trainable_token_indices": "single rows of the embedding table are replaced",
    "megatron_config": "its layers are spread over processes",
}
# Ways of starting that leave the base as it is; the others (PiSSA, OLoRA, LoftQ, CorDA, ..) take
# their start out of it, so that base and adapter alone do not say which base is meant.
AT_RANDOM: Final = ("gaussian", "orthogonal")
HARMLESS: Final = (None, True, False, "eva", *AT_RANDOM)
PATTERN_LIMIT: Final = 200  # characters
QUANTIFIERS: Final = 2  # of a pattern; more could take forever on a name
PATTERNS: Final = 10_000


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What an adapter's configuration says of its factors.

    Attributes:
        rank: Of a change; None if not said.
        alpha: Numerator of the scale; None if not said.
        rooted: Whether it is divided by the square root of the rank (`use_rslora`).
        across: Whether the base keeps these matrices as [in, out] (`fan_in_fan_out`).
        dora: Whether every change of low rank must bring a magnitude.
        ranks: Ranks of the modules that a pattern names.
        alphas: Likewise.
    """

    rank: int | None = None
    alpha: float | None = None
    rooted: bool = False
    across: bool = False
    dora: bool = False
    ranks: Mapping[str, float] = field(default_factory=dict)
    alphas: Mapping[str, float] = field(default_factory=dict)

    def rank_of(self, module: str) -> float | None:
        """The rank that a module's change must have."""
        return _matched(self.ranks, module, self.rank)

    def scale(self, module: str, rank: int) -> float | None:
        """What the product of a module's factors is multiplied by; None if it is not said."""
        alpha = _matched(self.alphas, module, self.alpha)
        if alpha is None:
            return None
        return alpha / (math.sqrt(rank) if self.rooted else rank)


def read_recipe(config: Mapping[str, Any], *, what: str) -> Recipe:
    """Read what `adapter_config.json` says, as far as the merged weights depend on it.

    Args:
        config: The parsed object.
        what: Opens each sentence, usually the path.

    Raises:
        UnreadableError: A kind of adapter, or a way of using it, that is not merged here; or a
            number that is none.
    """
    kind = config.get("peft_type")
    if kind is not None and kind not in KINDS:
        raise UnreadableError(
            f"{what}: peft_type is {_words(kind)}, expected {' or '.join(KINDS)}; other adapters "
            "are not merged here: merge it with PEFT and give the merged model"
        )
    for key, meaning in BEYOND.items():
        if config.get(key):
            raise UnreadableError(
                f"{what}: {key} is {_words(config[key])}: {meaning}, which is not read here; merge "
                "it with PEFT, if that can be, and give the merged model"
            )
    start = config.get("init_lora_weights")
    if not any(start is one or start == one for one in HARMLESS):
        raise UnreadableError(
            f"{what}: init_lora_weights is {_words(start)}: the base was changed when training "
            "began, so that this base with these factors is another model; merge it with PEFT and "
            "give the merged model"
        )
    rank = _number(config, "r", what)
    return Recipe(
        rank=None if rank is None else int(rank),
        alpha=_number(config, "lora_alpha", what),
        rooted=config.get("use_rslora") is True,
        across=config.get("fan_in_fan_out") is True,
        dora=config.get("use_dora") is True,
        ranks=_patterns(config, "rank_pattern", what),
        alphas=_patterns(config, "alpha_pattern", what),
    )


def _number(config: Mapping[str, Any], key: str, what: str) -> float | None:
    found = config.get(key)
    if found is None:
        return None
    if type(found) not in (int, float) or not -1e30 < found < 1e30:  # also not NaN
        raise UnreadableError(f"{what}: {key} is {_words(found)}, expected a number")
    return float(found)


def _patterns(config: Mapping[str, Any], key: str, what: str) -> Mapping[str, float]:
    found = config.get(key) or {}
    if not isinstance(found, dict) or len(found) > PATTERNS:
        raise UnreadableError(f"{what}: {key} is {_words(found)}, expected patterns and numbers")
    for pattern in found:
        bare = re.sub(r"\\.|\[[^\]]*\]", "", pattern)
        repeated = re.search(r"\)[*+?{]", bare) is not None
        if (
            len(pattern) > PATTERN_LIMIT
            or repeated
            or len(re.findall(r"[*+{]", pattern)) > QUANTIFIERS
        ):
            raise UnreadableError(
                f"{what}: {key} has the pattern {_words(pattern)}, expected at most {QUANTIFIERS} "
                "repetitions and none of a group; looking for it could take forever"
            )
        try:
            re.compile(pattern)
        except (re.error, OverflowError) as error:
            raise UnreadableError(
                f"{what}: {key} has {_words(pattern)}, which is no pattern: {error}"
            ) from error
    return {pattern: _number(found, pattern, f"{what}: {key}") or 0.0 for pattern in found}


def _matched(patterns: Mapping[str, float], module: str, otherwise: float | None) -> float | None:
    """The number of the first pattern that fits the end of a module's name, as PEFT looks."""
    for pattern, number in patterns.items():
        if re.match(rf"(.*\.)?({pattern})$", module):
            return number
    return otherwise


def _words(found: object) -> str:
    return shown(f"{found!r:.80}")
