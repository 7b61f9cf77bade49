"""The code of a notebook: its cells in order, never what they put out.

Lines that speak to the notebook and not to the language (`%matplotlib`, `!pip`) become comments, so
that line numbers stay those of the cells put together.
"""

import json
from typing import Any, Final

from filiation.errors import UnreadableError

__all__ = ["NOTEBOOK", "notebook_code"]

NOTEBOOK: Final = ".ipynb"
LANGUAGES: Final = ("python", "python3", "ipython", "sage", "")
CELLS: Final = 20_000  # of one notebook
FOR_NOTEBOOK: Final = ("%", "!", "?")


def notebook_code(raw: bytes) -> bytes:
    """The code cells of a notebook as one text.

    Raises:
        UnreadableError: No notebook, or one of another language than Python.
    """
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"no notebook: {error}") from error
    cells = _cells(found)
    language = _language(found)
    if language not in LANGUAGES:
        raise UnreadableError(f"a notebook in {language[:40]!r}, expected Python")
    texts = [_text(cell.get("source", cell.get("input", ""))) for cell in cells]
    return "\n\n".join(map(_plain, texts)).encode("utf-8", "replace") + b"\n"


def _cells(found: Any) -> list[dict[str, Any]]:
    """Code cells of version 4, or of the sheets of versions before."""
    cells = found.get("cells") if isinstance(found, dict) else None
    if cells is None and isinstance(found, dict):
        sheets = found.get("worksheets")
        cells = [
            cell
            for sheet in (sheets if isinstance(sheets, list) else ())
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ] or None
    if not isinstance(cells, list):
        raise UnreadableError("no notebook: it has no list of cells")
    if len(cells) > CELLS:
        raise UnreadableError(f"{len(cells):,} cells, expected {CELLS:,} at most")
    return [one for one in cells if isinstance(one, dict) and one.get("cell_type") == "code"]


def _language(found: dict[str, Any]) -> str:
    said = found.get("metadata")
    for name, field in (("language_info", "name"), ("kernelspec", "language")):
        about = said.get(name) if isinstance(said, dict) else None
        if isinstance(about, dict) and isinstance(about.get(field), str):
            return str(about[field]).lower()
    return ""


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _plain(text: str) -> str:
    """A cell without what is no Python; a cell in another language is a comment as a whole."""
    lines = text.split("\n")
    other = text.lstrip().startswith("%%") and not text.lstrip().startswith(("%%time", "%%capture"))
    return "\n".join(
        f"# {line}" if other or line.lstrip().startswith(FOR_NOTEBOOK) else line for line in lines
    )
