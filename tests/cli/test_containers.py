"""The same model in another container, end to end on the casebook."""

from pathlib import Path

import numpy as np
import pytest

import containers
from command import CASEBOOK, Command

FLOOR = -9.0  # log10 of the assumption floor


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parent and stranger, each in every container."""
    shelf = tmp_path_factory.mktemp("shelf")
    for model in ("parent", "stranger-2"):
        origin = CASEBOOK / model
        weights = containers.read_weights(origin)
        tokens = origin / "tokenizer.json"
        heads = {"heads": 4, "kv_heads": 2, "tokenizer": tokens}
        containers.write_gguf(shelf / f"{model}-f16.gguf", weights, **heads)
        containers.write_gguf(shelf / f"{model}-q8_0.gguf", weights, kind="Q8_0", **heads)
        containers.write_gguf(shelf / f"{model}-q4_0.gguf", weights, kind="Q4_0", **heads)
        folder = containers.companions(origin, shelf / f"{model}-torch")
        containers.write_torch(folder / "pytorch_model.bin", weights)
        folder = containers.companions(origin, shelf / f"{model}-onnx")
        containers.write_onnx(folder / "model.onnx", weights, external="model.onnx_data")
        folder = containers.companions(origin, shelf / f"{model}-onnx-int8")
        containers.write_onnx(folder / "model.onnx", weights, int8=True)
        folder = containers.companions(origin, shelf / f"{model}-bf16")
        wide = {n: a.astype(np.float32) for n, a in weights.items()}
        containers.write_torch(folder / "pytorch_model.bin", wide)
    return shelf


@pytest.mark.parametrize(
    ("container", "kind"),
    [
        ("f16.gguf", "re-exported"), ("torch", "identical"), ("onnx", "re-exported"),
        ("bf16", "re-exported"), ("q8_0.gguf", "quantised"), ("q4_0.gguf", "quantised"),
        ("onnx-int8", "quantised"),
    ],
)  # fmt: skip
def test_a_model_in_another_container_is_found_and_named(
    filiation: Command, tmp_path: Path, shelf: Path, container: str, kind: str
) -> None:
    done = filiation(
        "examine", shelf / f"parent-{container}", "--source", CASEBOOK / "parent",
        "--out", tmp_path / "case", "--json",
    )  # fmt: skip
    found = done.conclusion

    assert done.code == 0, done.err
    assert found["relation"]["kind"] == kind, found["relation"]
    assert found["support"]["toward"] == "derivation"
    assert found["combined"]["log10_p"] < FLOOR
    whole = [f for f in found["findings"] if f["method"].startswith(("unit-trace", "unit-order"))]
    stored = [f for f in whole if "frame=native" in f["method"] or "frame=token" in f["method"]]
    assert [f["component"] for f in stored].count("mlp") == 4
    assert [f["component"] for f in stored].count("attention") == 4
    for finding in stored:
        assert finding["log10_p"] <= max(FLOOR, finding["log10_p_floor"] + 1e-6), finding["method"]
        assert len(finding["layers"]) == 4
    assert filiation("verify", tmp_path / "case").code == 0


@pytest.mark.parametrize("container", ["q4_0.gguf", "onnx-int8", "torch"])
def test_a_stranger_in_another_container_stays_one(
    filiation: Command, tmp_path: Path, shelf: Path, container: str
) -> None:
    found = filiation(
        "examine", shelf / f"stranger-2-{container}", "--source", CASEBOOK / "parent",
        "--out", tmp_path / "case", "--json",
    ).conclusion  # fmt: skip

    assert found["relation"]["kind"] == "unrelated"
    assert found["support"]["toward"] == "independence"
    assert found["combined"]["log10_p"] > -4


def test_two_containers_that_are_both_not_safetensors(
    filiation: Command, tmp_path: Path, shelf: Path
) -> None:
    found = filiation(
        "examine", shelf / "parent-onnx-int8", "--source", shelf / "parent-q4_0.gguf",
        "--out", tmp_path / "case", "--json",
    ).conclusion  # fmt: skip

    assert found["support"]["toward"] == "derivation"
    assert found["relation"]["kind"] == "quantised", found["relation"]


@pytest.mark.parametrize("kind", ["F16", "Q8_0", "Q4_0"])
def test_a_fine_tune_is_not_called_a_copy(filiation: Command, tmp_path: Path, kind: str) -> None:
    """Its weights moved by a quarter of a 4-bit step: found, and not called a rounding."""
    weights = containers.read_weights(CASEBOOK / "fine-tuned")
    made = containers.write_gguf(tmp_path / "m.gguf", weights, heads=4, kv_heads=2, kind=kind)
    found = filiation(
        "examine", made, "--source", CASEBOOK / "parent", "--out", tmp_path / "c", "--json"
    ).conclusion

    assert found["support"]["toward"] == "derivation"
    assert found["relation"]["kind"] == "fine-tuned", found["relation"]
