"""Sketch files whose description or arrays contradict each other are refused, each by itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import toys
from builders import write_folder
from filiation.errors import UnreadableError
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch
from readers.weights.test_mixers import CASES, made

Header = dict[str, Any]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sketch") / "s"
    take_sketch(toys.with_heads(toys.born(1, layers=2)), path)
    return path.read_bytes()


def rewritten(raw: bytes, change: Callable[[Header, Header], object]) -> bytes:
    """The file with its header and its description changed; the description moves to the end."""
    size = int.from_bytes(raw[:8], "little")
    header, body = json.loads(raw[8 : 8 + size]), raw[8 + size :]
    begin, end = header["description"]["data_offsets"]
    described = json.loads(body[begin:end])
    change(header, described)
    text = json.dumps(described).encode()
    rest = body[end:]
    for name, entry in header.items():
        if name not in ("__metadata__", "description"):
            entry["data_offsets"] = [x - end for x in entry["data_offsets"]]
    header["description"] = {
        "dtype": "U8", "shape": [len(text)], "data_offsets": [len(rest), len(rest) + len(text)],
    }  # fmt: skip
    told = json.dumps(header).encode()
    told += b" " * (-len(told) % 8)
    return len(told).to_bytes(8, "little") + told + rest + text


def shaped(name: str, shape: list[int]) -> Callable[[Header, Header], object]:
    return lambda header, _: header[name].update(shape=shape)


def said(key: str, place: int, field: str, value: object) -> Callable[[Header, Header], object]:
    return lambda _, described: described[key][place].update({field: value})


def test_rewriting_alone_changes_nothing(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(raw)
    (tmp_path / "t").write_bytes(rewritten(raw, lambda header, described: None))
    one, two = read_sketch(tmp_path / "s"), read_sketch(tmp_path / "t")

    assert one.subject_digest == two.subject_digest and len(two.attention) == 2


@pytest.mark.parametrize(
    "change",
    [
        shaped("layers.0.mlp.up.table", [24, 64]),
        shaped("layers.0.mlp.up.table", [32, 48]),
        shaped("attention.0.attn.v.native", [64, 16]),
        shaped("attention.0.attn.v.table", [8, 64]),
        shaped("attention.0.attn.o.norms", [8, 2]),
        shaped("attention.1.attn.q.whole", [16, 128]),
        shaped("attention.1.attn.k.whole", [1024]),
        shaped("tables.embedding/id", [55, 80]),
        shaped("tables.head/string", [4400]),
        shaped("axes.attn.q", [20, 64]),
        shaped("axes.attn.o", [1280]),
        shaped("deep.0.units", [2, 24]),
        shaped("deep.1.mlp.up", [40, 48]),
        said("attention", 0, "units", -16),
        said("attention", 0, "units", 17),
        said("attention", 0, "groups", 0),
        said("attention", 0, "groups", 3),
        said("attention", 0, "heads", -8),
        said("attention", 0, "heads", 6),
        said("attention", 0, "width", 41),
        said("attention", 0, "layer", -1),
        said("attention", 1, "layer", 2),
        said("attention", 1, "layer", 0),
        said("layers", 0, "units", -48),
        said("layers", 0, "units", 10**15),
        lambda _, described: described["deep"].append(0),
        lambda _, described: described["deep"].__setitem__(0, -1),
        lambda _, described: described["deep"].__setitem__(1, 5),
        lambda _, described: described["deep"].pop(),
        lambda _, described: described["tables"]["embedding/id"].pop(),
        lambda _, described: described["tables"]["embedding/id"].__setitem__(0, "1"),
        lambda _, described: described["tables"].update({"embedding/id": []}),
        lambda _, described: described["tables"].update({"head/id": ["7"] * 110}),
        lambda _, described: described["tables"].update({"other": ["1"]}),
        lambda _, described: described.pop("table_absent"),
        lambda _, described: described.pop("attention"),
        lambda header, _: header.pop("axes.attn.k"),
        lambda header, _: header.pop("layers.1.mlp.down.native"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(
    raw: bytes, change: Callable[[Header, Header], object], tmp_path: Path
) -> None:
    path = tmp_path / "x.sketch"
    path.write_bytes(rewritten(raw, change))

    with pytest.raises(UnreadableError):
        read_sketch(path)


@pytest.fixture(scope="module")
def latent(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Of a model whose values read a latent, so that the sketch tells which roles it keeps."""
    folder, config = tmp_path_factory.mktemp("latent"), CASES["DeepSeek 3"][1]
    take_sketch(
        open_model(write_folder(folder / "m", made("DeepSeek 3", 1), config=config)), folder / "s"
    )
    return (folder / "s").read_bytes()


