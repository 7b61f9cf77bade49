"""Build the image: `python -m workload_image FOLDER`, or `--lock` to lock Debian's packages anew.

In FOLDER lie what was downloaded, rootfs.tar, a bill of materials, and, where buildah is at hand,
the image as an OCI layout.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from workload_image.packages import ROOT, fetched_debs, fetched_wheels, lock
from workload_image.rootfs import put_together, written
from workload_image.sbom import bill

CONTAINERFILE: Final = ROOT / "examples" / "workload" / "Containerfile"
LABEL: Final = "filiation-workload"


def rootfs(folder: Path) -> str:
    """Write rootfs.tar and its bill; the SHA-256 of the tar."""
    wheels = fetched_wheels(folder / "wheels")
    written(put_together(fetched_debs(folder / "debs"), wheels), folder / "rootfs.tar")
    with (folder / "rootfs.tar").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    (folder / "sbom.cdx.json").write_bytes(bill(wheels, digest))
    return digest


def image(folder: Path) -> str:
    """Build the image of rootfs.tar with buildah; the digest of its manifest."""
    shutil.rmtree(folder / "image", ignore_errors=True)
    places = [word for name in ("root", "runroot")
              for word in (f"--{name}", str((folder / f"buildah-{name}").resolve()))]  # fmt: skip
    command = [
        "buildah", *places, "--storage-driver", "vfs", "bud", "--quiet", "--isolation", "chroot",
        "--no-cache", "--timestamp", "0", "--identity-label=false", "--format", "oci",
        "--file", str(CONTAINERFILE), "--tag", f"oci:{(folder / 'image').resolve()}:{LABEL}",
        str(folder),
    ]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for name in ("root", "runroot"):
        shutil.rmtree(folder / f"buildah-{name}", ignore_errors=True)
    found = json.loads((folder / "image" / "index.json").read_bytes())
    digest: str = found["manifests"][0]["digest"]
    return digest


def main() -> None:
    """As the module says."""
    if sys.argv[1:] == ["--lock"]:
        return lock()
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{folder}/rootfs.tar: sha256 {rootfs(folder)}")
    if shutil.which("buildah") is None:
        print("buildah is not at hand (Debian's package of that name): no image was made of it")
    else:
        print(f"{folder}/image: {image(folder)}")


if __name__ == "__main__":
    main()
