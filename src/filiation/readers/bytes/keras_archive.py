"""Keras 3's `.keras`: a zip archive with `model.weights.h5` in it, mapped where it stands.

Source: https://github.com/keras-team/keras (keras/src/saving/saving_lib.py). The model's own
description (config.json) may name classes to import, and is not looked at.
"""

from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError
from filiation.readers.bytes.hdf5 import MAGIC, hdf5_tensors
from filiation.readers.bytes.mapped import map_file
from filiation.readers.bytes.opened import Opened
from filiation.readers.bytes.recognise import HEAD, something_else
from filiation.readers.bytes.zipped import inflated, zip_members

__all__ = ["open_keras"]

WEIGHTS: Final = "model.weights.h5"


def open_keras(path: Path) -> Opened:
    """Map an archive and find its variables.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or holds no weights.
    """
    mapped = map_file(path, expected="a Keras archive")
    whole, what = memoryview(mapped), str(path)
    if bytes(whole[:4]) != b"PK\x03\x04":
        raise something_else(bytes(whole[:HEAD]), what=what, expected="a Keras archive (.keras)")
    member = zip_members(whole, what).get(WEIGHTS)
    if member is None:
        raise UnreadableError(f"{what}: no {WEIGHTS} in it, expected the weights of a Keras model")
    begin, end = member.begin, member.end
    if member.deflated:
        mapped = inflated(whole, member, what)
        begin, end = 0, len(mapped)
    if mapped[begin : begin + len(MAGIC)] != MAGIC:
        raise UnreadableError(f"{what}: {WEIGHTS} is no HDF5 file; damaged")
    return hdf5_tensors(path, mapped, begin, end)
