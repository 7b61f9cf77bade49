"""Are the pages whole: do links lead somewhere, do paths exist, has every method its page?"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from filiation import errors
from filiation.methods import METHODS
from filiation.readers.answers import open_recordings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "examples" / "casebook" / "README.md",
    *sorted(DOCS.rglob("*.md")),
]  # fmt: skip
FENCE = re.compile(r"^(```+).*?^\1$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"\b(?:src|tools|tests|benchmarks|examples|docs)/[\w./-]+\w")
HEADING = re.compile(r"^#+ (.+)$|^\(([\w-]+)\)=$", re.MULTILINE)
MOST_LINES = 120  # of README


def words(page: Path) -> str:
    """The page without its fenced blocks."""
    return FENCE.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """What a link may name after '#': headings as the forges and MyST spell them, and targets."""
    found = set()
    for heading, target in HEADING.findall(words(page)):
        plain = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", ""))
        found.add(target or plain.replace(" ", "-"))
    return found


def broken(page: Path) -> Iterator[str]:
    """Links of a page that lead nowhere in this repository."""
    for link in LINK.findall(words(page)):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = page if not name else (page.parent / name).resolve()
        if not target.exists():
            yield f"{link}: there is no such file"
        elif anchor and anchor not in anchors(target):
            yield f"{link}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = {found.split("::")[0] for found in NAMED.findall(words(page))}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_the_front_page_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= MOST_LINES


def test_every_page_that_is_typed_says_how() -> None:
    typed = [page for page in PAGES if "```console" in page.read_text("utf-8")]
    assert len(typed) > 20
    silent = [
        str(page.relative_to(ROOT))
        for page in typed
        if "walk-throughs.md" not in page.read_text("utf-8")
        and "$ python" not in page.read_text("utf-8")  # one command, which says all
        and "$ PYTHONPATH=" not in page.read_text("utf-8")
    ]
    assert silent == []


@pytest.mark.parametrize("stem", sorted({method.id.partition("/")[0] for method in METHODS}))
def test_every_method_has_a_page_under_the_title_of_its_reports(stem: str) -> None:
    page = (DOCS / "methods" / f"{stem}.md").read_text("utf-8")
    titles = {
        method.words.title.partition(",")[0]
        for method in METHODS
        if method.id.partition("/")[0] == stem
    }
    assert [f"# {title}: `{stem}`" for title in titles] == [page.splitlines()[0]]
    assert f"({stem}.md)" in (DOCS / "methods" / "index.md").read_text("utf-8")


def test_the_glossary_has_the_terms_of_the_report() -> None:
    package = ROOT / "src" / "filiation"
    texts = [package / "report" / "wording" / "texts.toml", *package.glob("examining/*/kind.toml")]
    assert len(texts) > 2
    terms = [one["term"] for text in texts for one in tomllib.loads(text.read_text())["terms"]]
    page = (DOCS / "reference" / "glossary.md").read_text("utf-8").lower()
    wanted = {part.strip().lower() for term in terms for part in re.split(r",| and ", term)}
    assert wanted, "the report explains no term"
    lacking = {part for part in wanted if not re.search(rf"(^|\*){re.escape(part)}\b", page, re.M)}
    assert lacking - {"of outputs", "of answers"} == set()


@pytest.mark.parametrize("number", range(3))
def test_the_examples_of_answers_are_read(number: int, tmp_path: Path) -> None:
    page = (DOCS / "reference" / "formats.md").read_text("utf-8")
    shown = re.findall(r"^```text (table|lines)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == 3
    kind, text = shown[number]
    file = tmp_path / ("answers.csv" if kind == "table" else "answers.jsonl")
    file.write_text(text)
    assert {"own", "suspect"} <= {one.name for one in open_recordings(f"{file}#*")}


def test_the_exit_codes_are_those_of_the_errors() -> None:
    page = (DOCS / "reference" / "cli.md").read_text("utf-8")
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    codes = {getattr(errors, name).exit_code for name in errors.__all__}
    assert codes | {0, 4, 130} == told
