"""Which ways of packing are read? A quantised copy and a quantised stranger of each, examined.

A model of two layers from a random start, a child of it (every value moved by a tenth of a
standard deviation) and a stranger; the matrices of both are packed as each quantiser packs them,
and examined against the model as it was, with one control. Nothing is trained: what is measured is
whether the weights are read.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / room) for room in ("tools", "tests")]

import filiation  # noqa: E402
from builders import Stored, llama, write_folder  # noqa: E402
from casebook.quantisers import FAMILIES, Array, Packer, exl2  # noqa: E402
from containers import write_gguf, write_onnx  # noqa: E402
from filiation.report.wording.components import components_found  # noqa: E402
from filiation.report.wording.figures import probability_brief  # noqa: E402

CONFIG = {
    "model_type": "llama", "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 256,
}  # fmt: skip
DRIFT = 0.1
ONNX = {"ONNX MatMulNBits": "nbits", "ONNX INT4": "int4"}


def weights(seed: int, drift: float = 0.0) -> dict[str, Array]:
    """A model of its own start, or a child of it."""
    rng = np.random.default_rng(9)
    shape = llama(layers=2, width=64, hidden=192, vocabulary=256, seed=seed)
    return {
        name: (array + drift * rng.standard_normal(array.shape)).astype(np.float32)
        for name, (_, array) in shape.items()
    }


def hub(
    folder: Path, of: dict[str, Array], packer: Packer | None, said: dict[str, object], key: str
) -> Path:
    """A folder as it lies on a hub."""
    tensors: dict[str, Stored] = {}
    for name, array in of.items():
        packs = packer is not None and name.endswith("_proj.weight")
        tensors |= packer(name, array) if packer and packs else {name: ("F32", array)}
    return write_folder(folder, tensors, config={**CONFIG, key: said} if said else CONFIG)


def packed(folder: Path, of: dict[str, Array], family: str) -> Path:
    """The same model in one way of packing."""
    folder.mkdir(parents=True)
    if family in ONNX:
        return write_onnx(folder / "model.onnx", of, four=ONNX[family])
    if family.startswith("GGUF"):
        kind = family.split()[1]
        return write_gguf(folder / "model.gguf", of, heads=4, kv_heads=2, kind=kind)
    if family == "EXL2":
        return hub(folder, of, exl2, {"quant_method": "exl2"}, "quantization_config")
    packer, said = FAMILIES[family]
    key = "quantization" if family.startswith("MLX") else "quantization_config"
    return hub(folder, of, packer, said, key)


def row(source: Path, control: Path, folder: Path, family: str) -> Iterator[str]:
    """Family, and for copy and stranger p and what was found of attention and MLP."""
    yield f"{family:31}"
    for side, of in (("copy", weights(1, DRIFT)), ("stranger", weights(100))):
        subject = packed(folder / family.replace(" ", "-") / side, of, family)
        found = filiation.examine(subject, source=source, controls=[control])
        conclusion = found.record.conclusions[0]
        log_p = conclusion.combined.log_p
        p = "none" if log_p is None else probability_brief(log_p, conclusion.plan.assumption_floor)
        states = {one.component: one.state for one in components_found(conclusion)}
        told = sorted({states[part].replace("-", " ") for part in ("attention", "mlp")})
        yield f"{p:12} {', '.join(told):15}"


def main() -> None:
    """Print the table."""
    print(f"{'':31} {'copy: p':12} {'attention, MLP':15} {'stranger: p':12} attention, MLP")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        source = hub(folder / "source", weights(1), None, {}, "")
        control = hub(folder / "control", weights(200), None, {}, "")
        for family in (*FAMILIES, "GGUF Q8_0", "GGUF Q4_0", *ONNX, "EXL2"):
            print(" ".join(row(source, control, folder, family)).rstrip(), flush=True)


if __name__ == "__main__":
    main()
