"""Models that lie on another machine: the same sketch, and no byte twice."""

import logging
import shutil
from pathlib import Path

import pytest

from containers import companions, read_weights, write_gguf, write_onnx, write_torch
from filiation.errors import UnreadableError, UnwritableError, UsageError
from filiation.readers.remote.client import Client
from filiation.readers.remote.lying import lying
from filiation.readers.remote.stand_in import PAGE
from hosts import COMMIT, Host, as_bucket, as_hub, busy, serving
from lying import MODEL, TOKEN, refused, sketched, told


def test_a_sketch_of_a_sharded_model_on_the_hub_is_that_of_its_files(
    host: Host, client: Client, sharded: Path, tmp_path: Path
) -> None:
    with serving(Host()) as blobs:
        as_hub(host, blobs, sharded, "org/model", revision="v1")
        origin = told(
            "hf://org/model@v1",
            tmp_path / "a",
            client,
            HF_ENDPOINT=host.url(),
            HF_TOKEN=TOKEN,
        )
        sent = blobs.sent
    sketched(sharded, tmp_path / "b", client)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert origin.commit == COMMIT and origin.pinned == f"hf://org/model@{COMMIT}"
    first, second = origin.weights
    size = (sharded / second.name).stat().st_size
    assert first.sha256 == first.declared != "" and first.read == first.size
    assert second.sha256 == "" and second.declared != "" and second.size == size
    assert second.read <= size - (1 << 20) + 2 * PAGE, "the tensor that does not count is not read"
    assert sent <= first.size + second.read + 2 * PAGE, "no byte is fetched twice"
    assert not any("bin" in one.path for one in host.asked)


