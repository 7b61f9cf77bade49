"""Hosts that fail, change their files or lie: no byte is mixed, and each fault is said."""

import hashlib
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from filiation.errors import UnreadableError
from filiation.readers.remote.client import Client
from filiation.readers.remote.lying import lying
from filiation.readers.remote.pace import Pace
from filiation.readers.weights.checkpoint import open_model
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sketching.sketch import take_sketch
from hosts import Handler, Host, as_bucket, as_hub, busy, cut_after, serving
from lying import MODEL, refused, sketched, told


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


def test_a_mirror_that_answers_from_another_commit_is_refused(
    host: Host, client: Client, sharded: Path
) -> None:
    with serving(Host()) as blobs:
        as_hub(host, blobs, sharded, "org/model")
        for headers in host.headers.values():
            headers["X-Repo-Commit"] = "0" * 40
        assert "another model" in refused("hf://org/model", client, HF_ENDPOINT=host.url())


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


def test_a_file_listed_in_another_state_than_it_is_served_in_is_refused(
    host: Host, client: Client
) -> None:
    as_bucket(host, MODEL, "bucket", "m/")
    host.etags["/bucket/m/model.safetensors"] = '"another"'
    said = refused("s3://bucket/m", client, AWS_ENDPOINT_URL=host.url())
    assert "another ETag than the host lists" in said


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
