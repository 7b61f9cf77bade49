"""A model in an archive: the one in it, the one that is named, and what is never unpacked."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

import shards
from builders import llama, safetensors_bytes
from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.weights.checkpoint import open_model

RAW = safetensors_bytes(llama())
OTHER = safetensors_bytes(llama(seed=100))


def refusal(path: Path, kind: type[FiliationError]) -> str:
    with pytest.raises(kind) as caught:
        open_model(path)
    return str(caught.value)


@pytest.mark.parametrize("name", ["m.zip", "m.whl", "m.tar", "m.tgz"])
def test_of_several_models_one_must_be_named(tmp_path: Path, name: str) -> None:
    files = {"a/model.safetensors": RAW, "a/config.json": b"{}", "b/c/x.safetensors": OTHER}
    write = shards.write_tar if "t" in name.split(".")[1] else shards.write_zip
    made = write(tmp_path / name, files)

    sentence = refusal(made, UsageError)
    assert f"holds 2 models; give one of {made / 'a'}, {made / 'b/c'}" in sentence
    assert open_model(made / "a").name == "a"
    for inside in ("b/c", "b", "b/c/x.safetensors"):
        assert open_model(made / inside).layout.layers
    assert open_model(made / "b/c/x.safetensors").name == "x"
    assert "no model in it" in refusal(made / "d", UsageError)


def test_an_error_names_the_archive_and_not_where_it_was_unpacked(tmp_path: Path) -> None:
    made = shards.write_zip(tmp_path / "m.zip", {"a/model.safetensors": RAW[:-4]})
    sentence = refusal(made, UnreadableError)
    assert sentence.startswith(f"{made}/model.safetensors: the header describes")
    assert "filiation-" not in sentence


@pytest.mark.parametrize("name", ["../m.safetensors", "/m.safetensors", "a/../../m.safetensors",
                                  "a\\m.safetensors", "C:/m.safetensors"])  # fmt: skip
@pytest.mark.parametrize("suffix", ["zip", "tar"])
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str, suffix: str) -> None:
    write = shards.write_tar if suffix == "tar" else shards.write_zip
    sentence = refusal(write(tmp_path / f"m.{suffix}", {name: RAW}), UnreadableError)
    assert "expected a path below the archive" in sentence


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE])
def test_links_and_devices_of_a_tar_are_not_followed(tmp_path: Path, kind: bytes) -> None:
    made = tmp_path / "m.tar"
    with tarfile.open(made, "w") as archive:
        info = tarfile.TarInfo("m/model.safetensors")
        info.type, info.linkname = kind, "/etc/hostname"
        archive.addfile(info)
    assert "a link, a folder or a device, expected a file" in refusal(made, UnreadableError)


def test_a_link_of_a_zip_is_not_followed(tmp_path: Path) -> None:
    made = tmp_path / "m.zip"
    with zipfile.ZipFile(made, "w") as archive:
        info = zipfile.ZipInfo("m/model.safetensors")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/hostname")
    assert "a link, a folder or a device, expected a file" in refusal(made, UnreadableError)


def test_what_claims_more_than_it_holds_is_not_unpacked(tmp_path: Path) -> None:
    made = tmp_path / "m.zip"
    shards.write_zip(made, {"model.safetensors": bytes(5_000_000)})
    raw = bytearray(made.read_bytes())
    directory = raw.rfind(b"PK\x01\x02")
    raw[directory + 24 : directory + 28] = (1000).to_bytes(4, "little")
    made.write_bytes(bytes(raw))
    assert "holds more bytes than the 1000 that are said" in refusal(made, UnreadableError)

    raw[directory + 24 : directory + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    made.write_bytes(bytes(raw))
    sentence = refusal(made, UnreadableError)
    assert sentence.startswith(f"{made}: the model unpacks to 4,294,967,280 bytes")
    assert "made to fill a disk" in sentence


def test_a_tar_that_claims_a_large_member_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    info = tarfile.TarInfo("model.safetensors")
    info.size = 1 << 45
    made = tmp_path / "m.tar"
    made.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    assert "claims more than it holds" in refusal(made, UnreadableError)


def test_weights_of_another_checksum_are_refused(tmp_path: Path) -> None:
    made = shards.write_zip(tmp_path / "m.zip", {"model.safetensors": RAW})
    raw = bytearray(made.read_bytes())
    directory = raw.rfind(b"PK\x01\x02")
    raw[directory + 16] ^= 1
    made.write_bytes(bytes(raw))
    assert "another checksum than the archive declares" in refusal(made, UnreadableError)


def test_a_zip_with_a_comment_is_one_archive_and_with_two_ends_none(tmp_path: Path) -> None:
    made = shards.write_zip(tmp_path / "m.zip", {"model.safetensors": RAW})
    raw = made.read_bytes()
    end = raw[-22:-2]
    made.write_bytes(raw[:-2] + b"\x28\0" + b"c" * 40)  # as GitHub writes its own
    assert open_model(made).layout.layers
    made.write_bytes(raw[:-2] + b"\x16\0" + end + b"\0\0")
    assert "read in two ways" in refusal(made, UnreadableError)


@pytest.mark.parametrize("name", ["m.nemo", "m.txz"])
def test_every_archive_that_a_scan_opens_is_opened(tmp_path: Path, name: str) -> None:
    made = tmp_path / name
    shards.write_tar(tmp_path / "m.tar.gz", {"m/model.safetensors": RAW}).rename(made)
    assert open_model(made).layout.layers


def test_a_member_that_stands_twice_is_refused(tmp_path: Path) -> None:
    made = tmp_path / "m.tar"
    with tarfile.open(made, "w") as archive:
        for raw in (RAW, OTHER):
            info = tarfile.TarInfo("model.safetensors")
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    assert "stands twice" in refusal(made, UnreadableError)


def test_a_member_spelt_in_two_ways_is_refused(tmp_path: Path) -> None:
    """The last one was read, whatever another program would take."""
    one, two = safetensors_bytes(llama()), safetensors_bytes({})
    shards.write_zip(tmp_path / "m.zip", {"m/model.safetensors": two, "m/./model.safetensors": one})
    assert "'m/./model.safetensors': stands twice" in refusal(tmp_path / "m.zip", UnreadableError)


def test_the_folder_of_unpacking_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "t"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    model = open_model(shards.write_tar(tmp_path / "m.tar.gz", {"m/model.safetensors": RAW}))
    assert not list(place.iterdir())
    stored = b"".join(bytes(raw) for _, raw in model.blocks("model.norm.weight"))
    assert stored == llama()["model.norm.weight"][1].tobytes()
