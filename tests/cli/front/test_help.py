"""The help of every verb: its table is what its module says, and every line fits."""

import inspect
import re
from dataclasses import replace
from importlib import import_module

import pytest

from command import Command
from filiation.cli.front.command import command_of
from filiation.cli.front.page import as_text
from filiation.cli.front.serve import page_of
from filiation.cli.front.verb import Group, Verb, walk
from filiation.cli.front.verbs import EXIT_CODES, ROOT

NODES = list(walk(ROOT))
VERBS = [(path, node) for path, node in NODES if isinstance(node, Verb)]
IDS = [" ".join(path[1:]) for path, _ in VERBS]
COLUMNS = (40, 60, 80, 100)


@pytest.mark.parametrize(("path", "verb"), VERBS, ids=IDS)
def test_the_line_in_the_table_opens_the_docstring(path: tuple[str, ...], verb: Verb) -> None:
    module, _, function = verb.at.partition(":")
    told = inspect.getdoc(getattr(import_module(module), function)) or ""

    assert " ".join(told.split("\n\n")[0].split()) == verb.line
    assert verb.examples, "every verb has an example"


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("path", [path for path, _ in NODES], ids=[" ".join(p) for p, _ in NODES])
def test_help_is_filled_to_the_width(path: tuple[str, ...], columns: int) -> None:
    page = replace(page_of(list(path[1:])), examples=())
    shown = as_text(page, columns)
    terms = {term for table in page.tables for term, _ in table.rows}
    long = [line for line in shown.splitlines() if len(line) > columns]

    assert [line for line in long if line.strip() not in terms and breakable(line, columns)] == []
    assert not re.search(r"-\w+ (TEXT|PATH|INTEGER|FLOAT|<)", shown)


def breakable(line: str, columns: int) -> bool:
    """Whether a line holds no word that is too long by itself."""
    indent = len(line) - len(line.lstrip())
    return indent + max(map(len, line.split())) <= columns


@pytest.mark.parametrize(("path", "verb"), VERBS, ids=IDS)
def test_a_broken_example_is_the_same_command(path: tuple[str, ...], verb: Verb) -> None:
    shown = as_text(page_of(list(path[1:])), 80)
    block = shown.partition("Examples:\n")[2].partition("\n\n")[0]
    joined = [re.sub(r" \\\n\s+", " ", line) for line in re.split(r"\n  (?=filiation)", block)]

    assert tuple(line.strip() for line in joined) == verb.examples


@pytest.mark.parametrize(("path", "verb"), VERBS, ids=IDS)
def test_an_example_names_options_that_there_are(path: tuple[str, ...], verb: Verb) -> None:
    options = {opt for o in command_of(path, verb).options for opt in (*o.opts, *o.secondary_opts)}
    for example in verb.examples:
        assert example.startswith(" ".join(path))
        assert set(re.findall(r" (--?[a-z][a-z-]*)", example)) <= options


def test_verbs_stand_in_groups_in_the_order_of_a_case(filiation: Command) -> None:
    shown = filiation("case", "--help").out
    order = ["key", "open", "claim", "add", "plan", "examine", "report", "decide", "verify"]
    places = [shown.index(f"\n  {verb} ") for verb in order]

    assert places == sorted(places)
    assert [line for line in shown.splitlines() if line.endswith(":") and line[0] != " "][:3] == [
        "Open a case:", "Hear the parties:", "Plan and examine:",
    ]  # fmt: skip
    assert filiation("help", "case").out == shown
    assert "Exit codes: 0 done" in filiation("--help").out
    assert [code for code, _ in EXIT_CODES] == [0, 1, 2, 3, 4, 130]


def test_help_of_a_verb_of_a_verb(filiation: Command) -> None:
    asked = filiation("help", "case", "documents", "redact")

    assert asked.code == 0
    assert asked.out == filiation("case", "documents", "redact", "-h").out
    assert filiation("case", "documents", "redact", "x", "--help", "--ground", "y").out == asked.out
    assert "--ground WORDS" in asked.out and "(required)" in asked.out


def test_a_group_alone_shows_its_verbs_and_expects_one(filiation: Command) -> None:
    done = filiation("library")

    assert (done.code, done.out) == (2, "")
    assert "Usage: filiation library VERB" in done.err


def test_no_two_verbs_share_a_path() -> None:
    assert len({path for path, _ in NODES}) == len(NODES)
    assert all(node.get(verb.name) is verb for _, node in NODES if isinstance(node, Group)
               for verb in node)  # fmt: skip
