"""What was handed in, if it is not what its name says? Told by the first bytes alone."""

from typing import Final

from filiation.errors import UnreadableError

__all__ = ["HEAD", "recognise", "something_else"]

HEAD: Final = 512  # bytes that are looked at

_TORCH: Final = (
    "unpickling it could run code, so it is refused; under the suffix .bin or .pt a torch "
    "checkpoint is read without"
)
_TAR_FILE: Final = "with the suffix .tar the model in it is read"
_UNPACK: Final = "the model in a .tar.gz, .tar.xz or .tar.bz2 is read, unpack anything else first"
_UNPACKED: Final = "unpack it first"
_NO_WEIGHTS: Final = "it holds no weights, so this is not the file that was meant"
_LFS: Final = (
    "the weights themselves were not downloaded; `git lfs pull` in its folder fetches them"
)
_PAGE: Final = "a download was answered with an error or a login form"
_DESCRIBES: Final = "it describes weights at most, and holds none"
_FORMAT: Final = "that format is not read"
_MAGIC: Final = (
    (b"PK\x03\x04", "a zip archive such as torch.save writes (first bytes 50 4b)", _TORCH),
    (b"PK\x05\x06", "an empty zip archive (first bytes 50 4b)", "it holds no tensors"),
    (b"GGUF", "a GGUF file (first bytes 47 47 55 46)", "give it the suffix .gguf"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file (first bytes 89 48 44 46)", "give it the suffix .h5"),
    (b"\x93NUMPY", "a NumPy array (first bytes 93 4e 55)", "archives of arrays (.npz) are read"),
    (b"PAR1", "a Parquet table (first bytes 50 41 52 31)", _FORMAT),
    (b"SQLite format 3\0", "an SQLite database", _NO_WEIGHTS),
    (b"\x1f\x8b", "a gzip archive (first bytes 1f 8b)", _UNPACK),
    (b"\xfd7zXZ\0", "an xz archive (first bytes fd 37 7a)", _UNPACK),
    (b"BZh", "a bzip2 archive (first bytes 42 5a 68)", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive (first bytes 28 b5 2f)", _UNPACKED),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive (first bytes 37 7a bc)", _UNPACKED),
    (b"Rar!\x1a\x07", "a rar archive (first bytes 52 61 72)", _UNPACKED),
    (b"\x89PNG\r\n\x1a\n", "an image (PNG)", _NO_WEIGHTS),
    (b"\xff\xd8\xff", "an image (JPEG)", _NO_WEIGHTS),
    (b"GIF8", "an image (GIF)", _NO_WEIGHTS),
    (b"%PDF-", "a PDF document", _NO_WEIGHTS),
    (b"\x7fELF", "a program (first bytes 7f 45 4c 46)", _NO_WEIGHTS),
    (b"version https://git-lfs", "a git-lfs pointer, a few lines of text", _LFS),
)
_PICKLE_PROTOCOLS: Final = range(2, 6)
_TAR: Final = 257  # where a tar archive says that it is one


def recognise(head: bytes) -> tuple[str, str] | None:
    """Name the format that begins with `head`, and what that means; None if unknown.

    Only asked after the bytes turned out not to be safetensors: a safetensors header of 640 bytes
    begins with 80 02, as a pickle does.
    """
    if len(head) >= 2 and head[0] == 0x80 and head[1] in _PICKLE_PROTOCOLS:
        return f"a Python pickle (first bytes 80 {head[1]:02x})", _TORCH
    for magic, found, meaning in _MAGIC:
        if head.startswith(magic):
            return found, meaning
    if head[_TAR : _TAR + 5] == b"ustar":
        return "a tar archive", _TAR_FILE
    return _text(head)


def something_else(head: bytes, *, what: str, expected: str) -> UnreadableError:
    """The error for a file that is not what was expected of it."""
    found, meaning = recognise(head) or ("something else", "it is no checkpoint, or damaged")
    return UnreadableError(f"{what}: this is {found}, expected {expected}; {meaning}")


def _text(head: bytes) -> tuple[str, str] | None:
    """What kind of text it is; None if these bytes are no text."""
    raw = head.removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode() if len(raw) < HEAD - 3 else raw[:-3].decode(errors="ignore")
    except UnicodeDecodeError:
        return None
    lines = text.split()
    if not lines or not all(word.isprintable() for word in lines):
        return None
    begins = text.lstrip().lower()
    if begins.startswith(("<!doctype", "<html", "<?xml")):
        return "a web page", _PAGE
    if begins.startswith(("{", "[")):
        return "JSON text", _DESCRIBES
    first = text.strip().splitlines()[0]
    return f"text that begins with {first[:40]!a}", _NO_WEIGHTS
