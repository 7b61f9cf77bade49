"""A case for each kind that is examined alone, with its answer on record; and one of two pairs.

The fixtures are those of the tests of each question.
"""

import shutil
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from cli.case.test_history_question import tossed
from cli.case.test_history_question import walked as walked_history
from cli.case.test_served_question import drawn
from cli.case.test_session_question import ended
from coded import functions, laid
from logcases import does, opened_case, reported, tossed_case

__all__ = ["Alone", "alone", "drawn", "ended", "made_alone", "tossed", "walked_history"]

ANSWERS = Path(__file__).parents[2] / "examples" / "answers"
OTHERS = ("stranger-2", "stranger-3", "stranger-4", "stranger-5", "other-width")


@dataclass(frozen=True, kw_only=True)
class Alone:
    """The folders of cases, by the question that each answers."""

    log: Path
    pairs: Path
    history: Path
    session: Path
    served: Path

    def cases(self) -> dict[str, Path]:
        return {one.name: getattr(self, one.name) / "case" for one in fields(self)}


def paired(folder: Path) -> Path:
    """Recorded answers and source trees of two sides, compared."""
    case, taken = opened_case(folder), "".join(functions(1, 6))
    for name, seed in (("our-code", 2), ("their-code", 3)):
        laid(folder / name, {f"{name}.py": taken + "".join(functions(seed))})
    sides = [(folder / "our-code", "our-code"), (folder / "their-code", "their-code")]
    sides += [(ANSWERS / f"{name}.jsonl.xz", name) for name in ("parent", "fine-tuned", *OTHERS)]
    for path, name in sides:
        does(folder, "case", "add", case, path, "--name", name, "--from", "acme", "--how",
             "handed over")  # fmt: skip
    controls = [word for name in OTHERS for word in ("--control", name)]
    does(folder, "case", "plan", case, "--subject", "fine-tuned", "--subject", "their-code",
         "--source", "parent", "--source", "our-code", *controls, "--as", "first")  # fmt: skip
    does(folder, "case", "examine", case, "--as", "first", "--quiet")
    return folder


def made_alone(history: Path, session: Path, served: Path, out: Path) -> Alone:
    """Put the session and the served answers in, and examine them; a log from its beginning."""
    out.mkdir(exist_ok=True)
    found = Alone(
        log=out / "log",
        pairs=paired(out / "pairs"),
        history=shutil.copytree(history, out / "history"),
        session=shutil.copytree(session, out / "session"),
        served=shutil.copytree(served, out / "served"),
    )
    found.log.mkdir()
    tossed_case(found.log)
    reported(found.log, "--log", "log")
    for folder, file, party in (
        (found.session, "thin.session", "basel"), (found.served, "acme.served", "acme"),
    ):  # fmt: skip
        name = file.partition(".")[2]
        does(folder, "case", "add", folder / "case", folder / file, "--name", name, "--from",
             party, "--how", "as it was kept")  # fmt: skip
        does(folder, "case", "examine", folder / "case", f"--{name}", name, "--as", "first",
             "--quiet")  # fmt: skip
    return found


@pytest.fixture(scope="session")
def alone(
    walked_history: Path, ended: Path, drawn: Path, tmp_path_factory: pytest.TempPathFactory
) -> Alone:
    return made_alone(walked_history, ended, drawn, tmp_path_factory.mktemp("alone") / "cases")
