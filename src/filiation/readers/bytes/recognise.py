"""What was handed in, if it is not what its name says? Told by the first bytes alone."""

__all__ = ["HEAD", "recognise"]

HEAD = 512  # bytes that are looked at

_TORCH = (
    "unpickling it could run code, so it is refused; under the suffix .bin or .pt a torch "
    "checkpoint is read without"
)
_MAGIC = (
    (b"PK\x03\x04", f"a zip archive such as torch.save writes (first bytes 50 4b); {_TORCH}"),
    (b"PK\x05\x06", "an empty zip archive (first bytes 50 4b); it holds no tensors"),
    (b"GGUF", "a GGUF file (first bytes 47 47 55 46); give it the suffix .gguf"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file (first bytes 89 48 44 46); that format is not read"),
    (b"\x93NUMPY", "a NumPy array (first bytes 93 4e 55); that format is not read"),
    (b"\x1f\x8b", "a gzip archive (first bytes 1f 8b); unpack it first"),
    (
        b"version https://git-lfs",
        "a git-lfs pointer, a few lines of text; the weights themselves were not downloaded",
    ),
)
_PICKLE_PROTOCOLS = range(2, 6)


def recognise(head: bytes) -> str | None:
    """Name the format that begins with `head`, and what that means; None if unknown.

    Only asked after the bytes turned out not to be safetensors: a safetensors header of 640 bytes
    begins with 80 02, as a pickle does.
    """
    if len(head) >= 2 and head[0] == 0x80 and head[1] in _PICKLE_PROTOCOLS:
        return f"a Python pickle (first bytes 80 {head[1]:02x}); {_TORCH}"
    for magic, words in _MAGIC:
        if head.startswith(magic):
            return words
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page; a download was answered with an error or a login form"
    if text.startswith(b"{"):
        return "JSON text; it describes weights at most, and holds none"
    return None
