"""What a report says of a method: read from the TOML file that lies beside the method.

A method of another package may call this as ours do, or build its `MethodWords` in any other way.
The file holds `title`, `question`, `explanation` and `defeats`; where they apply `null`, `aside`
and `[parameters]`; and once its error rate was measured `error_rate`, the sentence that says so and
names the page, with `{}` for the number of pairs or draws that stands beside each full id in
`[measured]`. An id that was not measured, such as one with another parameter, claims no rate.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from filiation.model.words import MethodWords

__all__ = ["words_beside"]


def words_beside(module: str, method: str) -> MethodWords:
    """The words of a method's id such as `unit-trace/2;frame=native;draws=99999`.

    Args:
        module: Name of the method's own module; its words lie beside it with the ending `.toml`.
        method: The full id; a frame in it has words of its own.
    """
    settings = dict(setting.partition("=")[::2] for setting in method.split(";")[1:])
    own = _table(module)
    frames = _table("filiation.methods.weights.frames")
    frame = frames[settings["frame"]] if "frame" in settings else {}
    known = _table("filiation.methods.parameters") | own.get("parameters", {})
    return MethodWords(
        title=own["title"] + (f", {frame['title']}" if frame else ""),
        question=own["question"],
        explanation=own["explanation"].strip(),
        defeats=own["defeats"].strip(),
        null=own.get("null", "unrelated"),
        aside=own.get("aside", "").strip(),
        frame_explanation=frame.get("explanation", "").strip(),
        frame_defeats=frame.get("defeats", "").strip(),
        parameters=tuple((key, known[key]) for key in settings if key in known),
        error_rate=_error_rate(own, method),
    )


def _error_rate(own: dict[str, Any], method: str) -> str:
    """Where the error rate of this very id was measured; empty if it was not."""
    measured = own.get("measured", {}).get(method)
    return "" if measured is None else str(own["error_rate"]).format(f"{measured:,}")


@cache
def _table(module: str) -> dict[str, Any]:
    package, _, stem = module.rpartition(".")
    return tomllib.loads(files(package).joinpath(f"{stem}.toml").read_text(encoding="utf-8"))
