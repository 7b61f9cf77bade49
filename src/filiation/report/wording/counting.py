"""How many of a thing, in words."""

__all__ = ["how_many"]


def how_many(number: int, one: str, many: str | None = None) -> str:
    """`1 file`, `2 files`; `many` where the plural is not made with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
