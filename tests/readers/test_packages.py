"""Models are found in folders, packages and archives; the hostile is refused with a reason."""

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from builders import f32, safetensors_bytes, write_safetensors
from filiation.readers.packages.unpacking import unpack
from filiation.readers.packages.walk import Place, Walk, begins_as_model

MODEL = safetensors_bytes({"w": f32(4, 4)})
OTHER = safetensors_bytes({"w": f32(4, 4, seed=1)})


def walked(path: Path, scratch: Path) -> tuple[list[Place], list[str]]:
    scratch.mkdir(exist_ok=True)
    walk = Walk(scratch=scratch, step=lambda doing: None)
    found = list(walk.places(path))
    assert list(scratch.iterdir()) == []  # nothing that was unpacked is left
    return found, walk.passed


def names(found: list[Place], above: Path) -> list[str]:
    return [place.shown.removeprefix(f"{above}/") for place in found]


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return path


def tarred(path: Path, members: Mapping[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, raw in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    return path


def test_a_wheel_and_its_licence(tmp_path: Path) -> None:
    about = b"Metadata-Version: 2.4\nName: carrier\nVersion: 1.0\nLicense-Expression: MIT\n\n"
    members = {
        "carrier/model.safetensors": MODEL,
        "carrier/code.py": b"raise SystemExit",
        "carrier-1.0.dist-info/METADATA": about,
        "carrier-1.0.dist-info/RECORD": b"carrier/model.safetensors,,\n",
    }
    (found,), _ = walked(zipped(tmp_path / "c.whl", members), tmp_path / "s")
    assert found.shown.endswith("c.whl!/carrier/model.safetensors")
    assert found.package is not None
    assert (found.package.name, found.package.licences) == ("carrier", ("MIT",))


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz", "w"])
def test_an_npm_package_and_tar_archives(tmp_path: Path, mode: str) -> None:
    about = json.dumps({"name": "@a/b", "version": "2.0.0", "license": "ISC"}).encode()
    members = {"package/package.json": about, "package/x/m.safetensors": MODEL}
    (found,), _ = walked(tarred(tmp_path / "b.tgz", members, mode), tmp_path / "s")
    assert found.container == "safetensors" and not found.failed
    assert found.package is not None and found.package.licences == ("ISC",)


def test_archives_in_archives_to_the_second_and_no_further(tmp_path: Path) -> None:
    third = zipped(tmp_path / "3.zip", {"m.safetensors": MODEL}).read_bytes()
    second = zipped(tmp_path / "2.zip", {"3.zip": third, "m.safetensors": OTHER}).read_bytes()
    first = zipped(tmp_path / "1.zip", {"2.zip": second})
    found, passed = walked(first, tmp_path / "s")
    assert names(found, tmp_path) == ["1.zip!/2.zip!/m.safetensors"]
    assert passed == [f"{tmp_path}/1.zip!/2.zip!/3.zip: an archive in 2 others; not unpacked"]


@pytest.mark.parametrize(
    "name",
    ["../out.safetensors", "/out.safetensors", "a/../../out.safetensors", "a\\..\\out.safetensors"],
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    for path in (
        zipped(tmp_path / "x.zip", {name: MODEL}),
        tarred(tmp_path / "x.tgz", {name: MODEL}),
    ):
        found, _ = walked(path, tmp_path / "s")
        assert [bool(place.failed) for place in found] == [True]
        assert not list(tmp_path.rglob("*out.safetensors"))


def test_a_member_that_stands_twice_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("m.safetensors", MODEL)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("m.safetensors", OTHER)
    found, _ = walked(tmp_path / "x.zip", tmp_path / "s")
    assert sorted(place.failed.partition(";")[0] for place in found) == [
        "",
        "stands twice in the archive",
    ]


def test_links_of_an_archive_are_not_followed(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        info = tarfile.TarInfo("m.safetensors")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    found, _ = walked(tmp_path / "x.tar", tmp_path / "s")
    assert [place.failed for place in found] == ["a link, a folder or a device, expected a file"]


def test_a_member_of_another_checksum_is_a_row_and_the_others_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.safetensors": MODEL, "b.safetensors": OTHER})
    raw = bytearray(path.read_bytes())
    raw[raw.rfind(b"PK\x01\x02") + 16] ^= 1  # that of the last one
    path.write_bytes(bytes(raw))
    found, _ = walked(path, tmp_path / "s")
    assert [
        (name, bool(place.failed))
        for name, place in zip(names(found, tmp_path), found, strict=True)
    ] == [
        ("x.zip!/a.safetensors", False),
        ("x.zip!/b.safetensors", True),
    ]
    assert "another checksum" in found[1].failed


def test_a_packing_that_could_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("m.safetensors", MODEL)
    (found,), _ = walked(tmp_path / "x.zip", tmp_path / "s")
    assert "packed by method 12" in found.failed


def test_what_swells_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filiation.readers.archives.entries.ALLOWANCE", 1 << 16)
    for path in (
        zipped(tmp_path / "x.zip", {"m.safetensors": bytes(1 << 24)}),
        tarred(tmp_path / "x.tgz", {"m.safetensors": bytes(1 << 24)}),
    ):
        found, _ = walked(path, tmp_path / "s")
        assert any("made to fill a disk" in place.failed for place in found), found


def test_a_header_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 1 << 33
    (tmp_path / "x.tar").write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(4096))
    found, _ = walked(tmp_path / "x.tar", tmp_path / "s")
    assert "made to fill the memory" in found[0].failed


@pytest.mark.parametrize("cut", [1, 30, 200, -30])
@pytest.mark.parametrize("suffix", ["zip", "tgz"])
def test_a_damaged_archive_is_a_row(tmp_path: Path, cut: int, suffix: str) -> None:
    make = zipped if suffix == "zip" else tarred
    path = make(tmp_path / f"x.{suffix}", {"m.safetensors": MODEL * 20})
    path.write_bytes(path.read_bytes()[:cut])
    found, _ = walked(path, tmp_path / "s")
    assert found[-1].failed and found[-1].files


def test_only_what_is_wanted_is_written(tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    path = zipped(tmp_path / "x.zip", {"a.py": b"1", "m.safetensors": MODEL})
    done = unpack(
        path, tmp_path / "into", lambda name: name.endswith(".safetensors"), begins_as_model
    )
    assert done.files == ["m.safetensors"]
    assert [path.name for path in (tmp_path / "into").iterdir()] == done.files


def test_a_folder_of_several_models_and_a_split_one(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("a", "b-00001-of-00002", "b-00002-of-00002", "c-00001-of-00002"):
        write_safetensors(folder / f"{name}.safetensors", {name: f32(4, 4)})
    found, _ = walked(folder, tmp_path / "s")
    by_name = {place.shown.rpartition("/")[2]: place for place in found}
    assert len(by_name["b-00001-of-00002.safetensors"].files) == 2
    assert "1 are there" in by_name["c-00001-of-00002.safetensors"].failed
    assert len(by_name) == 3


def test_the_cache_of_a_hub_and_links_that_lead_out(tmp_path: Path) -> None:
    home = tmp_path / "hub" / "models--org--name"
    snapshot = home / "snapshots" / "0123456789abcdef0123"
    (home / "blobs").mkdir(parents=True)
    snapshot.mkdir(parents=True)
    (home / "blobs" / "aa").write_bytes(MODEL)
    (snapshot / "model.safetensors").symlink_to("../../blobs/aa")
    (tmp_path / "secret.safetensors").write_bytes(OTHER)
    (snapshot / "other.safetensors").symlink_to("../../../../secret.safetensors")
    (tmp_path / "hub" / "loop").symlink_to("..")
    found, passed = walked(tmp_path / "hub", tmp_path / "s")
    assert names(found, tmp_path / "hub") == ["org/name@0123456789ab/model.safetensors"]
    assert sorted(passed) == sorted(
        [
            f"{tmp_path}/hub/loop: a link; not followed",
            f"{tmp_path}/hub/org/name@0123456789ab/other.safetensors: a link; not followed",
        ]
    )


def test_a_file_that_was_named_and_is_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (found,), _ = walked(tmp_path / "notes.txt", tmp_path / "s")
    assert found.failed == "neither a model nor an archive by its name"


def test_a_link_that_was_named_is_what_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(MODEL)
    link = tmp_path / "m.safetensors"
    link.symlink_to("blob")
    (found,), _ = walked(link, tmp_path / "s")
    assert found.shown.endswith("/m.safetensors") and not found.failed


@pytest.mark.parametrize("how", ["folder", "zip", "tgz"])
def test_a_model_under_another_name_is_found(tmp_path: Path, how: str) -> None:
    """`weights.dat` was passed over, and nobody told."""
    torch = safetensors_bytes({"w": f32(40, 40)})
    held = {
        "m/weights.dat": torch,
        "m/small.bin": torch,
        "m/blob": b"GGUF" + bytes(1 << 12),
        "m/page.html": b"<html>" + bytes(1 << 13),
        "m/locked.txt2": bytes(1 << 13),
    }
    if how == "folder":
        (tmp_path / "m").mkdir()
        for name, raw in held.items():
            (tmp_path / name).write_bytes(raw)
        path = tmp_path / "m"
    else:
        path = (zipped if how == "zip" else tarred)(tmp_path / f"x.{how}", held)
    found, _ = walked(path, tmp_path / "s")
    told = {place.shown.rpartition("/")[2]: bool(place.failed) for place in found}
    assert told.keys() == {"weights.dat", "small.bin", "blob"} and not told["weights.dat"]


def test_what_nobody_wants_and_cannot_be_opened_stops_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.secret": bytes(1 << 13), "m.safetensors": MODEL})
    raw = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + flags] |= 1  # encrypted
    path.write_bytes(raw)
    (found,), _ = walked(path, tmp_path / "s")
    assert found.shown.endswith("m.safetensors") and not found.failed


def test_large_files_of_no_known_format_are_told(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "shard.bin").write_bytes(bytes(1 << 20))
    (tmp_path / "m" / "tiny.bin").write_bytes(b"settings")
    (tmp_path / "m" / "net.tflite").write_bytes(b"TFL3" * 9)
    found, _ = walked(tmp_path / "m", tmp_path / "s")
    assert sorted(names(found, tmp_path / "m")) == ["net.tflite", "shard.bin"]
    assert all(place.failed for place in found)
