"""Source code as nobody should send it: notebooks, repositories, encodings, bombs, archives."""

import io
import json
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("tree_sitter")

from filiation.errors import UsageError
from filiation.readers.code.history import claimed_days
from filiation.readers.code.trees import is_tree, open_tree

TEXT = "def f(a):\n    b = a + 1\n    c = b * a\n    d = c\n    return g(d)\n"


def notebook(*cells: dict[str, object], language: str = "python") -> str:
    return json.dumps({"cells": cells, "metadata": {"language_info": {"name": language}}})


def code(text: str, **more: object) -> dict[str, object]:
    return {"cell_type": "code", "source": text.splitlines(keepends=True), **more}


def test_a_notebook_gives_its_code_cells_in_order_and_never_its_outputs(tmp_path: Path) -> None:
    out = {"output_type": "stream", "text": "def shown(a):\n" + "    b = 1\n" * 6}
    (tmp_path / "n.ipynb").write_text(
        notebook(
            code("%matplotlib inline\n" + TEXT, outputs=[out]),
            {"cell_type": "markdown", "source": TEXT.replace("f(", "words(")},
            code("%%bash\n" + TEXT.replace("f(", "other(")),
            code(TEXT.replace("f(", "second(")),
        )
    )
    tree = open_tree(tmp_path)
    assert [(one.name, one.first) for one in tree.fragments] == [("f", 2), ("second", 17)]
    assert not tree.broken


