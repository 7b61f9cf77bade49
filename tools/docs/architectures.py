"""Which published configurations does an examination of architectures know, and how alike are they?

`python tools/docs/architectures.py` prints the figures of docs/methods/configuration.md.
`python tools/docs/architectures.py build LITGPT` (in an environment with transformers) writes the
file that is shipped. LITGPT is the unpacked wheel of litgpt: its `config.py` lists released
configurations with the accounts that published them. Of transformers, the defaults of classes of
causal language models are taken, whose documentation names a checkpoint and so its publisher.
"""

import importlib.util
import inspect
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any, Final, TypeAlias

from filiation.examining.architecture.released import FEWEST, nearest, shelf, strangers
from filiation.methods.architecture.configuration import agreement
from filiation.model.architecture import CHOICES
from filiation.readers.architecture.stated import stated_in_config

SHIPPED: Final = Path(__file__).parents[2] / "src/filiation/examining/architecture/released.json"
# Trained from another maker's weights: no stranger of theirs. Their own makers are in the list.
CHILDREN: Final = re.compile(
    r"garage-bAInd/.*|stabilityai/FreeWilly2|togethercomputer/.*|nvidia/Llama.*|unsloth/.*|Trelis/.*"
    r"|deepseek-ai/R1-Distill.*"
)
SAME_HOUSE: Final = {
    "codellama": "meta-llama", "facebook": "meta-llama", "FacebookAI": "meta-llama",
    "CohereForAI": "CohereLabs", "THUDM": "zai-org", "google-bert": "google",
    "ibm-fms": "ibm-granite", "ibm-ai-platform": "ibm-granite", "ibm-research": "ibm-granite",
    "openai-community": "openai",
}  # fmt: skip
ACTIVATION: Final = {
    "GptNeoxMLP": "gelu",
    "GemmaMLP": "gelu",
    "LLaMAMLP": "silu",
    "LLaMAMoE": "silu",
}
SHOWN: Final = 5  # pairs of strangers that are alike
CHECKPOINT: Final = re.compile(r'checkpoint="([\w.-]+)/([\w.-]+)"')

Entry: TypeAlias = tuple[str, str, str, tuple[str, ...]]  # name, vendor, of what, values


def released(folder: Path) -> Iterator[Entry]:
    """Configurations of released models, as litgpt lists them."""
    spec = importlib.util.spec_from_file_location("litgpt_config", folder / "litgpt" / "config.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules["litgpt_config"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for given in module.configs:
        vendor, name = given["hf_config"]["org"], given["hf_config"]["name"]
        if CHILDREN.fullmatch(f"{vendor}/{given['name']}") or CHILDREN.fullmatch(
            f"{vendor}/{name}"
        ):
            continue
        yield name, vendor, "release", _values(_as_hub(module.Config(**given)))


def _as_hub(one: Any) -> dict[str, Any]:
    """The keys that a config.json has, of litgpt's words."""
    epsilon = "rms_norm_eps" if one.norm_class_name == "RMSNorm" else "layer_norm_eps"
    return {
        "num_hidden_layers": one.n_layer, "hidden_size": one.n_embd,
        "num_attention_heads": one.n_head, "num_key_value_heads": one.n_query_groups,
        "head_dim": one.head_size, "intermediate_size": one.intermediate_size,
        "num_experts": one.n_expert, "num_experts_per_tok": one.n_expert_per_token,
        "moe_intermediate_size": one.moe_intermediate_size, "vocab_size": one.padded_vocab_size,
        "hidden_act": ACTIVATION[one.mlp_class_name], epsilon: one.norm_eps,
        "rope_theta": one.rope_base, "max_position_embeddings": one.block_size,
        "attention_bias": one.attn_bias or one.bias, "mlp_bias": one.bias,
    }  # fmt: skip


def defaults() -> Iterator[Entry]:
    """Defaults of transformers' causal language models whose documentation names a checkpoint."""
    mapping = import_module("transformers").CONFIG_MAPPING
    auto = import_module("transformers.models.auto.modeling_auto")
    for kind in sorted(auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES):
        try:
            wanted: Any = mapping[kind]
            named = CHECKPOINT.search(inspect.getsource(wanted))
            source = inspect.getsource(sys.modules[wanted.__module__]) if named is None else ""
            named = named or CHECKPOINT.search(source)
            said = wanted().to_dict()
        except Exception as error:  # noqa: BLE001 - a class that cannot be made has no defaults
            print(f"{kind}: {type(error).__name__}", file=sys.stderr)
            continue
        if named is not None and len(values := _values(said)) and sum(map(bool, values)) >= FEWEST:
            yield named[2], named[1], "defaults", values


def _values(said: Mapping[str, Any]) -> tuple[str, ...]:
    found = dict(stated_in_config(said)[0])
    return tuple(found.get(choice, "") for choice in CHOICES)


def build(folder: Path) -> None:
    """Write the shipped file: each configuration of a vendor once, with how many models have it."""
    (info,) = folder.glob("litgpt-*.dist-info")
    entries = [*released(folder), *defaults()]
    count = Counter((SAME_HOUSE.get(v, v), of, values) for _, v, of, values in entries)
    rows = []
    for name, vendor, of, values in entries:
        key = SAME_HOUSE.get(vendor, vendor), of, values
        models = count.pop(key, 0)
        if models:
            rows.append([f"{vendor}/{name}", key[0], of, models, list(values)])
    packages = {"litgpt": info.name.split("-")[1].removesuffix(".dist"),
                "transformers": import_module("transformers").__version__}  # fmt: skip
    head = json.dumps({"packages": packages, "choices": CHOICES})[:-1]
    lines = ",\n".join(json.dumps(row) for row in rows)
    SHIPPED.write_text(f'{head}, "models": [\n{lines}\n]}}\n', encoding="utf-8")


def figures() -> Iterator[str]:
    """Who is known, and how alike configurations of different vendors are."""
    known = shelf().models
    for of in ("release", "defaults"):
        rows = [one for one in known if one.of == of]
        vendors = len({one.vendor for one in rows})
        models = sum(one.models for one in rows)
        yield f"{of}: {len(rows)} configurations of {models} models, {vendors} vendors"
    yield f"packages: {', '.join(' '.join(each) for each in shelf().packages.items())}"
    yield ""
    yield "choices agree     pairs of configurations     pairs of vendors with such a pair"
    for percent in (50, 60, 70, 80, 90, 100):
        found = strangers(percent, 100, known)
        reached = f"{found.reached:14d} of {found.of}"
        yield f"{percent:4d} % or more   {found.share:15.2%} of strangers   {reached}"
    yield ""
    same = [
        (one, other)
        for one, other in combinations(known, 2)
        if one.vendor != other.vendor and _equal(*agreement(one.choices, other.choices))
    ]
    yield f"of different vendors, and all choices that both state agree: {len(same)} pairs, such as"
    yield from (f"  {one.shown} and {other.shown}" for one, other in same[:SHOWN])
    away = [nearest(one.choices, [r for r in known if r is not one], 1)[0][0] for one in known]
    other = sum(one.vendor != near.vendor for one, near in zip(known, away, strict=True))
    yield f"whose nearest other configuration is of another vendor: {other} of {len(known)}"


def _equal(agree: int, both: int) -> bool:
    return agree == both >= FEWEST


def main() -> int:
    """Print the figures, or build what is shipped."""
    if len(sys.argv) == 3 and sys.argv[1] == "build":
        build(Path(sys.argv[2]))
        return 0
    print("\n".join(figures()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