def test_a_token_goes_to_its_own_host_only_and_into_no_record(
    host: Host, client: Client, sharded: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(Host()) as blobs:
        as_hub(host, blobs, sharded, "org/model")
        origin = told(
            "hf://org/model", tmp_path / "a", client, HF_ENDPOINT=host.url(), HF_TOKEN=TOKEN
        )
        assert {one.headers.get("authorization") for one in host.asked} == {f"Bearer {TOKEN}"}
        assert blobs.asked and not any("authorization" in one.headers for one in blobs.asked)
    assert TOKEN not in repr(origin) and "very-secret" not in repr(origin)
    assert "blobs/" in caplog.text
    assert TOKEN not in caplog.text and "very-secret" not in caplog.text


@pytest.mark.parametrize("name", ["model.gguf", "model.bin", "onnx/model.onnx", "x.safetensors"])
def test_every_container_gives_the_sketch_of_the_same_file(
    host: Host, client: Client, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "there"
    path = folder / name
    path.parent.mkdir(parents=True)
    weights = read_weights(MODEL)
    companions(MODEL, path.parent)
    if name.endswith(".gguf"):
        write_gguf(path, weights, heads=4, kv_heads=2, tokenizer=MODEL / "tokenizer.json")
    elif name.endswith(".bin"):
        write_torch(path, weights)
    elif name.endswith(".onnx"):
        write_onnx(path, weights, external="model.onnx_data")
    else:
        shutil.copyfile(MODEL / "model.safetensors", path)
    as_bucket(host, folder, "bucket", "a/")
    origin = told(f"s3://bucket/a/{name}", tmp_path / "a", client, AWS_ENDPOINT_URL=host.url())
    sketched(path, tmp_path / "b", client)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert sum(one.read for one in origin.weights) > 0


def test_a_file_of_a_web_server_is_read_with_what_stands_beside_it(
    host: Host, client: Client, tmp_path: Path
) -> None:
    host.put(MODEL, "models/one/")
    for at in ("models/one/model.safetensors", "models/one/", "models/one"):
        out = tmp_path / at.replace("/", "-")
        origin = told(host.url(at), out, client)
        assert {file.name for file in origin.files} == {
            "model.safetensors",
            "config.json",
            "tokenizer.json",
        }
        assert origin.weights[0].mark and origin.weights[0].sha256
    sketched(MODEL, tmp_path / "b", client)
    assert out.read_bytes() == (tmp_path / "b").read_bytes()


def test_whole_reads_and_verifies_every_byte(host: Host, client: Client, sharded: Path) -> None:
    with serving(Host()) as blobs:
        as_hub(host, blobs, sharded, "org/model")
        with lying(
            "hf://org/model", whole=True, environment={"HF_ENDPOINT": host.url()}, client=client
        ) as at:
            origin = at.origin()
        assert origin is not None
        assert all(one.read == one.size and one.sha256 for one in origin.files)
        assert all(one.sha256 == one.declared for one in origin.weights)


def test_a_repository_that_is_closed_says_what_opens_it(host: Host, client: Client) -> None:
    host.faults = [busy(401)]
    said = refused("hf://org/model", client, UsageError, HF_ENDPOINT=host.url())
    assert "HF_TOKEN is not set" in said
    host.faults = [busy(403)]
    said = refused("hf://org/model", client, UsageError, HF_ENDPOINT=host.url(), HF_TOKEN=TOKEN)
    assert "the token in HF_TOKEN does not open it" in said and TOKEN not in said


def test_no_token_travels_over_plain_http(client: Client) -> None:
    env = {"HF_ENDPOINT": "http://mirror.example.org", "HF_TOKEN": TOKEN}
    said = refused("hf://org/model", client, UsageError, **env)
    assert "unencrypted to mirror.example.org" in said and TOKEN not in said


def test_offline_nothing_is_asked_and_the_cache_is_read(
    host: Host, client: Client, tmp_path: Path
) -> None:
    env = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "HF_ENDPOINT": host.url()}
    assert "HF_HUB_OFFLINE is set" in refused("hf://org/model", client, UsageError, **env)
    snapshot = tmp_path / "hub/models--org--model/snapshots" / COMMIT
    shutil.copytree(MODEL, snapshot)
    refs = tmp_path / "hub/models--org--model/refs"
    refs.mkdir()
    (refs / "main").write_text(COMMIT)
    origin = told("hf://org/model", tmp_path / "a", client, **env)
    assert origin.commit == COMMIT and "HF_HUB_OFFLINE" in origin.host and not host.asked


def test_errors_name_the_address_and_nothing_is_left(
    host: Host, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    host.files["/a/model.safetensors"] = b"<html>sign in</html>" * 9
    said = refused(host.url("a/model.safetensors"), client)
    assert said.startswith(f"http://127.0.0.1:{host.port}/a/model.safetensors: ")
    assert not list(tmp_path.iterdir())


def test_a_file_named_among_others_is_read_as_it_is_read_here(
    host: Host, client: Client, tmp_path: Path
) -> None:
    folder = companions(MODEL, tmp_path / "there")
    weights = read_weights(MODEL)
    for name in ("a.bin", "b.bin"):
        write_torch(folder / name, weights)
    as_bucket(host, folder, "bucket", "")
    told("s3://bucket/a.bin", tmp_path / "a", client, AWS_ENDPOINT_URL=host.url())
    sketched(folder / "a.bin", tmp_path / "b", client)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    said = refused("s3://bucket", client, UsageError, AWS_ENDPOINT_URL=host.url())
    assert said.startswith("s3://bucket: holds 2 torch models")


def test_keys_of_a_bucket_sign_and_stay_secret(
    host: Host, client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    as_bucket(host, MODEL, "bucket", "m/")
    env = {
        "AWS_ENDPOINT_URL": host.url(),
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "the-secret-itself",
        "AWS_SESSION_TOKEN": "the-session-token",
        "AWS_REGION": "eu-central-1",
    }
    origin = told("s3://bucket/m", tmp_path / "a", client, **env)
    for one in host.asked:
        assert one.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
        assert one.headers["x-amz-security-token"] == "the-session-token"
    assert not any(s in repr(origin) + caplog.text for s in ("the-secret", "the-session", "AKIA"))
    host.redirects["/bucket/m/model.safetensors"] = host.url("elsewhere", "localhost")
    said = refused("s3://bucket/m", client, UnreadableError, **env)
    assert "AWS_REGION" in said and not host.of("elsewhere")


def test_no_room_is_said_before_anything_is_read(
    host: Host, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.put(MODEL)
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    said = refused(host.url("model.safetensors"), client, UnwritableError)
    assert "1000 are free there" in said and "TMPDIR" in said
