"""Verbs with a model that lies on another machine: what they print, keep and refuse."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.case.conftest import at
from command import CASEBOOK, Command
from hosts import COMMIT, Host, as_hub, serving

MODEL = CASEBOOK / "stranger-3"
TOKEN = "hf_abcdefghijklmnopqrstuvwxyz"
SECRETS = (TOKEN, "very-secret")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Host]:
    """A hub with one repository, whose address and token stand in the environment."""
    repository = tmp_path / "repository"
    shutil.copytree(MODEL, repository)
    (repository / "pytorch_model.bin").write_bytes(b"another format, which is not read")
    with serving(Host()) as host, serving(Host()) as blobs:
        as_hub(host, blobs, repository, "org/stranger")
        for name in ("HF_HUB_OFFLINE", "HF_HOME", "HF_HUB_CACHE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HF_ENDPOINT", host.url())
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield host


def kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_sketch_says_where_it_lay_what_was_read_and_what_digests_cover(
    hub: Host, filiation: Command, tmp_path: Path
) -> None:
    done = filiation("sketch", "hf://org/stranger", "-o", str(tmp_path / "a.sketch"))
    size = (MODEL / "model.safetensors").stat().st_size
    assert done.code == 0
    assert done.out.splitlines()[-4:] == [
        f"origin      hf://org/stranger@{COMMIT}, asked of 127.0.0.1:{hub.port}",
        f"read        {size:,} of {size:,} bytes of the weights (100 %), 1 file",
        "state       one commit",
        "digests     of tensors: of the bytes that came; of files: 1 of 1 sha256 as the host "
        "declares, every byte read",
    ]
    local = filiation("sketch", str(tmp_path / "repository"), "-o", str(tmp_path / "b.sketch"))
    assert local.code == 0 and "origin" not in local.out
    assert (tmp_path / "a.sketch").read_bytes() == (tmp_path / "b.sketch").read_bytes()
    checked = filiation("verify", str(tmp_path / "b.sketch"), "--model", "hf://org/stranger")
    assert checked.code == 0


def test_sketch_for_programs_holds_no_secret(hub: Host, filiation: Command, tmp_path: Path) -> None:
    spec, out = f"other=hf://org/stranger@{COMMIT}", str(tmp_path / "a.sketch")
    done = filiation("sketch", spec, "--whole", "--json", "-o", out)
    origin = done.json["origin"]
    assert done.json["name"] == "other" and origin["commit"] == COMMIT
    assert [(f["name"], f["read"] == f["size"], f["weights"]) for f in origin["files"]] == [
        ("config.json", True, False),
        ("model.safetensors", True, True),
        ("tokenizer.json", True, False),
    ]
    assert origin["files"][1]["sha256"] == origin["files"][1]["declared"]
    assert not any(secret in done.out + done.err for secret in SECRETS)


def test_the_python_api_takes_an_address(hub: Host) -> None:
    import filiation as fl

    taken = fl.sketch("hf://org/stranger@main")
    assert taken.name == "stranger" and taken.to_dict()["origin"]["commit"] == COMMIT


def test_an_examination_keeps_where_its_models_lay_and_verifies(
    hub: Host, filiation: Command, tmp_path: Path
) -> None:
    out = tmp_path / "examined"
    done = filiation(
        *("examine", "hf://org/stranger", "--source", str(CASEBOOK / "parent")),
        *("--control", str(CASEBOOK / "stranger-2"), "--out", str(out)),
    )
    assert done.code == 0 and f"Read from hf://org/stranger@{COMMIT}" in done.out + done.err
    (origin,) = json.loads((out / "origins.json").read_bytes())["origins"]
    assert origin["pinned"] == f"hf://org/stranger@{COMMIT}"
    assert filiation("verify", str(out)).code == 0
    assert not any(secret.encode() in kept(out) for secret in SECRETS)


def test_a_survey_and_a_library_take_them_and_set_aside_what_is_not_there(
    hub: Host, filiation: Command, tmp_path: Path
) -> None:
    models = ("hf://org/stranger", str(MODEL), str(CASEBOOK / "parent"), "hf://org/none")
    done = filiation("survey", *models, "--json")
    assert done.code == 0, done.err
    aside = {one["name"]: one for one in done.json["aside"]}
    assert "hf://org/none" in aside["none"]["reason"]
    assert aside["stranger-3"]["same_as"] == "stranger"
    added = filiation("library", "add", str(tmp_path / "library"), "hf://org/stranger")
    assert added.code == 0
    found = filiation("library", "search", str(tmp_path / "library"), str(MODEL), "--json")
    assert found.json["candidates"][0]["same"] is True


def test_an_exhibit_of_a_case_is_read_whole_and_its_origin_recorded(
    hub: Host, tmp_path: Path
) -> None:
    case = ("open", "{}/case", "--title", "Acme and Basel", "--received", "2026-03-02")
    assert at(tmp_path, *case).code == 0
    party = ("party", "{}/case", "acme", "--role", "claimant")
    assert at(tmp_path, *party).code == 0
    exhibit = ("--name", "theirs", "--from", "acme", "--how", "from the hub, by the tribunal")
    done = at(tmp_path, "add", "{}/case", "hf://org/stranger", *exhibit, "--copy")
    assert done.code == 0, done.err
    objects = [
        path.read_bytes() for path in (tmp_path / "case/objects").rglob("*") if path.is_file()
    ]
    (origin,) = [json.loads(raw) for raw in objects if raw.startswith(b"{") and b'"pinned"' in raw]
    assert origin["origins"][0]["commit"] == COMMIT
    assert all(one["read"] == one["size"] for one in origin["origins"][0]["files"])
    assert (MODEL / "model.safetensors").read_bytes() in objects
    logged = at(tmp_path, "log", "{}/case")
    assert f"hf://org/stranger@{COMMIT}" in logged.out
    assert at(tmp_path, "verify", "{}/case").code == 0
    assert not any(secret.encode() in raw for raw in objects for secret in SECRETS)
    refused = at(
        tmp_path,
        *("add", "{}/case", "hf://org/stranger", "--unexamined"),
        *("--name", "x", "--from", "acme", "--how", "from the hub"),
    )
    assert refused.code == 2 and "not fetched" in refused.err


def test_words_of_what_is_refused(filiation: Command, tmp_path: Path) -> None:
    for spec, words in (
        ("ftp://host/model", "hf://, https://, http:// and s3:// only"),
        ("https://user:secret@host/model.gguf", "holds a user or a password"),
        ("org/name", "pass hf://org/name"),
    ):
        done = filiation("sketch", spec, "-o", str(tmp_path / "a.sketch"))
        assert done.code == 2 and words in done.err and "secret" not in done.err
