"""Does the tool that types the walk-throughs read, run and shorten them as a reader would?"""

from pathlib import Path

from docs.offline import loads
from docs.refresh import Shell, entries, excerpt, programs, refreshed


def shell(tmp_path: Path) -> Shell:
    folder, own = tmp_path / "folder", tmp_path / "bin"
    folder.mkdir()
    own.mkdir()
    return Shell(folder=folder, programs=programs(own))


def test_a_command_goes_on_after_a_backslash() -> None:
    block = "$ echo one \\\n    two\none two\n$ true\n"
    assert list(entries(block)) == [("echo one \\\n    two", ["one two"]), ("true", [])]


def test_what_is_exported_holds_for_the_page_and_no_longer(tmp_path: Path) -> None:
    page = "```console\n$ export WORD=heard\n```\nand\n```console\n$ echo $WORD\n```\n"
    assert "$ echo $WORD\nheard\n" in refreshed(page, shell(tmp_path), slow=False)


def test_keys_are_never_the_users_own(tmp_path: Path) -> None:
    page = "```console\n$ echo $FILIATION_HOME\n```\n"
    assert str(tmp_path) in refreshed(page, shell(tmp_path), slow=False)


def test_a_slow_block_is_left_alone(tmp_path: Path) -> None:
    page = "```console slow\n$ false\nas it was\n```\n"
    assert refreshed(page, shell(tmp_path), slow=False) == page


def test_an_excerpt_that_still_holds_is_kept() -> None:
    now = ["title", "", "one", "two", "three", "end"]
    shown = ["title", "...", "two", "three", "..."]
    assert excerpt(shown, now) == shown
    assert excerpt(["...", "end"], now) == ["...", "end"]
    assert excerpt(["all"], now) == now


def test_an_excerpt_that_changed_gives_way_to_the_lines_most_like_it() -> None:
    now = ["title", "", "one", "supported at 2e-9", "three", "end"]
    assert excerpt(["...", "supported at 1e-9", "..."], now) == ["...", "supported at 2e-9", "..."]
    assert excerpt(["old title", "...", "fin"], now) == ["title", "...", "end"]


def test_an_excerpt_longer_than_what_is_printed_does_not_break() -> None:
    assert excerpt(["a", "b", "c", "...", "d"], ["a"]) == ["a", "...", "a"]


def test_what_a_page_loads_from_outside_is_found(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        '<a href="https://elsewhere.example">may be followed</a>'
        '<script src="//cdn.example/x.js"></script><img src="own.svg">'
        '<link rel="stylesheet" href="https://fonts.example/f.css">'
    )
    (tmp_path / "own.css").write_text("@import 'https://a.example/b.css'; a{background:url(c.png)}")
    assert sorted(what for _, what in loads(tmp_path)) == [
        "//cdn.example/x.js",
        "https://a.example/b.css",
        "https://fonts.example/f.css",
    ]
