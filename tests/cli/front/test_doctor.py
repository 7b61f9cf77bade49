"""`filiation doctor` tells what is there and how to get what is not."""

from importlib.metadata import PackageNotFoundError

import pytest

from command import Command


def test_everything_in_one_object(filiation: Command) -> None:
    found = filiation("doctor", "--json").json

    assert found["schema_version"] == 1
    assert found["versions"]["numpy"] and found["versions"]["python"].startswith("3.")
    assert set(found["extras"]) >= {"pdf", "run", "ray", "documents", "timestamp"}
    assert int(found["machine"]["cores"]) >= 1
    assert "GiB" in found["machine"]["memory"] and "threads" in found["machine"]["BLAS"]
    assert set(found["disk"]) == {"current folder", "FILIATION_HOME"}
    assert set(found["programs"]) == {"openssl", "chromium"}
    for extra in found["extras"].values():
        assert extra["installed"] == (extra["install"] is None)


def test_what_is_missing_is_said_and_is_no_error(
    filiation: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("FILIATION_HOME", "/nowhere/at/all")
    done = filiation("doctor")

    assert (done.code, done.err) == (0, "")
    assert "pip install 'filiation[pdf]' (missing: typst)" in done.out
    assert "openssl" in done.out and "not found" in done.out
    assert "/nowhere/at/all" in done.out
