"""HDF5 without its library: goldens that h5py 3.14 wrote, and what must not be followed."""

import base64
import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from filiation.errors import UnreadableError
from filiation.readers.bytes.hdf5 import open_hdf5
from filiation.readers.bytes.opened import Opened

GOLDENS = json.loads((Path(__file__).parent / "hdf5_goldens.json").read_text())
ROWS = np.arange(120, dtype=np.float32).reshape(12, 10)


def written(at: Path, name: str) -> Path:
    path = at / f"{name}.h5"
    path.write_bytes(zlib.decompress(base64.b64decode(GOLDENS[name])))
    return path


def raw(opened: Opened, name: str) -> bytes:
    source, entry = opened.places[name]
    return bytes(source.view(entry.start, entry.start + entry.info.nbytes))


def test_groups_and_whole_datasets(tmp_path: Path) -> None:
    opened = open_hdf5(written(tmp_path, "plain"))

    assert len(opened.places) == 24 and opened.aside == {"second": "another name of half"}
    for n in range(20):
        assert raw(opened, f"layer_{n}/vars/0") == ROWS[n % 3 : n % 3 + 2].tobytes()
    assert raw(opened, "scalar") == np.float64(2).tobytes()
    assert raw(opened, "half") == ROWS.astype(np.float16).tobytes()
    words = {name: entry.info.dtype for name, (_, entry) in opened.places.items()}
    assert (words["half"], words["int"], words["bf"]) == ("F16", "I8", "BF16")
    assert opened.places["bf"][1].info.shape == (12, 20) and not opened.unexamined


def test_chunks_are_unpacked_and_put_together(tmp_path: Path) -> None:
    opened = open_hdf5(written(tmp_path, "chunks"))

    for name in ("c0", "c1", "c2"):
        assert raw(opened, name) == ROWS.tobytes()
        source, entry = opened.places[name]
        assert bytes(source.view(entry.start + 44, entry.start + 444)) == ROWS.tobytes()[44:444]
    assert raw(opened, "v") == ROWS[0].tobytes() and raw(opened, "cube") == ROWS.tobytes()
    assert opened.aside == {"record": "a dataset of records, no tensor"}


def test_groups_of_a_newer_library(tmp_path: Path) -> None:
    opened = open_hdf5(written(tmp_path, "newer"))
    assert [raw(opened, f"g{n}/x") for n in range(3)] == [ROWS.tobytes()] * 3
    with pytest.raises(UnreadableError, match="keeps its names in a dense index"):
        open_hdf5(written(tmp_path, "dense"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("soft", "a link leads elsewhere by name; it is refused"),
        ("away", "a link leads elsewhere by name; it is refused"),
        ("external", "dataset 'x' is placed in another file"),
        ("lzf", "dataset 'x' is packed by lzf, which is not read; h5repack writes it with gzip"),
        ("deep", "dataset 'x' is cut along its third axis, which is not read"),
        ("turned", "dataset 'x' holds big-endian numbers, which are not read"),
    ],
)
def test_what_leads_elsewhere_or_is_not_read_is_refused(
    tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(UnreadableError, match=words):
        open_hdf5(written(tmp_path, name))
