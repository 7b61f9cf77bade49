"""Which containers and ways of packing are read? A child and a stranger in each, examined.

A model of two layers from a random start, a child of it (every value moved by a tenth of a
standard deviation) and a stranger; both are put into each container, or their matrices packed as
each quantiser packs them, and examined against the model as it was, with one control. Nothing is
trained: what is measured is whether the weights are read.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / room) for room in ("tools", "tests")]

import filiation  # noqa: E402
import foreign  # noqa: E402
import shards  # noqa: E402
from builders import Stored, llama, write_folder  # noqa: E402
from casebook.quantisers import FAMILIES, Array, Packer, exl2  # noqa: E402
from containers import write_gguf, write_legacy_torch, write_onnx, write_torch  # noqa: E402
from filiation.report.wording.components import components_found  # noqa: E402
from filiation.report.wording.figures import probability_brief  # noqa: E402

CONFIG = foreign.CONFIG
DRIFT = 0.1
ONNX = {"ONNX MatMulNBits": "nbits", "ONNX INT4": "int4"}


def archived(folder: Path, of: dict[str, Array]) -> dict[str, bytes]:
    """A hub's folder as the files of an archive."""
    made = hub(folder / "made", of, None, {}, "")
    return {f"m/{file.name}": file.read_bytes() for file in made.iterdir()}


def h5(path: Path, arrays: Mapping[str, Array]) -> Path:
    """A file of arrays by path."""
    path.write_bytes(foreign.hdf5(arrays))
    return path


# Container to what writes a model into a folder and says what to give.
CONTAINERS: Final[Mapping[str, Callable[[Path, dict[str, Array]], Path]]] = {
    "safetensors": lambda at, of: hub(at, of, None, {}, ""),
    "torch": lambda at, of: write_torch(at / "pytorch_model.bin", of),
    "torch, before 1.6": lambda at, of: write_legacy_torch(at / "m.pt", of),
    "GGUF F16": lambda at, of: write_gguf(at / "m.gguf", of, heads=4, kv_heads=2),
    "ONNX": lambda at, of: write_onnx(at / "model.onnx", of),
    "CTranslate2": lambda at, of: foreign.write_ctranslate2(at / "model.bin", of),
    "CTranslate2 int8": lambda at, of: foreign.write_ctranslate2(at / "model.bin", of, int8=True),
    "Flax msgpack": lambda at, of: foreign.write_flax(at / "flax_model.msgpack", of, chunk=9000),
    "TensorFlow h5": lambda at, of: h5(at / "tf_model.h5", foreign.tensorflow_names(of)),
    "Keras .weights.h5": lambda at, of: h5(at / "m.weights.h5", foreign.keras_names(of)),
    "Keras .keras": lambda at, of: foreign.write_keras(at / "m.keras", of),
    "PaddlePaddle": lambda at, of: foreign.write_paddle(at / "model_state.pdparams", of),
    "MLX and numpy .npz": lambda at, of: foreign.write_npz(at / "weights.npz", of),
    "DCP, two processes": lambda at, of: shards.write_distributed(at, of),
    "Megatron, 2 ranks, 2 stages": lambda at, of: shards.write_megatron(at, of),
    "Llama consolidated, 2 parts": lambda at, of: shards.write_meta(at, of),
    "Mistral consolidated": lambda at, of: shards.write_mistral(at, of),
    "zip, wheel": lambda at, of: shards.write_zip(at / "m.whl", archived(at, of)),
    "tar.gz": lambda at, of: shards.write_tar(at / "m.tar.gz", archived(at, of)),
}


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
    """The same model in one container, or in one way of packing."""
    folder.mkdir(parents=True)
    if family in CONTAINERS:
        return CONTAINERS[family](folder, of)
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
    for side, of in (("child", weights(1, DRIFT)), ("stranger", weights(100))):
        subject = packed(folder / family.replace(" ", "-").strip(".") / side, of, family)
        found = filiation.examine(subject, source=source, controls=[control])
        conclusion = found.record.conclusions[0]
        log_p = conclusion.combined.log_p
        p = "none" if log_p is None else probability_brief(log_p, conclusion.plan.assumption_floor)
        states = {one.component: one.state for one in components_found(conclusion)}
        told = sorted({states[part].replace("-", " ") for part in ("attention", "mlp")})
        yield f"{p:12} {', '.join(told):15}"


def main() -> None:
    """Print the table."""
    print(f"{'':31} {'child: p':12} {'attention, MLP':15} {'stranger: p':12} attention, MLP")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        source = hub(folder / "source", weights(1), None, {}, "")
        control = hub(folder / "control", weights(200), None, {}, "")
        for family in (*CONTAINERS, *FAMILIES, "GGUF Q8_0", "GGUF Q4_0", *ONNX, "EXL2"):
            print(" ".join(row(source, control, folder, family)).rstrip(), flush=True)


if __name__ == "__main__":
    main()
