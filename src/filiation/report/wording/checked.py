"""What was checked and found to be as recorded, in words."""

from typing import Protocol

from filiation.report.wording.figures import clean

__all__ = ["examination_lines", "sketch_line"]


class _Examination(Protocol):
    @property
    def files(self) -> int: ...
    @property
    def exhibits(self) -> int: ...
    @property
    def findings(self) -> int: ...


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
    def moved(self) -> int: ...


def examination_lines(checked: _Examination) -> tuple[str, str, str]:
    """The three steps of checking an examination's folder."""
    return (
        f"1. {checked.files} files are as the manifest recorded them",
        f"2. {checked.exhibits} exhibits are those that the examination names",
        f"3. {checked.findings} findings, plan and reports computed again: the same bytes",
    )


def sketch_line(checked: _Sketch) -> str:
    """A sketch against its model."""
    if checked.same:
        return f"{clean(checked.sketch)}: the same bytes again from {clean(checked.model)}"
    return (
        f"{clean(checked.sketch)}: all {checked.tensors} tensor digests equal; {checked.moved} of "
        "the rounded directions differ by one step, as another machine's order of summation may "
        "cause"
    )
