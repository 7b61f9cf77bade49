"""The command line as a person runs it, in this process."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from filiation.cli.main import run

ROOT = Path(__file__).resolve().parent.parent
CASEBOOK = ROOT / "examples" / "casebook"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def conclusion(self) -> dict[str, Any]:
        """The only conclusion that was printed as JSON, but for those on what lay beside."""
        only: dict[str, Any]
        only, *along = self.json["conclusions"]
        assert {one["question"] for one in along} <= {"tokenizers", "architecture"}
        return only


@dataclass(frozen=True)
class Command:
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    def __call__(self, *words: object) -> Done:
        self.patch.setattr(sys, "argv", ["filiation", *map(str, words)])
        try:
            run()
            code: object = 0
        except SystemExit as stop:
            code = stop.code
        out, err = self.capture.readouterr()
        return Done(code=0 if code is None else int(str(code)), out=out, err=err)
