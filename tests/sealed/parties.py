"""Three computers in one: each party has a folder, a home with its key, and hands files over."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile

from filiation.model.blind import ROLES, Role
from filiation.proceedings.blind.comparing import compare
from filiation.proceedings.blind.folder import opened_room
from filiation.proceedings.blind.steps import Said, go_on, join, start, take
from filiation.proceedings.naming import model_named
from filiation.proceedings.opening import make_key
from filiation.proceedings.sealing import seal


class Parties:
    """All three, and what lies between them."""

    def __init__(self, root: Path, *, audit: int = 4, **terms: str | int) -> None:
        self.root, self._handed = root, dict[Role, set[str]]()
        for role in ROLES:
            (root / role).mkdir(parents=True)
            with self.at(role):
                make_key(role)
        self.audit, self.terms = audit, {"error": 0, "whole": 100} | terms  # toys leak all

    @contextmanager
    def at(self, role: Role) -> Iterator[Path]:
        """On this party's computer."""
        before = os.environ.get("FILIATION_HOME")
        os.environ["FILIATION_HOME"] = str(self.root / role / "home")
        try:
            yield self.root / role
        finally:
            os.environ.pop("FILIATION_HOME")
            if before is not None:
                os.environ["FILIATION_HOME"] = before

    def folder(self, role: Role) -> Path:
        return self.root / role / "session"

    def public(self, role: Role) -> Path:
        return self.root / role / "home" / "keys" / f"{role}.pub"

    def begin(self, claimant: Path, respondent: Path) -> None:
        """Terms and joins, with a seal of each side's model."""
        with self.at("tribunal"):
            said = start(
                self.folder("tribunal"), key="tribunal", claimant=self.public("claimant"),
                respondent=self.public("respondent"), audit=self.audit,
                **self.terms,  # type: ignore[arg-type]
            )  # fmt: skip
        terms = said.files[0][0]
        sides: dict[Role, Path] = {"claimant": claimant, "respondent": respondent}
        for role, model in sides.items():
            with self.at(role) as home:
                secret = seal(model, home / "it.seal").secret if model.is_dir() else None
                join(self.folder(role), terms, key=role, material=model, secret=secret)
        self.deliver()

    def deliver(self) -> None:
        """Everybody takes what the others hand to it, messages first."""
        for role in ROLES:
            for other in ROLES:
                for name in ("send", f"send-{role}"):
                    folder = self.folder(other) / name
                    for path in sorted(folder.iterdir()) if folder.exists() else ():
                        self._hand(path, other, role)

    def _hand(self, path: Path, sender: Role, receiver: Role) -> None:
        seen = self._handed.setdefault(receiver, set())
        if sender == receiver or path.name in seen:
            return
        seen.add(path.name)
        if path.name.startswith("01-terms"):
            return
        copy = self.root / f"to-{receiver}-{path.name}"
        copyfile(path, copy)
        take(self.folder(receiver), [copy])

    def step(self) -> dict[Role, Said]:
        """Everybody whose turn it is takes a step."""
        said: dict[Role, Said] = {}
        for role in ROLES:
            with self.at(role):
                if role in opened_room(self.folder(role)).session.awaited():
                    said[role] = go_on(self.folder(role))
        self.deliver()
        return said

    def compare(self, *controls: str) -> str:
        """The tribunal's result; the report as it is signed."""
        with self.at("tribunal"):
            named = [model_named(control, "a model", here=True) for control in controls]
            said = compare(self.folder("tribunal"), named)
        self.deliver()
        return said.files[-1][0].read_text()
