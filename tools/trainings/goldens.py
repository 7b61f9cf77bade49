"""What torch and JAX draw, as digests, for the tests: `python -m trainings.goldens FILE`.

With torch and transformers installed it writes the part of torch, with jax that of JAX; what is in
the file of the other stays.
"""

import hashlib
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

TORCH_SEED: Final = (1 << 40) + 11
DRAWS: Final = (
    ("normal", 32, 0.0, 1.0), ("normal", 5, 0.0, 0.02), ("normal", 3, 1.0, 2.0),
    ("normal", 100, 0.3, 0.02), ("uniform", 7, -0.1, 0.3), ("normal", 17, 0.0, 1.0),
    ("normal", (1 << 20) + 37, 0.0, 0.02), ("uniform", (1 << 20) + 3, -1 / 3, 1 / 3),
    ("normal", 1, 0.0, 1.0), ("normal", 4096, 0.0, 0.02),
)  # fmt: skip
JAX_SEED: Final = 1234567


def of_torch() -> dict[str, Any]:
    """Draws one after another, and a model of transformers by its recipe."""
    import torch  # type: ignore[import-not-found, unused-ignore]
    from transformers import (  # type: ignore[import-not-found, unused-ignore]
        LlamaConfig,
        LlamaForCausalLM,
    )

    sys.path.insert(0, "examples/training")
    from record_start import recipe, recorded  # type: ignore[import-not-found, unused-ignore]

    torch.manual_seed(TORCH_SEED)
    rows = []
    for law, size, one, other in DRAWS:
        x = torch.empty(size)
        (x.normal_ if law == "normal" else x.uniform_)(one, other)
        rows.append([law, size, one, other, _digest(x.numpy())])
    with recorded() as calls:
        torch.manual_seed(7)
        model = LlamaForCausalLM(
            LlamaConfig(
                hidden_size=24, intermediate_size=40, num_hidden_layers=1, num_attention_heads=2,
                num_key_value_heads=1, vocab_size=50,
            )
        )  # fmt: skip
    kept = {n: x.numpy() for n, x in model.state_dict().items()}
    return {
        "version": torch.__version__, "seed": TORCH_SEED, "draws": rows,
        "model": recipe(calls, model, seed=7), "tensors": {n: _digest(x) for n, x in kept.items()},
    }  # fmt: skip


def of_jax() -> dict[str, Any]:
    """Keys and uniform values, under both ways of counting."""
    import jax  # type: ignore[import-not-found, unused-ignore]

    found: dict[str, Any] = {"version": jax.__version__, "seed": JAX_SEED}
    for older in (False, True):
        jax.config.update("jax_threefry_partitionable", not older)
        key = jax.random.PRNGKey(JAX_SEED)
        split = jax.random.split(key, 5)[3]
        folded = jax.random.fold_in(split, 77)
        found["older" if older else "newer"] = {
            "split": [int(x) for x in split],
            "folded": [int(x) for x in folded],
            "uniform": [
                [size, _digest(np.asarray(jax.random.uniform(folded, (size,), minval=-0.1,
                                                             maxval=0.37)))]
                for size in (7, 1001, 50_000)
            ],
        }  # fmt: skip
    return found


def _digest(x: Any) -> str:
    return hashlib.sha256(np.ascontiguousarray(x, dtype="<f4").tobytes()).hexdigest()


if __name__ == "__main__":
    path = Path(sys.argv[1])
    told = json.loads(path.read_text()) if path.exists() else {}
    if find_spec("torch"):
        told["torch"] = of_torch()
    if find_spec("jax"):
        told["jax"] = of_jax()
    path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")
