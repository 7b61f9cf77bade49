"""What pydantic says is said in our words: found, expected."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from filiation.model.invalid import EXPECTED, invalid


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(max_length=4)
    step: int = Field(ge=0)
    held: bool = True
    parts: list[int] = []


@pytest.mark.parametrize(("told", "said"), [
    ({"step": 1}, "name: found nothing, expected a value"),
    ({"name": 5, "step": 1}, "name: found 5, expected text"),
    ({"name": "abcdef", "step": 1}, "name: found 'abcdef', expected at most 4 characters"),
    ({"name": "a", "step": -1}, "step: found -1, expected 0 or more"),
    ({"name": "a", "step": "x" * 99}, f"step: found '{'x' * 59}.., expected a whole number"),
    ({"name": "a", "step": 1, "held": 2}, "held: found 2, expected true or false"),
    ({"name": "a", "step": 1, "parts": {}}, "parts: found a table, expected a list"),
    ({"name": "a", "step": 1, "parts": [1, None]}, "parts.1: found nothing, expected a whole"),
    ({"name": "a", "step": 1, "of": 1}, "of: found, expected no such name"),
])  # fmt: skip
def test_found_and_expected(told: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Row.model_validate(told)
    assert invalid(caught.value.errors()).startswith(said)


def test_every_kind_is_one_that_the_library_has() -> None:
    """Its names may change with its versions; then ours would never be reached."""
    import typing

    from pydantic_core.core_schema import ErrorType

    assert set(EXPECTED) <= set(typing.get_args(ErrorType))
