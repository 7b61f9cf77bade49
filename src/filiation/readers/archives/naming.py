"""Which files are archives, by their names."""

from typing import Final

__all__ = ["ARCHIVES", "is_archive", "is_tar"]

ZIPS: Final = (".whl", ".zip", ".egg", ".nupkg", ".jar", ".aar")
TARS: Final = (
    *(".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"),
    *(".nemo", ".crate"),
)
ARCHIVES: Final = (*ZIPS, *TARS)


def is_archive(name: str) -> bool:
    """Whether a file of this name is taken as an archive."""
    return name.lower().endswith(ARCHIVES)


def is_tar(name: str) -> bool:
    """Whether an archive of this name is a tar, packed or not; else it is a zip."""
    return name.lower().endswith(TARS)
