"""A host that serves, whoever asks it, and a sharded model that it may hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from containers import companions
from filiation.readers.remote.client import Client
from filiation.readers.remote.pace import Pace
from hosts import Host, serving
from lying import MODEL


@pytest.fixture
def host() -> Iterator[Host]:
    with serving(Host()) as served:
        yield served


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def client(waited: list[float]) -> Iterator[Client]:
    asking = Client(pace=Pace(silence=5.0), wait=waited.append)
    yield asking
    asking.close()


@pytest.fixture(scope="module")
def sharded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model in two parts, of which the second holds a megabyte that the index does not list."""
    import json

    import numpy as np

    folder = tmp_path_factory.mktemp("sharded") / "model"
    folder.mkdir()
    companions(MODEL, folder)
    tensors = load_file(MODEL / "model.safetensors")
    names = sorted(tensors)
    half = len(names) // 2
    parts = {"model-00001-of-00002.safetensors": names[:half]}
    parts["model-00002-of-00002.safetensors"] = names[half:]
    index = {name: file for file, own in parts.items() for name in own}
    first, second = ({n: tensors[n] for n in own} for own in parts.values())
    second["z.optimizer"] = np.ones(1 << 19, dtype=np.float16)  # behind all others
    for file, own in zip(parts, (first, second), strict=True):
        save_file(own, folder / file)
    text = json.dumps({"metadata": {}, "weight_map": index})
    (folder / "model.safetensors.index.json").write_text(text)
    (folder / "pytorch_model.bin").write_bytes(b"another format, which nobody asks for")
    return folder
