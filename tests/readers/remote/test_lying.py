"""Models that lie on another machine: the same sketch, no byte twice, faults, and changes."""

import hashlib
import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from safetensors.numpy import load_file, save_file

from containers import companions, read_weights, write_gguf, write_onnx, write_torch
from filiation.errors import UnreadableError, UnwritableError, UsageError
from filiation.model.origin import Origin
from filiation.readers.remote.client import Client
from filiation.readers.remote.lying import lying
from filiation.readers.remote.pace import Pace
from filiation.readers.remote.stand_in import PAGE
from filiation.readers.weights.checkpoint import open_model
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sketching.sketch import take_sketch
from hosts import COMMIT, Handler, Host, as_bucket, as_hub, busy, cut_after, serving

MODEL = Path(__file__).parents[3] / "examples/casebook/stranger-3"
TOKEN = "hf_abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def host() -> Iterator[Host]:
    with serving(Host()) as served:
        yield served


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def client(waited: list[float]) -> Iterator[Client]:
    asking = Client(pace=Pace(silence=5.0), wait=waited.append)
    yield asking
    asking.close()


@pytest.fixture(scope="module")
def sharded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model in two parts, of which the second holds a megabyte that the index does not list."""
    import json

    import numpy as np

    folder = tmp_path_factory.mktemp("sharded") / "model"
    folder.mkdir()
    companions(MODEL, folder)
    tensors = load_file(MODEL / "model.safetensors")
    names = sorted(tensors)
    half = len(names) // 2
    parts = {"model-00001-of-00002.safetensors": names[:half]}
    parts["model-00002-of-00002.safetensors"] = names[half:]
    index = {name: file for file, own in parts.items() for name in own}
    first, second = ({n: tensors[n] for n in own} for own in parts.values())
    second["z.optimizer"] = np.ones(1 << 19, dtype=np.float16)  # behind all others
    for file, own in zip(parts, (first, second), strict=True):
        save_file(own, folder / file)
    text = json.dumps({"metadata": {}, "weight_map": index})
    (folder / "model.safetensors.index.json").write_text(text)
    (folder / "pytorch_model.bin").write_bytes(b"another format, which nobody asks for")
    return folder


def sketched(spec: str | Path, out: Path, client: Client, **environment: str) -> Origin | None:
    with lying(spec, environment=environment, client=client) as at:
        take_sketch(open_model(at.path), out, workers=3)
        return at.origin()


def told(spec: str | Path, out: Path, client: Client, **environment: str) -> Origin:
    origin = sketched(spec, out, client, **environment)
    assert origin is not None
    return origin


def refused(spec: str, client: Client, kind: type[Exception] = UnreadableError, **env: str) -> str:
    with pytest.raises(kind) as caught, lying(spec, environment=env, client=client) as at:
        view = open_model(at.path)
        for tensor in view.tensors:
            for _ in view.blocks(tensor.name):
                pass
        at.origin()
    return str(caught.value)


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


def test_a_server_without_ranges_sends_the_whole_once(
    host: Host, client: Client, tmp_path: Path
) -> None:
    host.put(MODEL)
    host.ranges = False
    told(host.url("model.safetensors"), tmp_path / "a", client)
    sketched(MODEL, tmp_path / "b", client)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert len(host.of("model.safetensors")) == 2, "once for its state, once for its bytes"


def test_reading_goes_on_where_a_connection_was_cut(
    host: Host, client: Client, waited: list[float], tmp_path: Path
) -> None:
    host.put(MODEL)
    host.faults = [
        cut_after(100, "model.safetensors"),
        cut_after(3, "model.safetensors"),
        cut_after(40_000, "model.safetensors"),
        busy(503),
        busy(429, "7"),
    ]
    told(host.url("model.safetensors"), tmp_path / "a", client)
    sketched(MODEL, tmp_path / "b", client)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert not host.faults and 7.0 in waited and len(waited) == 5


def test_a_cut_of_a_server_without_ranges_begins_again(
    host: Host, client: Client, tmp_path: Path
) -> None:
    host.put(MODEL)
    host.ranges = False
    with lying(host.url("model.safetensors"), environment={}, client=client) as at:
        host.faults = [cut_after(300_000, "model.safetensors")]
        take_sketch(open_model(at.path), tmp_path / "a")
    sketched(MODEL, tmp_path / "b", client)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize("ranges", [True, False])
def test_a_file_that_changes_halfway_is_never_mixed(
    host: Host, client: Client, marks: bool, ranges: bool
) -> None:
    host.put(MODEL)
    host.marks, host.ranges = marks, ranges
    raw = host.files["/model.safetensors"]
    other = raw[:-1] + b"!" if marks else raw + b"!"
    with (
        pytest.raises(UnreadableError, match="changed while it was being read"),
        lying(host.url("model.safetensors"), environment={}, client=client) as at,
    ):
        host.files["/model.safetensors"] = other
        view = open_model(at.path)
        for tensor in view.tensors:
            for _ in view.blocks(tensor.name):
                pass


def test_without_ranges_and_marks_what_came_before_a_cut_is_held_against_what_comes_after(
    host: Host, client: Client
) -> None:
    host.put(MODEL)
    host.marks = host.ranges = False
    raw = host.files["/model.safetensors"]

    def cut_and_changed(handler: object) -> bool:
        fault = cut_after(300_000, "model.safetensors")
        done = fault(handler)  # type: ignore[arg-type]
        host.files["/model.safetensors"] = raw[:200_000] + b"?" + raw[200_001:]
        return done

    with (
        pytest.raises(UnreadableError, match="other bytes came after a cut"),
        lying(host.url("model.safetensors"), environment={}, client=client) as at,
    ):
        host.faults = [cut_and_changed]
        open_model(at.path)


def test_a_host_that_always_fails_is_given_up(
    host: Host, client: Client, waited: list[float]
) -> None:
    host.put(MODEL)
    host.faults = [busy(500)] * 100
    assert "(500), 6 times in a row" in refused(host.url("model.safetensors"), client)
    assert waited == [0.5, 1.0, 2.0, 4.0, 8.0]
    host.faults = [busy(429, "86400")]
    assert "asks to wait 86400 seconds" in refused(host.url("model.safetensors"), client)


@pytest.mark.parametrize(
    ("onward", "because"),
    [
        ("file:///etc/passwd", "leads to 'file'"),
        ("ftp://127.0.0.1/x", "leads to 'ftp'"),
        ("//user:secret@127.0.0.1/x", "with a password"),
        ("/model.safetensors", "in circles"),
        ("http://[::1", "no address"),
    ],
)
def test_redirects_lead_to_no_other_scheme_and_end(
    host: Host, client: Client, onward: str, because: str
) -> None:
    host.redirects["/model.safetensors"] = onward
    said = refused(host.url("model.safetensors"), client)
    assert because in said and "secret" not in said


def test_what_a_host_declares_is_held_against_what_came(
    host: Host, client: Client, sharded: Path
) -> None:
    with serving(Host()) as blobs:
        as_hub(host, blobs, sharded, "org/model")
        digest = hashlib.sha256((sharded / "model-00001-of-00002.safetensors").read_bytes())
        path = f"/blobs/{digest.hexdigest()}"
        blobs.files[path] = blobs.files[path][:-1] + b"!"
        said = refused("hf://org/model", client, HF_ENDPOINT=host.url())
        assert "the host declares" in said and "hf://org/model@" in said
        with (
            pytest.raises(UnreadableError, match="the host declares"),
            lying(
                "hf://org/model", whole=True, environment={"HF_ENDPOINT": host.url()}, client=client
            ),
        ):
            pass


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


def test_a_mirror_that_answers_from_another_commit_is_refused(
    host: Host, client: Client, sharded: Path
) -> None:
    with serving(Host()) as blobs:
        as_hub(host, blobs, sharded, "org/model")
        for headers in host.headers.values():
            headers["X-Repo-Commit"] = "0" * 40
        assert "another model" in refused("hf://org/model", client, HF_ENDPOINT=host.url())


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


def test_a_list_that_leads_elsewhere_is_refused(host: Host, client: Client, sharded: Path) -> None:
    with serving(Host()) as blobs:
        as_hub(host, blobs, sharded, "org/model")
        at = "/api/models/org/model/revision/main"
        host.files[at] = host.files[at].replace(b'"config.json"', b'"../../config.json"')
        assert "expected a plain name" in refused("hf://org/model", client, HF_ENDPOINT=host.url())


def test_a_link_that_has_run_out_is_asked_for_again(
    host: Host, client: Client, sharded: Path, tmp_path: Path
) -> None:
    with serving(Host()) as blobs:
        as_hub(host, blobs, sharded, "org/model")
        with lying("hf://org/model", environment={"HF_ENDPOINT": host.url()}, client=client) as at:
            blobs.faults = [busy(403)]
            take_sketch(open_model(at.path), tmp_path / "a", workers=1)
        assert not blobs.faults
    sketched(sharded, tmp_path / "b", client)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_host_whose_links_always_run_out_is_given_up(
    host: Host, client: Client, sharded: Path, tmp_path: Path, waited: list[float]
) -> None:
    """Each run-out link counted as getting on, and so a host could keep a reader for ever."""
    with serving(Host()) as store:
        as_hub(host, store, sharded, "org/model")
        turns = 0

        def never(handler: Handler) -> bool:
            nonlocal turns
            head = handler.headers.get("Range", "").startswith("bytes=0-")
            if head or turns > 40:
                return False  # the state is told; only what follows is withheld
            turns += 1
            if turns % 2:
                handler.answer(403, b"run out")
            else:
                handler.file(unquote(urlsplit(handler.path).path), {}, cut=0)
            store.faults.append(never)
            return True

        store.faults.append(never)
        told = refused("hf://org/model", client, HF_ENDPOINT=host.url())
    assert "6 times in a row" in told and turns <= 12


def test_a_host_that_drips_is_given_up(host: Host, sharded: Path) -> None:
    host.put(sharded, "m/")

    def drip(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(400):
            try:
                handler.wfile.write(b"{")
                handler.wfile.flush()
            except OSError:
                break
            time.sleep(0.01)
        handler.close_connection = True
        return True

    host.faults += [drip, drip]
    pace = Pace(silence=0.2, slowest=1000.0, attempts=2)
    asking = Client(pace=pace, wait=lambda _: None)
    try:
        told = refused(host.url("m/model.safetensors.index.json"), asking)
    finally:
        asking.close()
    assert "fewer than 1000 bytes a second came, 2 times in a row" in told


def test_other_weights_beside_are_told_and_not_read(
    host: Host, client: Client, sharded: Path
) -> None:
    with serving(Host()) as store:
        as_hub(host, store, sharded, "org/model")
        with lying("hf://org/model", environment={"HF_ENDPOINT": host.url()}, client=client) as at:
            told = open_exhibited(at.path).layout.set_aside
        assert [one.tensor for one in told] == ["pytorch_model.bin", "z.optimizer"]
        assert not store.of("pytorch_model.bin")


def test_answers_that_hold_more_less_or_other_bytes_than_were_asked_for(
    host: Host, client: Client, tmp_path: Path
) -> None:
    host.put(MODEL)
    raw = host.files["/model.safetensors"]
    etag = {"ETag": f'"{hashlib.md5(raw).hexdigest()}"'}

    def whole(handler: Handler) -> bool:
        handler.answer(200, raw, etag)
        return True

    def none(handler: Handler) -> bool:
        handler.answer(416, b"?" * 9, {**etag, "Content-Range": f"bytes */{len(raw)}"})
        return True

    def less(handler: Handler) -> bool:
        begin = int(handler.headers["Range"].removeprefix("bytes=").partition("-")[0])
        where = {"Content-Range": f"bytes {begin}-{begin + 9}/{len(raw)}"}
        handler.answer(206, raw[begin : begin + 10], {**etag, **where})
        return True

    def other(handler: Handler) -> bool:
        handler.answer(206, raw[:9], {**etag, "Content-Range": f"bytes 0-8/{len(raw)}"})
        return True

    with lying(host.url("model.safetensors"), environment={}, client=client) as at:
        host.faults = [whole, less, whole]
        take_sketch(open_model(at.path), tmp_path / "a")
    sketched(MODEL, tmp_path / "b", client)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    for fault in (none, other):
        with (
            pytest.raises(UnreadableError, match=r"expected|asked for"),
            lying(host.url("model.safetensors"), environment={}, client=client) as at,
        ):
            host.faults = [fault]
            take_sketch(open_model(at.path), tmp_path / "c")
        host.faults = []


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


def test_a_file_listed_in_another_state_than_it_is_served_in_is_refused(
    host: Host, client: Client
) -> None:
    as_bucket(host, MODEL, "bucket", "m/")
    host.etags["/bucket/m/model.safetensors"] = '"another"'
    said = refused("s3://bucket/m", client, AWS_ENDPOINT_URL=host.url())
    assert "another ETag than the host lists" in said


def test_no_room_is_said_before_anything_is_read(
    host: Host, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.put(MODEL)
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    said = refused(host.url("model.safetensors"), client, UnwritableError)
    assert "1000 are free there" in said and "TMPDIR" in said
