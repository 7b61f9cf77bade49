"""The image of the workload: the same bytes from the same packages, and no more than is needed."""

import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from bills import wrong_in
from sealed.test_workload import laid
from workload_image.__main__ import CONTAINERFILE, image, rootfs
from workload_image.packages import NAMES, locked
from workload_image.rootfs import Entry, put_together, written
from workload_image.sbom import bill

BUILDER = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None, reason="dpkg-deb is not at hand (Debian's package dpkg)"
)


def deb(at: Path, name: str, seconds: int) -> Path:
    """A package of Debian with files of that age."""
    root = at / f"{name}-{seconds}"
    for path, text in (("usr/bin/it", "#!"), ("lib/x86_64-linux-gnu/libit.so.1", "bytes"),
                       ("usr/share/doc/it/copyright", "free"), ("usr/share/doc/it/changelog", "-"),
                       ("usr/share/man/it.1", "-")):  # fmt: skip
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
        (root / path).chmod(0o755 if "bin" in path else 0o664)
        os.utime(root / path, (seconds, seconds))
    (root / "lib/libit.so").symlink_to("x86_64-linux-gnu/libit.so.1")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: none\n"
    )
    out = at / f"{name}-{seconds}.deb"
    subprocess.run(["dpkg-deb", "-b", str(root), str(out)], check=True, capture_output=True)
    return out


def wheel(at: Path, year: int, *, backward: bool) -> Path:
    names = ["it/__init__.py", "it/native.so", "it-1.dist-info/METADATA", "it-1.data/scripts/it",
             "it-1.data/purelib/more.py"]  # fmt: skip
    out = at / f"it-1-{year}.whl"
    with zipfile.ZipFile(out, "w") as held:
        for name in reversed(names) if backward else names:
            info = zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0))
            info.external_attr = (0o755 if name.endswith(".so") else 0o640) << 16
            held.writestr(info, name.encode())
    return out


@BUILDER
def test_times_and_order_leave_no_trace(tmp_path: Path) -> None:
    made = []
    for seconds, year, backward in ((1_000_000_000, 2001, False), (1_700_000_000, 2026, True)):
        out = tmp_path / f"{year}.tar"
        entries = put_together(
            [deb(tmp_path, "it", seconds)], [wheel(tmp_path, year, backward=backward)]
        )
        written(entries if not backward else dict(reversed(entries.items())), out)
        made.append(out.read_bytes())
    assert made[0] == made[1]
    with tarfile.open(fileobj=io.BytesIO(made[0])) as tar:
        found = {one.name: one for one in tar}
    assert {(one.mtime, one.uid, one.gid, one.uname) for one in found.values()} == {(0, 0, 0, "")}
    assert found["lib"].linkname == "usr/lib"
    assert found["usr/lib/x86_64-linux-gnu/libit.so.1"].isfile(), "Debian's two places are one"
    assert found["usr/lib/libit.so"].linkname == "x86_64-linux-gnu/libit.so.1"
    assert found["usr/lib/python3/dist-packages/more.py"].mode == 0o644
    assert found["usr/lib/python3/dist-packages/it/native.so"].mode == 0o755
    assert "usr/share/doc/it/copyright" in found, "licences go along"
    assert not [
        name for name in found if "changelog" in name or "it.1" in name or "scripts" in name
    ]
    assert not [name for name, one in found.items() if one.mode & 0o022 and name != "tmp"
                and not one.issym()]  # fmt: skip


def test_two_packages_do_not_overwrite_each_other(tmp_path: Path) -> None:
    one, other = tmp_path / "one-1.whl", tmp_path / "other-1.whl"
    for path in (one, other):
        with zipfile.ZipFile(path, "w") as held:
            held.writestr("shared.py", path.name)
    with pytest.raises(SystemExit, match=r"shared\.py: other-1\.whl"):
        put_together([], [one, other])
    assert put_together([], [one])["tmp"] == Entry(mode=0o1777)