@pytest.mark.parametrize(
    "text",
    [
        "{", "[" * 100_000, "[]", '{"cells": 3}', '{"cells": [1, {"cell_type": "code"}]}',
        notebook(code(TEXT), language="julia"), '{"worksheets": [{"cells": "x"}, 3]}', "\0" * 99,
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_told_and_spoils_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "n.ipynb").write_text(text)
    (tmp_path / "a.py").write_text(TEXT)
    tree = open_tree(tmp_path)
    assert [one.file for one in tree.fragments] == ["a.py"]
    assert "n.ipynb" in dict(tree.aside) or "n.ipynb" in tree.files


def test_an_old_notebook_has_its_cells_in_sheets(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "input": TEXT}
    (tmp_path / "n.ipynb").write_text(json.dumps({"worksheets": [{"cells": [cell]}]}))
    assert [one.name for one in open_tree(tmp_path).fragments] == ["f"]


def packed(folder: Path, name: str) -> Path:
    """An archive of one source file and one in a folder of vendored code."""
    path = folder / name
    files = {"p/a.py": TEXT, "p/vendor/b.py": TEXT, "p/README": "words"}
    if name.endswith((".zip", ".whl", ".jar", ".egg")):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, text in files.items():
                archive.writestr(member, text)
    else:
        mode = {"gz": "w:gz", "tgz": "w:gz", "crate": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}
        with tarfile.open(path, mode.get(name.rpartition(".")[2], "w")) as tar:
            for member, text in files.items():
                info = tarfile.TarInfo(member)
                info.size = len(text)
                tar.addfile(info, io.BytesIO(text.encode()))
    return path


@pytest.mark.parametrize(
    "name", ["s.zip", "s.whl", "s.jar", "s.egg", "s.tar", "s.tar.gz", "s.tgz", "s.tar.xz",
             "s.tar.bz2", "s.crate"],
)  # fmt: skip
def test_an_archive_of_source_is_known_and_read(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path, name)
    assert is_tree(path)
    tree = open_tree(path)
    assert [one.file for one in tree.fragments] == ["p/a.py"]
    assert [one.file for one in tree.foreign] == ["p/vendor/b.py"]


def test_an_archive_with_a_model_in_it_is_no_source_tree(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.writestr("a.py", TEXT)
        archive.writestr("model.safetensors", b"\0" * 64)
    assert not is_tree(tmp_path / "m.zip")
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4 no archive")
    assert not is_tree(tmp_path / "bad.zip")


def test_two_hundred_megabytes_of_minified_text_are_set_aside_unread(tmp_path: Path) -> None:
    with (tmp_path / "big.js").open("wb") as file:
        file.truncate(200 << 20)
    (tmp_path / "lines.js").write_text("var a=1;" * 30_000)
    (tmp_path / "a.py").write_text(TEXT)
    why = dict(open_tree(tmp_path).aside)
    assert "more than 2,000,000 bytes" in why["big.js"] and "minified" in why["lines.js"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1251"])
def test_a_text_in_another_encoding_is_read_as_far_as_it_goes(
    tmp_path: Path, encoding: str
) -> None:
    text = ("\ufeff" if encoding == "utf-16-le" else "") + "# \u00fc\n" * (encoding != "cp1251")
    (tmp_path / "a.py").write_bytes((text + TEXT).encode(encoding))
    assert [one.name for one in open_tree(tmp_path).fragments] == ["f"]


@pytest.mark.parametrize("added", ["# " + "x" * 100_000, "#\0", '"""' + "y" * 9_000 + '"""'])
def test_an_endless_line_or_a_zero_byte_hides_no_file(tmp_path: Path, added: str) -> None:
    """Whoever wants a copied file to be taken as minified or binary, and set aside."""
    (tmp_path / "a.py").write_text(f"{added}\n{TEXT}")
    assert [one.name for one in open_tree(tmp_path).fragments] == ["f"]


def test_what_breaks_in_the_middle_keeps_the_functions_around(tmp_path: Path) -> None:
    whole = TEXT.replace("f(", "after(")
    (tmp_path / "a.py").write_text(TEXT + "def broken(:\n  ]]\n\n" + whole)
    tree = open_tree(tmp_path)
    assert {"f", "after"} <= {one.name for one in tree.fragments} and tree.broken["a.py"] > 0


def test_a_file_of_brackets_alone_ends(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("(\n" * 40_000)
    (tmp_path / "a.py").write_text(TEXT + "# " + "a(" * 1_000 + "\n#" + "x" * 5_000)
    assert [one.name for one in open_tree(tmp_path).fragments] == ["f"]


def git(folder: Path, *args: str, day: str = "2021-03-04") -> None:
    env = {
        "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin",
        "GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z",
    }  # fmt: skip
    named = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *named, *args], check=True, env=env)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "r"
    folder.mkdir()
    git(folder, "init", "-q")
    for name, day in (("a.py", "2021-03-04"), ("b.py", "2022-05-06")):
        (folder / name).write_text(TEXT)
        git(folder, "add", "-A", day=day)
        git(folder, "commit", "-qm", name, day=day)
    return folder


def test_a_repository_claims_on_which_day_each_file_appeared(repository: Path) -> None:
    assert open_tree(repository).since == {"a.py": "2021-03-04", "b.py": "2022-05-06"}
    git(repository, "gc", "-q")
    git(repository, "pack-refs", "--all")
    assert open_tree(repository).since["b.py"] == "2022-05-06"


def test_nothing_that_a_repository_sets_is_run(repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {ran}\n")
    script.chmod(0o755)
    config = repository / ".git" / "config"
    said = f"[core]\n fsmonitor = {script}\n pager = {script}\n sshCommand = {script}\n"
    said += f"[diff]\n external = {script}\n[log]\n showSignature = true\n"
    said += f"[gpg]\n program = {script}\n[alias]\n log = !{script}\n[include]\n path = {script}\n"
    config.write_text(config.read_text() + said)
    for hook in ("post-checkout", "pre-commit", "reference-transaction"):
        place = repository / ".git" / "hooks" / hook
        place.parent.mkdir(exist_ok=True)
        place.write_text(script.read_text())
        place.chmod(0o755)
    days, why = claimed_days(repository)
    assert days["a.py"] == "2021-03-04" and not why and not ran.exists()


def test_a_replaced_commit_is_not_believed(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "now")
    git(repository, "checkout", "-q", "--orphan", "old", day="1999-01-01")
    git(repository, "commit", "-qm", "old", day="1999-01-01")
    git(repository, "checkout", "-q", "now")
    git(repository, "replace", "HEAD", "old")
    assert claimed_days(repository)[0]["a.py"] == "2021-03-04"


@pytest.mark.parametrize("fault", ["alternates", "link", "file", "promisor", "head", "cut"])
def test_a_repository_that_points_elsewhere_or_is_damaged_says_nothing(
    repository: Path, tmp_path: Path, fault: str
) -> None:
    place = repository / ".git"
    if fault == "alternates":
        (place / "objects" / "info").mkdir(exist_ok=True)
        (place / "objects" / "info" / "alternates").write_text("/etc\n")
    elif fault == "promisor":
        (place / "objects" / "pack").mkdir(exist_ok=True)
        (place / "objects" / "pack" / "x.promisor").write_text("")
    elif fault == "head":
        (place / "HEAD").write_text("ref: refs/heads/../../../../etc/passwd\n")
    elif fault == "cut":
        for one in (place / "objects").rglob("??????????????????????????????????????"):
            one.chmod(0o644)
            one.write_bytes(b"x")
    else:
        place.rename(tmp_path / "moved")
        if fault == "link":
            place.symlink_to(tmp_path / "moved")
        else:
            place.write_text(f"gitdir: {tmp_path / 'moved'}\n")
    tree = open_tree(repository)
    assert not tree.since and "history was not read" in dict(tree.aside)["(history)"]


def test_a_tree_without_source_is_refused_although_it_has_a_history(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(UsageError, match="no source file"):
        open_tree(tmp_path)
