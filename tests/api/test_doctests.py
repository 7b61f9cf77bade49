"""The examples in the API's docstrings are true."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import filiation as fl
import filiation.api

MODULES = sorted(path.stem for path in Path(next(iter(filiation.api.__path__))).glob("[a-z]*.py"))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("module", MODULES)
def test_examples(module: str, found: fl.Examination, at_root: None) -> None:
    loaded = import_module(f"filiation.api.{module}")
    outcome = doctest.testmod(loaded, extraglobs={"fl": fl, "e": found}, optionflags=FLAGS)

    assert outcome.failed == 0


def test_there_are_some() -> None:
    tried = [import_module(f"filiation.api.{module}") for module in MODULES]
    found = [test for one in tried for test in doctest.DocTestFinder().find(one) if test.examples]

    assert len(found) >= 8
