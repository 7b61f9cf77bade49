"""Small bases and adapters of them, written as PEFT writes them."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from builders import Array, Stored, f32, llama, write_folder, write_safetensors
from filiation.model.adapter import AdapterSketch
from filiation.readers.weights.adapters.alone import take_adapter_sketch

PEFT = "base_model.model."
LINEAR = ("self_attn.q_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.up_proj",
          "mlp.down_proj")  # fmt: skip
LLAMA: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8,
    "intermediate_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 1, "vocab_size": 16, "tie_word_embeddings": False,
}  # fmt: skip
GPT2: dict[str, Any] = {
    "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_embd": 8, "n_layer": 1,
    "n_head": 2, "vocab_size": 16, "n_positions": 8,
}  # fmt: skip


def llama_base(*, bias: bool = False, tied: bool = False) -> dict[str, Stored]:
    """Two layers of eight axes, if wanted with biases beside q, k, v, o and all of the MLP."""
    toy = llama(layers=2, width=8, hidden=12, vocabulary=16, tied=tied)
    if bias:
        linear = [n for n in toy if ".self_attn." in n or ".mlp." in n]
        toy |= {n.replace("weight", "bias"): f32(toy[n][1].shape[0], seed=9) for n in linear}
    return toy


def gpt2_base() -> dict[str, Stored]:
    """One layer whose matrices lie [in, out]."""
    at = "transformer.h.0."
    shapes: dict[str, tuple[int, ...]] = {
        "transformer.wte.weight": (16, 8), "transformer.wpe.weight": (8, 8),
        at + "attn.c_attn.weight": (8, 24), at + "attn.c_attn.bias": (24,),
        at + "attn.c_proj.weight": (8, 8), at + "attn.c_proj.bias": (8,),
        at + "mlp.c_fc.weight": (8, 32), at + "mlp.c_fc.bias": (32,),
        at + "mlp.c_proj.weight": (32, 8), at + "mlp.c_proj.bias": (8,),
        **{f"{at}{n}.{part}": (8,) for n in ("ln_1", "ln_2") for part in ("weight", "bias")},
        "transformer.ln_f.weight": (8,), "transformer.ln_f.bias": (8,),
    }  # fmt: skip
    return {name: f32(*shape, seed=n) for n, (name, shape) in enumerate(shapes.items())}


def factors(
    base: Mapping[str, Stored],
    modules: Mapping[str, int],
    *,
    across: bool = False,
    magnitudes: bool = False,
    seed: int = 0,
) -> dict[str, Stored]:
    """Two factors for each module (name to rank), if wanted with lengths for its outputs."""
    rng = np.random.default_rng([seed, 77])
    found: dict[str, Stored] = {}
    for module, rank in modules.items():
        rows, columns = base[f"{module}.weight"][1].shape
        table = module.endswith(("embed_tokens", "wte"))
        out, into = (columns, rows) if across or table else (rows, columns)
        down, up = rng.standard_normal((rank, into)), rng.standard_normal((out, rank))
        names = ("lora_embedding_A", "lora_embedding_B") if table else (
            "lora_A.weight", "lora_B.weight"
        )  # fmt: skip
        for name, factor in zip(names, (down, up), strict=True):
            found[f"{PEFT}{module}.{name}"] = "F32", factor.astype("<f4")
        if magnitudes:
            lengths = np.asarray(rng.uniform(2, 3, (out,)), dtype="<f4")
            found[f"{PEFT}{module}.lora_magnitude_vector"] = "F32", lengths
    return found


def every(rank: int, *, layers: int = 2, ends: tuple[str, ...] = LINEAR) -> dict[str, int]:
    """Modules of all layers of `llama_base`, with one rank."""
    return {f"model.layers.{n}.{end}": rank for n in range(layers) for end in ends}


def scales(modules: Mapping[str, tuple[int, ...]], seed: int = 0) -> dict[str, Stored]:
    """(IA)3: factors [out, 1] or [1, in] for each module."""
    rng = np.random.default_rng([seed, 78])
    return {
        f"{PEFT}{module}.ia3_l": ("F32", (0.5 + rng.random(shape)).astype("<f4"))
        for module, shape in modules.items()
    }


def write_adapter(folder: Path, tensors: Mapping[str, Stored], **config: Any) -> Path:
    """A folder as PEFT writes it; without a configuration if `config` is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "adapter_model.safetensors", tensors)
    if config:
        (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", **config}))
    return folder


def written(folder: Path, base: Mapping[str, Stored], config: Mapping[str, Any]) -> Path:
    """A base's folder."""
    return write_folder(folder, base, config=dict(config))


def case(name: str) -> tuple[dict[str, Stored], dict[str, Any], dict[str, Stored], dict[str, Any]]:
    """One way of adapting: base and its config.json, adapter and its adapter_config.json."""
    targets = sorted({end.rpartition(".")[2] for end in LINEAR})
    lora: dict[str, Any] = {"r": 4, "lora_alpha": 6, "target_modules": targets}
    plain, gpt2 = llama_base(), gpt2_base()
    crossed = {f"transformer.h.0.{end}": 4 for end in ("attn.c_attn", "attn.c_proj", "mlp.c_fc")}
    across = {**lora, "target_modules": ["c_attn", "attn.c_proj", "c_fc"], "fan_in_fan_out": True}
    head = {f"{PEFT}lm_head.weight": f32(16, 8, seed=50)}
    match name:
        case "lora" | "rslora":
            rooted = {"use_rslora": name == "rslora"}
            return plain, LLAMA, factors(plain, every(4)), {**lora, **rooted}
        case "patterns":
            ranks = {m: 2 if "q_proj" in m else r for m, r in every(4).items()}
            ranks["model.layers.0.self_attn.v_proj"] = 7
            told = {"q_proj": 2, "^model.layers.0.self_attn.v_proj": 7}
            alphas = {r"layers\.1\..*": 3}
            given = {**lora, "rank_pattern": told, "alpha_pattern": alphas}
            return plain, LLAMA, factors(plain, ranks), given
        case "dora":
            made = factors(plain, every(4), magnitudes=True)
            return plain, LLAMA, made, {**lora, "use_dora": True}
        case "table" | "table-dora":
            some = {"model.embed_tokens": 4, "model.layers.0.self_attn.q_proj": 4}
            dora = name == "table-dora"
            made = factors(plain, some, magnitudes=dora)
            given = {**lora, "target_modules": ["embed_tokens", "layers.0.self_attn.q_proj"]}
            return plain, LLAMA, made, {**given, "use_dora": dora}
        case "saved" | "untied":
            tied = llama_base(tied=True) if name == "untied" else plain
            config = {**LLAMA, "tie_word_embeddings": name == "untied"}
            return tied, config, {**factors(plain, every(4)), **head}, {
                **lora, "modules_to_save": ["lm_head"]
            }  # fmt: skip
        case "bias":
            base = llama_base(bias=True)
            biases = [n for n in base if n.endswith("q_proj.bias")]
            made = factors(base, every(4)) | {
                f"{PEFT}{n[:-4]}base_layer.bias": f32(8, seed=60) for n in biases
            }
            config = {**LLAMA, "attention_bias": True, "mlp_bias": True}
            return base, config, made, {**lora, "bias": "all"}
        case "lora-bias":
            base, modules = llama_base(bias=True), every(4, ends=("self_attn.q_proj",))
            made = factors(base, modules)
            made |= {f"{PEFT}{m}.lora_B.bias": f32(8, seed=61) for m in modules}
            config = {**LLAMA, "attention_bias": True, "mlp_bias": True}
            return base, config, made, {**lora, "target_modules": ["q_proj"], "lora_bias": True}
        case "across" | "across-dora":
            dora = name == "across-dora"
            made = factors(gpt2, crossed, across=True, magnitudes=dora)
            return gpt2, GPT2, made, {**across, "use_dora": dora}
        case "ia3":
            base = llama_base(bias=True)
            shapes = {f"model.layers.{n}.self_attn.k_proj": (4, 1) for n in range(2)}
            shapes |= {f"model.layers.{n}.mlp.down_proj": (1, 12) for n in range(2)}
            config = {**LLAMA, "attention_bias": True, "mlp_bias": True}
            given = {"peft_type": "IA3", "target_modules": ["k_proj", "down_proj"],
                     "feedforward_modules": ["down_proj"]}  # fmt: skip
            return base, config, scales(shapes), given
        case "ia3-across":
            at = "transformer.h.0."
            shapes = {f"{at}attn.c_attn": (24, 1), f"{at}mlp.c_proj": (1, 32)}
            given = {"peft_type": "IA3", "target_modules": ["c_attn", "mlp.c_proj"],
                     "feedforward_modules": ["mlp.c_proj"], "fan_in_fan_out": True}  # fmt: skip
            return gpt2, GPT2, scales(shapes), given
    raise ValueError(name)


CASES = ("lora", "rslora", "patterns", "dora", "table", "table-dora", "saved", "untied", "bias",
         "lora-bias", "across", "across-dora", "ia3", "ia3-across")  # fmt: skip


def probe(matrix: Array) -> list[float]:
    """Three numbers that no other matrix is likely to have: two values, and a weighted sum."""
    flat = matrix.reshape(-1).astype(np.float64)
    weighted = float(flat @ np.cos(np.arange(flat.size)))
    return [round(n, 5) for n in (float(flat[0]), float(flat[-1]), weighted)]


def trained(
    *, start: int, data: int = 0, order: int = 0, rank: int = 8, steps: int = 40
) -> dict[str, Stored]:
    """Factors of five modules of one base, trained with Adam on examples of one task.

    Args:
        start: Seed of the factors: the first is random, the second nought, as PEFT begins.
        data: Which examples there are.
        order: In which order they come.
        rank: Of every change.
        steps: Of training.
    """
    found: dict[str, Stored] = {}
    for number in range(5):
        task = np.random.default_rng([3, number])
        wanted = task.standard_normal((18, 3)) @ task.standard_normal((3, 20)) / 4
        examples = np.random.default_rng([4, data, number]).standard_normal((64, 20))
        shuffled = np.random.default_rng([5, order, number])
        a = np.random.default_rng([6, start, number]).uniform(-1, 1, (rank, 20)) / np.sqrt(20)
        factors_of = [a, np.zeros((18, rank))]
        moments = [[np.zeros_like(f), np.zeros_like(f)] for f in factors_of]
        for step in range(1, steps + 1):
            x = examples[shuffled.integers(0, 64, 8)]
            down, up = factors_of
            error = x @ (up @ down - wanted).T / 8
            slopes = [up.T @ error.T @ x, error.T @ x @ down.T]
            for factor, slope, (first, second) in zip(factors_of, slopes, moments, strict=True):
                first += 0.1 * (slope - first)
                second += 0.01 * (slope**2 - second)
                scale = np.sqrt(second / (1 - 0.99**step)) + 1e-8
                factor -= 0.02 * first / (1 - 0.9**step) / scale
        for name, factor in zip(("lora_A", "lora_B"), factors_of, strict=True):
            found[f"{PEFT}layers.{number}.proj.{name}.weight"] = "F32", factor.astype("<f4")
    return found


def turned(tensors: Mapping[str, Stored], seed: int = 0) -> dict[str, Stored]:
    """The same changes in other factors: R A and B R^-1."""
    rng, found = np.random.default_rng([7, seed]), dict(tensors)
    for name in tensors:
        if ".lora_A." in name:
            other = name.replace("lora_A", "lora_B")
            a, b = (tensors[one][1].astype(float) for one in (name, other))
            turn = rng.standard_normal((len(a), len(a)))
            found[name] = "F32", (turn @ a).astype("<f4")
            found[other] = "F32", (b @ np.linalg.inv(turn)).astype("<f4")
    return found


def sketched(tensors: Mapping[str, Stored], name: str = "adapter", **config: Any) -> AdapterSketch:
    """An adapter as it is compared, by way of its files."""
    with TemporaryDirectory() as folder:
        said = {"r": 8, "lora_alpha": 8, "base_model_name_or_path": "org/base", **config}
        return take_adapter_sketch(write_adapter(Path(folder) / name, tensors, **said))
