"""The text is read in a fixed order, without what is not CPython's, and split by name."""

import pytest

from casebook.corpus import DOMAINS, is_held_out, prose_of, read_corpus

SOURCE = '"""Module {name}."""\n\nx = 1  # why {name}\n'


@pytest.fixture
def stdlib(tmp_path):
    (tmp_path / "pydoc_data").mkdir()
    topics = {f"topic{i}": f"text of topic {i}" for i in range(60)}
    (tmp_path / "pydoc_data" / "topics.py").write_text(f"topics = {topics!r}\n")
    for folder in ("", "test"):
        (tmp_path / folder).mkdir(exist_ok=True)
        for i in range(60):
            name = f"m{i}"
            (tmp_path / folder / f"{name}.py").write_text(SOURCE.format(name=name))
    return tmp_path


def test_same_text_has_the_same_digest(stdlib):
    assert read_corpus(stdlib) == read_corpus(stdlib)


def test_digest_moves_with_any_text(stdlib):
    before = read_corpus(stdlib).digest
    (stdlib / "m3.py").write_text("y = 2\n")
    assert read_corpus(stdlib).digest != before


@pytest.mark.parametrize("stranger", ["site-packages/a.py", "config-3/b.py", "_sysconfigdata_c.py"])
def test_what_is_not_the_library_is_left_out(stranger, stdlib):
    before = read_corpus(stdlib).digest
    (stdlib / stranger).parent.mkdir(exist_ok=True)
    (stdlib / stranger).write_text("z = 3\n")
    assert read_corpus(stdlib).digest == before


def test_no_document_is_both_learned_and_held_out(stdlib):
    corpus = read_corpus(stdlib)
    held = sum(is_held_out(f"m{i}.py") for i in range(60))
    assert len(corpus.held_out["code"]) == held
    assert len(corpus.learning["code"]) == 60 - held
    for domain in DOMAINS:
        assert not set(corpus.learning[domain]) & set(corpus.held_out[domain])


def test_about_one_document_in_twenty_is_held_out():
    held = sum(is_held_out(f"name{i}") for i in range(20_000))
    assert 880 < held < 1120  # 1000 expected, spread 31


def test_missing_domain_is_said(stdlib):
    for path in (stdlib / "test").iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="domain tests: found no text"):
        read_corpus(stdlib)


def test_prose_is_docstrings_and_comments_only():
    assert prose_of(SOURCE.format(name="a")) == "Module a.\nwhy a"
    assert prose_of("def broken(:\n") == ""
