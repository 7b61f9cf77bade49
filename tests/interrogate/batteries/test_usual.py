"""How many questions a named battery asks where nobody says."""

import pytest

from filiation.interrogate.batteries import NAMES, generate, usual_items

WRITTEN = {"borderline", "style", "identity", "identity-languages", "token-slope"}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_asked_by_default_can_be_made(name: str) -> None:
    """Eight hundred where they are made; all there are where they were written by hand."""
    usual = usual_items(name)
    assert len(generate(name, seed=1, items=usual)) == usual
    assert usual >= 800 or name in WRITTEN
