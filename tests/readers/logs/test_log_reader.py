"""A reduced log is an exhibit: recognised, kept, and opened again as what was recorded."""

from pathlib import Path

import pytest

from filiation.errors import CaseError, UnreadableError
from filiation.model.kinds import LOGS
from filiation.readers.logs.kept import write_log
from filiation.readers.logs.reader import LogReader
from filiation.readers.reader import Reader
from logged import reduced


def test_it_is_taken_and_opened_again(tmp_path: Path) -> None:
    reader: Reader = LogReader(notes=lambda log: (f"{len(log)} requests",))
    path, folder = tmp_path / "march.requests", tmp_path / "kept"
    folder.mkdir()
    write_log(reduced(), path)
    told: list[tuple[str, int, int]] = []
    (taken,) = reader.take(str(path), folder, advance=lambda *x: told.append(x))
    material = taken.material
    assert (material.kind, material.name, material.notes) == (LOGS, "march", ("200 requests",))
    assert material.digest == reduced().digest
    assert taken.file.read_bytes() == path.read_bytes()
    assert taken.file.name == f"{material.kept}.requests"
    assert told[-1] == ("march.requests", path.stat().st_size, path.stat().st_size)
    again = reader.reopen(taken.file, [(material.digest, "theirs")])
    assert again[0] == material and again[0].name == again[0].content.name == "theirs"
    with pytest.raises(CaseError, match="in the place of another"):
        reader.reopen(taken.file, [("0" * 64, "theirs")])


def test_only_reduced_logs_are_recognised(tmp_path: Path) -> None:
    reader = LogReader()
    write_log(reduced(), tmp_path / "renamed.bin")
    (tmp_path / "log.jsonl").write_text('{"filiation.requests": 1}')
    (tmp_path / "model.safetensors").write_bytes(b"\x02" + bytes(7) + b"{}")
    assert reader.recognises(str(tmp_path / "renamed.bin"))
    for name in ("log.jsonl", "model.safetensors", "nothing", "."):
        assert not reader.recognises(str(tmp_path / name))


def test_a_broken_log_leaves_nothing_in_the_folder(tmp_path: Path) -> None:
    path, folder = tmp_path / "march.requests", tmp_path / "kept"
    folder.mkdir()
    write_log(reduced(), path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(UnreadableError, match=r"march\.requests: .*truncated"):
        LogReader().take(str(path), folder)
    assert not [*folder.iterdir()]
