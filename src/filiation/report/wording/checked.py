"""What was checked and found to be as recorded, in words."""

from typing import Protocol

from filiation.report.wording.figures import clean

__all__ = ["came_again", "examination_lines", "figures_note", "last_digits", "sketch_line"]


class _Agreed(Protocol):
    @property
    def figures(self) -> int: ...
    @property
    def moved(self) -> int: ...
    @property
    def most(self) -> float: ...


class _Examination(Protocol):
    @property
    def files(self) -> int: ...
    @property
    def exhibits(self) -> int: ...
    @property
    def findings(self) -> int: ...
    @property
    def agreed(self) -> _Agreed: ...


class _Sketch(Protocol):
    @property
    def sketch(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def same(self) -> bool: ...
    @property
    def tensors(self) -> int: ...
    @property
    def values(self) -> int: ...
    @property
    def moved(self) -> int: ...


def last_digits(moved: int) -> str:
    """How many figures another kind of processor computed otherwise."""
    return f"the last digits of {moved:,} {'figure' if moved == 1 else 'figures'}"


def came_again(*, same: bool, moved: int) -> str:
    """What came of deriving an examination again."""
    if same:
        return "the same bytes"
    return f"the same, up to {last_digits(moved)}" if moved else "other bytes"


def figures_note(agreed: _Agreed) -> str:
    """How far figures that were computed again are from those recorded."""
    return (
        f"the same up to the last digits of the arithmetic: {agreed.moved:,} of "
        f"{agreed.figures:,} figures differ, by {agreed.most:.1g} at most"
    )


def examination_lines(checked: _Examination) -> tuple[str, str, str]:
    """The three steps of checking an examination's folder."""
    agreed = checked.agreed
    again = figures_note(agreed) if agreed.moved else "the same bytes"
    return (
        f"1. {checked.files} files are as the manifest recorded them",
        f"2. {checked.exhibits} exhibits are those that the examination names",
        f"3. {checked.findings} findings, plan and reports computed again: {again}",
    )


def sketch_line(checked: _Sketch) -> str:
    """A sketch against its model."""
    if checked.same:
        return f"{clean(checked.sketch)}: the same bytes again from {clean(checked.model)}"
    return (
        f"{clean(checked.sketch)}: all {checked.tensors} tensor digests equal; the same up to the "
        "last digit of the arithmetic, which differs between kinds of processors: "
        f"{checked.moved:,} of {checked.values:,} rounded values are one step apart, and "
        "lengths agree to a hundred-thousandth"
    )
