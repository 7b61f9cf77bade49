"""Examinations of toys whose files say something of their descent."""

from dataclasses import replace

from filiation.model.declared import About, Declaration, Declared, Signed
from filiation.model.examination import Conclusion, Examination
from report import cases

Claim = tuple[About, str, str]


def files(*claims: Claim, signed: tuple[Signed, ...] = (), notes: tuple[str, ...] = ()) -> Declared:
    """One file for each claim's field, as a reader gives them."""
    said = tuple(
        Declaration(about=about, field=field, file="README.md", says=says)
        for about, field, says in claims
    )
    return Declared(declarations=said, read=("README.md",), signed=signed, notes=notes)


def base(name: str) -> Claim:
    return "base", "base_model", name


def licence(name: str) -> Claim:
    return "licence", "license", name


def examined(
    conclusion: Conclusion,
    *,
    subject: Declared | None = None,
    source: Declared | None = None,
    control: Declared | None = None,
) -> Examination:
    """The examination of a conclusion with what the files of each side say."""
    found = cases.examination(conclusion)
    return replace(
        found,
        subject=replace(found.subject, declared=subject),
        source=replace(found.source, declared=source),
        controls=tuple(replace(one, declared=control) for one in found.controls),
    )
