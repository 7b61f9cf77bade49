"""What files of a model say of its descent: each kind of file, and each way to abuse one."""

import base64
import hashlib
import json
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import write_safetensors
from filiation.errors import UsageError
from filiation.model.declared import Declared
from filiation.readers.weights.declared import declared

# Signed by model_signing 1.1.1 with a key: a folder of config.json and README.md as below.
SIGNATURE = Path(__file__).parent / "model_signature.json"
SIGNED = {"config.json": '{"model_type": "llama"}\n', "README.md": "---\nlicense: mit\n---\n"}


def put(folder: Path, files: Mapping[str, str | bytes | dict[str, Any]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, held in files.items():
        raw = json.dumps(held) if isinstance(held, dict) else held
        (folder / name).write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return folder


def card(text: str) -> str:
    return f"---\n{text}\n---\n# A model\n"


def claims(found: Declared) -> dict[str, str]:
    return {f"{one.file}: {one.field}": f"{one.about}: {one.says}" for one in found.declarations}


def test_a_folder_of_a_hub(tmp_path: Path) -> None:
    found = declared(
        put(
            tmp_path,
            {
                "README.md": card(
                    "license: other\nlicense_name: llama3.2\nbase_model:\n- meta/a\n- meta/b\n"
                    "base_model_relation: merge\ndatasets: d\nmodel-index: [{name: x}]\n"
                    "tags: [chat, 'base_model:finetune:meta/c']\nlanguage: no"
                ),
                "config.json": {
                    "_name_or_path": "meta/a",
                    "model_type": "llava",
                    "architectures": ["L"],
                    "torch_dtype": "bfloat16",
                    "transformers_version": "4.8",
                    "text_config": {"_name_or_path": "meta/t"},
                    "quantization_config": {"quant_method": "gptq", "bits": 4},
                    "auto_map": {"AutoModel": "meta/code--modeling.M"},
                },
                "adapter_config.json": {"base_model_name_or_path": "meta/d", "peft_type": "LORA"},
                "mergekit_config.yml": "base_model: meta/e\nmodels:\n- model: meta/f\n",
                "LICENSE": "\n   Apache License\nVersion 2.0\n\nmore",
            },
        )
    )

    assert found.bases == ("meta/a", "meta/b", "meta/c", "meta/d", "meta/e", "meta/f")
    assert found.licences == ("Apache License Version 2.0", "other", "llama3.2")
    assert claims(found) == {
        "LICENSE: title": "licence: Apache License Version 2.0",
        "README.md: license": "licence: other",
        "README.md: license_name": "licence: llama3.2",
        "README.md: base_model[0]": "base: meta/a",
        "README.md: base_model[1]": "base: meta/b",
        "README.md: base_model_relation": "relation: merge",
        "README.md: datasets": "data: d",
        "README.md: tags[0]": "tag: chat",
        "README.md: tags[1]": "base: meta/c",
        "adapter_config.json: base_model_name_or_path": "base: meta/d",
        "adapter_config.json: peft_type": "relation: adapter (LORA)",
        "config.json: _name_or_path": "loaded-from: meta/a",
        "config.json: model_type": "architecture: llava",
        "config.json: architectures[0]": "architecture: L",
        "config.json: transformers_version": "tool: 4.8",
        "config.json: torch_dtype": "precision: bfloat16",
        "config.json: quantization_config.quant_method": "precision: gptq",
        "config.json: quantization_config.bits": "precision: 4",
        "config.json: auto_map.AutoModel": "loaded-from: meta/code",
        "config.json: text_config._name_or_path": "loaded-from: meta/t",
        "mergekit_config.yml: base_model": "base: meta/e",
        "mergekit_config.yml: models[0].model": "base: meta/f",
    }
    assert found.notes == ()


def test_headers_of_weights(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "m.gguf", "llama")
    writer.add_name("It")
    writer.add_license("mit")
    writer.add_quantized_by("me")
    writer.add_base_model_count(1)
    writer.add_base_model_name(0, "Base")
    writer.add_base_model_repo_url(0, "https://huggingface.co/meta/base")
    writer.add_source_url("https://example.org/s")
    writer.add_tensor("a", np.zeros(4, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    header = json.dumps({"__metadata__": {"ss_sd_model_name": "sd.safetensors", "odd": "1"}})
    raw = struct.pack("<Q", len(header)) + header.encode()
    graph = onnx.GraphProto(name="main_graph")
    model = onnx.ModelProto(producer_name="pytorch", producer_version="2.1", graph=graph)
    model.metadata_props.add(key="base_model", value="meta/o")
    put(tmp_path, {"l.safetensors": raw, "o.onnx": model.SerializeToString()})

    assert claims(declared(tmp_path)) == {
        "l.safetensors: __metadata__.ss_sd_model_name": "base: sd.safetensors",
        "l.safetensors: __metadata__.odd": "tag: 1",
        "m.gguf: general.architecture": "architecture: llama",
        "m.gguf: general.name": "name: It",
        "m.gguf: general.license": "licence: mit",
        "m.gguf: general.quantized_by": "maker: me",
        "m.gguf: general.base_model.0.name": "base: Base",
        "m.gguf: general.base_model.0.repo_url": "base: https://huggingface.co/meta/base",
        "m.gguf: general.source.url": "base: https://example.org/s",
        "o.onnx: producer_name": "tool: pytorch",
        "o.onnx: producer_version": "tool: 2.1",
        "o.onnx: graph.name": "name: main_graph",
        "o.onnx: metadata_props.base_model": "base: meta/o",
    }


def test_a_bill_of_materials(tmp_path: Path) -> None:
    model = {
        "type": "machine-learning-model",
        "name": "it",
        "licenses": [{"license": {"id": "MIT"}}, {"expression": "MIT OR Apache-2.0"}, 7],
        "pedigree": {
            "ancestors": [
                {
                    "group": "meta",
                    "name": "base",
                    "pedigree": {"ancestors": [{"purl": "pkg:huggingface/meta/root@1"}]},
                }
            ]
        },
        "modelCard": {"modelParameters": {"architectureFamily": "transformer"}},
    }
    other = {"type": "library", "name": "numpy"}
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.7", "components": [other, model]}
    found = declared(put(tmp_path, {"m.cdx.json": bill, "bom.json": {"x": 1}, "bom.xml": "<bom/>"}))

    assert found.bases == ("meta/base", "pkg:huggingface/meta/root@1")
    assert found.licences == ("MIT", "MIT OR Apache-2.0")
    assert len(found.notes) == 2 and "bom.xml: CycloneDX as XML" in found.notes[1]


def test_a_signature_of_model_signing(tmp_path: Path) -> None:
    put(tmp_path, {**SIGNED, "model.sig": SIGNATURE.read_bytes()})
    (same,) = declared(tmp_path).signed
    assert same.by.startswith("key ") and same.same == ("README.md", "config.json")
    assert not (same.other or same.missing or same.unsigned or same.unread)

    put(tmp_path, {"README.md": "another", "evil.py": "1"})
    (tmp_path / "config.json").unlink()
    (altered,) = declared(tmp_path).signed
    assert (altered.other, altered.missing) == (("README.md",), ("config.json",))
    assert altered.unsigned == ("evil.py",)


def statement(**changes: Any) -> bytes:
    """A bundle around a statement of one file, `a`, with the digest of nothing."""
    nothing = hashlib.sha256(b"").hexdigest()
    root = hashlib.sha256(bytes.fromhex(nothing)).hexdigest()
    stated = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "m", "digest": {"sha256": root}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {
            "serialization": {"method": "files"},
            "resources": [{"name": "a", "algorithm": "sha256", "digest": nothing}],
        },
    } | changes
    payload = base64.b64encode(json.dumps(stated).encode()).decode()
    envelope = {"payloadType": "application/vnd.in-toto+json", "payload": payload}
    return json.dumps({"dsseEnvelope": envelope}).encode()


@pytest.mark.parametrize(
    ("bundle", "why"),
    [
        (statement(subject=[{"digest": {"sha256": "0" * 64}}]), "do not give its root"),
        (statement(predicateType="https://slsa.dev/provenance/v1"), "no digests of a model"),
        (statement(predicate={"serialization": {"method": "shards"}, "resources": []}), "shards"),
        (statement(predicate=7), "not compared"),
        (b"{}", "no envelope"),
        (b"\x00\xff", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"dsseEnvelope": {"payloadType": "application/vnd.in-toto+json", "payload": 3}}', ""),
    ],
)
def test_a_signature_that_cannot_be_held_against_files(
    tmp_path: Path, bundle: bytes, why: str
) -> None:
    (found,) = declared(put(tmp_path, {"a": "", "model.sig": bundle})).signed

    assert why in found.unread and found.unread and not found.same


def test_a_signature_reaches_no_file_outside(tmp_path: Path) -> None:
    secret = put(tmp_path, {"secret": "s"}) / "secret"
    nothing = hashlib.sha256(b"").hexdigest()
    root = hashlib.sha256(bytes.fromhex(nothing)).hexdigest()
    bundle = statement(
        subject=[{"digest": {"sha256": root}}],
        predicate={
            "serialization": {"method": "files"},
            "resources": [{"name": "../secret", "algorithm": "sha256", "digest": nothing}],
        },
    )
    folder = put(tmp_path / "m", {"model.sig": bundle})
    (folder / "link").symlink_to(secret)
    asked: list[Path] = []
    (found,) = declared(folder, digest=lambda path: asked.append(path) or "").signed

    assert found.missing == ("../secret",) and not asked


@pytest.mark.parametrize(
    "matter",
    [
        "a: &a [x]\nb: &b [*a, *a]\nbase_model: *b",
        "base_model: !!python/object/apply:os.system [id]",
        "base_model: !x y",
        "? {a: b}\n: c",
        "[" * 5000,
        "{" * 5000,
        "a:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 200)),
        "base_model: [" + "x, " * 20_500 + "x]",
        "base_model: 'x",
        "a: b: c",
        "x: \x00",
    ],
)
def test_front_matter_with_powers_is_not_read_and_said(tmp_path: Path, matter: str) -> None:
    began = time.process_time()
    found = declared(put(tmp_path, {"README.md": card(matter)}))

    assert found.declarations == () and found.read == ()
    assert len(found.notes) == 1 and found.notes[0].startswith("README.md: ")
    assert time.process_time() - began < 5


@pytest.mark.parametrize("text", ["", "# A model\n", "no: matter\n", "--- \n---\n", "\ufeff"])
def test_a_card_without_front_matter_says_nothing(tmp_path: Path, text: str) -> None:
    found = declared(put(tmp_path, {"README.md": text}))

    assert (found.declarations, found.notes) == ((), ())


def test_values_stay_the_text_that_they_are(tmp_path: Path) -> None:
    """YAML would make false, a float and a date of these."""
    found = declared(
        put(tmp_path, {"README.md": card("license: no\nbase_model: [1.10, 2024-01-01, ~]")})
    )

    assert found.licences == ("no",) and found.bases == ("1.10", "2024-01-01", "~")


def test_words_are_bounded_and_cannot_steer_a_terminal(tmp_path: Path) -> None:
    evil = "a\u202eb\x1b[31m\n<script>" + "x" * 10_000
    config = {"_name_or_path": evil, "model_type": ["\ud800", "", " ", None, {"a": 1}, [2], True]}
    config |= {f"part{n}": {"_name_or_path": f"n{n}-{m}"} for n in range(99) for m in range(2)}
    found = declared(put(tmp_path, {"config.json": config}))

    first = found.declarations[0].says
    assert first.startswith("a\\u202eb\\x1b[31m <script>xx") and len(first) == 300
    assert first.endswith("..") and [one.says for one in found.about("architecture")] == ["\\ud800"]
    assert len(found.declarations) < 50


def test_many_declarations_are_cut_and_said(tmp_path: Path) -> None:
    files = {f"l{n}.safetensors": header({f"k{m}": str(m) for m in range(99)}) for n in range(9)}
    alike = declared(put(tmp_path / "alike", files))
    assert len(alike.declarations) == 99  # what parts say alike counts once

    files = {f"{n}.bom.json": bill(n) for n in range(9)}
    many = declared(put(tmp_path / "many", files))
    assert len(many.declarations) == 400 and "left out" in many.notes[-1]


def header(metadata: Mapping[str, str]) -> bytes:
    text = json.dumps({"__metadata__": metadata}).encode()
    return struct.pack("<Q", len(text)) + text


def bill(n: int) -> dict[str, Any]:
    models = [
        {"type": "machine-learning-model", "name": f"{n}-{m}", "purl": f"pkg:x/{n}-{m}",
         "publisher": f"{n}-{m}"}
        for m in range(99)
    ]  # fmt: skip
    return {"bomFormat": "CycloneDX", "components": models}


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path, {"id_rsa": "-----BEGIN PRIVATE KEY-----"}) / "id_rsa"
    folder = put(tmp_path / "m", {"config.json": {"model_type": "llama"}})
    (folder / "LICENSE").symlink_to(outside)
    (folder / "README.md").symlink_to("/dev/zero")
    found = declared(folder)

    assert found.licences == () and "PRIVATE" not in str(found)
    assert found.notes == ("LICENSE: a link that leads out of the folder; not read",)


def test_a_snapshot_in_the_hub_cache_is_called_as_its_repository(tmp_path: Path) -> None:
    home = tmp_path / "models--acme--thing"
    put(home / "blobs", {"b": {"_name_or_path": "acme/base"}})
    folder = put(home / "snapshots" / ("0" * 40), {})
    (folder / "config.json").symlink_to("../../blobs/b")
    found = declared(folder)

    assert [one.says for one in found.declarations] == ["acme/thing", "acme/base"]


def test_a_file_counts_with_what_lies_beside_it(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "a.safetensors", {})
    write_safetensors(tmp_path / "b.safetensors", {})
    put(
        tmp_path,
        {"README.md": card("base_model: x/y"), "c.safetensors": header({"base_model": "c"})},
    )
    found = declared(tmp_path / "a.safetensors")

    assert found.bases == ("x/y",) and "2 other files of weights" in found.notes[0]
    assert "c.safetensors" not in found.read
    assert found.within({"a.safetensors"}).declarations == ()
    with pytest.raises(UsageError, match="no such file"):
        declared(tmp_path / "none")


@pytest.mark.parametrize(
    "name",
    ["config.json", "adapter_config.json", "README.md", "LICENSE", "bom.json", "model.sig",
     "a.gguf", "a.safetensors", "a.onnx", "mergekit_config.yml"],
)  # fmt: skip
@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda t: f"---\n{t}\n---".encode()))
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, name: str, raw: bytes
) -> None:
    found = declared(put(tmp_path_factory.mktemp("any"), {name: raw}))

    assert found.read or found.notes or found.signed
