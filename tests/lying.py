"""Sketches of models that lie on another machine, and what is said of those that cannot be had."""

from pathlib import Path

import pytest

from filiation.errors import UnreadableError
from filiation.model.origin import Origin
from filiation.readers.remote.client import Client
from filiation.readers.remote.lying import lying
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch

MODEL = Path(__file__).parents[1] / "examples/casebook/stranger-3"
TOKEN = "hf_abcdefghijklmnopqrstuvwxyz"


def sketched(spec: str | Path, out: Path, client: Client, **environment: str) -> Origin | None:
    with lying(spec, environment=environment, client=client) as at:
        take_sketch(open_model(at.path), out, workers=3)
        return at.origin()


def told(spec: str | Path, out: Path, client: Client, **environment: str) -> Origin:
    origin = sketched(spec, out, client, **environment)
    assert origin is not None
    return origin


def refused(spec: str, client: Client, kind: type[Exception] = UnreadableError, **env: str) -> str:
    with pytest.raises(kind) as caught, lying(spec, environment=env, client=client) as at:
        view = open_model(at.path)
        for tensor in view.tensors:
            for _ in view.blocks(tensor.name):
                pass
        at.origin()
    return str(caught.value)
