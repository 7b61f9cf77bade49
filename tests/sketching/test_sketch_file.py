"""Sketch files come from the other side: nothing in them may do harm."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import toys
from filiation.errors import FiliationError, UnreadableError
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import is_sketch, read_sketch


@pytest.fixture(scope="module")
def raw() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        take_sketch(toys.born(1, layers=1, units=8), Path(folder) / "s")
        return (Path(folder) / "s").read_bytes()


@given(data=st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_changed_byte_does_more_than_change_a_number(
    raw: bytes, data: st.DataObject, tmp_path: Path
) -> None:
    changed = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "x.sketch"
    path.write_bytes(bytes(changed)[: data.draw(st.integers(0, 2 * len(raw)))])
    try:
        taken = read_sketch(path)
    except FiliationError:
        return
    for layer in taken.layers:
        for rows in layer.roles.values():
            assert rows.norms.shape == (layer.units,)
    for deep in taken.deep:
        assert all(0 <= unit < taken.layers[deep.layer].units for unit in deep.units)


def test_a_checkpoint_is_not_a_sketch(tmp_path: Path) -> None:
    import builders

    path = builders.write_safetensors(tmp_path / "m.safetensors", builders.llama())

    assert not is_sketch(path)
    with pytest.raises(UnreadableError, match="not a sketch"):
        read_sketch(path)


def test_a_sketch_of_another_schema_is_refused(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.sketch"
    path.write_bytes(raw.replace(b'"schema_version":3', b'"schema_version":7'))

    with pytest.raises(UnreadableError, match="schema 7, expected 3"):
        read_sketch(path)