def axes_told(**changes: object) -> Callable[[Header, Header], object]:
    return lambda _, described: described["axes"].update(changes)


@pytest.mark.parametrize(
    "change",
    [
        shaped("axes.mla.kv", [32, 64]),
        said("attention", 0, "roles", ["attn.v"]),
        said("attention", 0, "roles", ["attn.o", "attn.o"]),
        said("attention", 0, "roles", ["attn.v", "attn.o"]),
        said("attention", 0, "roles", 7),
        axes_told(**{"mla.kv": [65, 28]}),
        axes_told(**{"mla.kv": [64, 0]}),
        axes_told(**{"mla.kv": [64, -1]}),
        axes_told(**{"mla.kv": [64, 10**15]}),
        axes_told(**{"mla.kv": [64]}),
        axes_told(**{"mla.kv": None}),
        axes_told(**{"mla.absent": [64, 28]}),
        lambda header, described: (
            header.update({"axes.a\nb": header["axes.mla.kv"]}),
            described["axes"].update({"a\nb": [64, 28]}),
        ),
        lambda _, described: described.update(axes=[]),
        lambda _, described: described.update(axes={f"r{n}": [64, 28] for n in range(65)}),
        lambda _, described: described.pop("axes"),
    ],
)  # fmt: skip
def test_what_mixers_are_told_to_be_is_checked(
    latent: bytes, change: Callable[[Header, Header], object], tmp_path: Path
) -> None:
    path = tmp_path / "x.sketch"
    path.write_bytes(rewritten(latent, lambda header, described: None))
    assert set(read_sketch(path).axes) == {"attn.o", "mla.q", "mla.kv"}
    path.write_bytes(rewritten(latent, change))

    with pytest.raises(UnreadableError):
        read_sketch(path)


@pytest.mark.parametrize("name", ["layers.0.mlp.up.norms", "attention.0.attn.o.norms", "samples"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_values_that_no_sketch_holds_are_named(
    raw: bytes, name: str, value: float, tmp_path: Path
) -> None:
    size = int.from_bytes(raw[:8], "little")
    begin = 8 + size + json.loads(raw[8 : 8 + size])[name]["data_offsets"][0]
    path = tmp_path / "x.sketch"
    path.write_bytes(raw[:begin] + np.float32(value).tobytes() + raw[begin + 4 :])

    if name == "samples" and value == -1.0:
        assert read_sketch(path).samples
        return
    with pytest.raises(UnreadableError, match=f"{name.rstrip('s')}.*the first {value}"):
        read_sketch(path)


def tensor_of(shape: list[int], nbytes: int | None = None) -> Callable[[Header, Header], object]:
    def change(_: Header, described: Header) -> None:
        first = described["tensors"][0]
        first[2], first[3] = shape, first[3] if nbytes is None else nbytes

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (tensor_of([-4, 40]), "shape"),
        (tensor_of([4, 40], -640), "-640 bytes"),
        (tensor_of([10**12] * 3), "bytes in all"),
        (tensor_of([10**12] * 50_000), "bytes in all"),
        (tensor_of([4, 40], 1 << 61), "bytes in all"),
        (said("layers", 1, "label", "layers.0"), "labels of several layers, the first 'layers.0'"),
    ],
)
def test_sizes_and_labels_that_cannot_be_are_named(
    raw: bytes, change: Callable[[Header, Header], object], told: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.sketch"
    path.write_bytes(rewritten(raw, change))

    with pytest.raises(UnreadableError, match=told):
        read_sketch(path)