def test_the_container_file_gives_nothing_away() -> None:
    """What a linter would hold against it: none is among Debian's or Python's packages."""
    lines = [line for line in CONTAINERFILE.read_text().splitlines() if line and line[0] != "#"]
    words = [line.split(maxsplit=1) for line in lines]
    assert [one for one, _ in words] == [
        "FROM",
        "ADD",
        "ENV",
        "USER",
        "WORKDIR",
        "ENTRYPOINT",
        "CMD",
    ]
    given = dict(words)
    assert given["FROM"] == "scratch"
    assert given["ADD"] == "rootfs.tar /", "nothing is fetched, nothing is run while it is built"
    user, group = map(int, given["USER"].split(":"))
    assert user > 0 and group > 0
    entry = json.loads(given["ENTRYPOINT"])
    assert entry[0] == "/usr/bin/python3.11" and "-P" in entry, "the working folder is not imported"
    assert json.loads(given["CMD"])[0] == "workload"
    said = CONTAINERFILE.read_text()
    for option in (
        "--network none",
        "--read-only",
        "--cap-drop all",
        "no-new-privileges",
        "/in:ro",
    ):
        assert option in said


def test_the_lock_names_each_package_once() -> None:
    assert [one.name for one in locked()] == list(NAMES)
    assert all(re.fullmatch("[0-9a-f]{64}", one.sha256) for one in locked())
    assert not {"bash", "dash", "busybox", "curl", "wget", "apt"} & set(NAMES)


def test_the_bill_is_valid_cyclonedx(tmp_path: Path) -> None:
    own = tmp_path / "filiation-0.1.0-py3-none-any.whl"
    other = tmp_path / "annotated_doc-0.0.7-py3-none-any.whl"
    own.write_bytes(b"own")
    other.write_bytes(b"other")
    found = json.loads(bill([other, own], "0" * 64))
    assert wrong_in(found) == []
    names = [one["purl"] for one in found["components"]]
    assert "pkg:pypi/annotated-doc@0.0.7" in names
    assert len(names) == len(set(names)) == len(NAMES) + 2


@pytest.mark.validate
@BUILDER
def test_two_builds_give_one_digest_and_the_image_works(tmp_path: Path) -> None:
    """Downloads 80 MB once; then two builds in two places, and a workload without a network."""
    if shutil.which("apt-get") is None:
        pytest.skip("apt-get is not at hand: Debian's packages cannot be downloaded")
    one, two = tmp_path / "one", tmp_path / "deeper" / "two"
    one.mkdir()
    two.mkdir(parents=True)
    first = rootfs(one)
    shutil.copytree(one / "wheels", two / "wheels")
    shutil.copytree(one / "debs", two / "debs")
    assert rootfs(two) == first
    assert (one / "sbom.cdx.json").read_bytes() == (two / "sbom.cdx.json").read_bytes()
    if shutil.which("buildah") is None:
        pytest.skip("buildah is not at hand: the root file systems are equal, no image was made")
    digest = image(one)
    assert digest == image(two) and re.fullmatch("sha256:[0-9a-f]{64}", digest)
    if shutil.which("bwrap") is None:
        pytest.skip("bwrap is not at hand: the image was built twice alike, and not run")
    root, out = tmp_path / "root", tmp_path / "out"
    root.mkdir()
    subprocess.run(["tar", "-C", str(root), "-xf", str(one / "rootfs.tar")], check=True)
    given = laid(tmp_path / "in")
    out.mkdir()
    for path in (*given.rglob("*"), *tmp_path.parents, tmp_path, given, out):
        if os.access(path, os.W_OK) and tmp_path in (path, *path.parents):
            path.chmod(0o777 if path == out else path.stat().st_mode | 0o055)
    (line,) = re.findall("^ENTRYPOINT (.*)$", CONTAINERFILE.read_text(), re.M)
    entry = json.loads(line)
    told = subprocess.run(
        ["bwrap", "--unshare-all", "--uid", "65532", "--gid", "65532", "--ro-bind", str(root), "/",
         "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind", str(given), "/in",
         "--bind", str(out), "/out", "--clearenv", "--setenv", "HOME", "/tmp", "--chdir", "/tmp",
         "--setenv", "PYTHONDONTWRITEBYTECODE", "1", *entry, "workload", "/in", "--out", "/out",
         "--image", digest],
        check=False, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "support shared weights" in told.stdout
    from filiation.proceedings.workload import check_signed

    seals = [given / side / "seal" for side in ("subject", "source")]
    found = check_signed(out / "examination.signed", seals=seals)
    assert found.signed.statement.image == digest
