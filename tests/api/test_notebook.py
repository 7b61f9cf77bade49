"""The example notebook runs from its first cell to its last, and every cell shows something."""

import ast
import json
from typing import Any

from command import ROOT

NOTEBOOK = ROOT / "examples" / "notebook.ipynb"


def shown(value: object) -> str:
    """What a notebook would show of a cell's last expression."""
    rich = getattr(value, "_repr_html_", None)
    return str(rich()) if rich is not None else repr(value)


def run(source: str, names: dict[str, Any]) -> object:
    """Run a cell as Jupyter does: the value of its last expression."""
    tree = ast.parse(source)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr), f"ends in no expression: {source!r}"
    exec(compile(tree, str(NOTEBOOK), "exec"), names)
    return eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)


def test_it_runs_from_top_to_bottom(at_root: None) -> None:
    book = json.loads(NOTEBOOK.read_text("utf-8"))
    cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {"__name__": "__main__"}

    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5) and len(cells) > 10
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    for cell in cells:
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
        assert shown(run("".join(cell["source"]), names)).strip() not in ("", "None")
    assert "the sides are swapped" in names["said"]
    assert names["again"].to_dict() == names["e"].to_dict()
