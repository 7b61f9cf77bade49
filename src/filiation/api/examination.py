"""An examination, done: one conclusion for each question."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from filiation.api._scratch import Scratch
from filiation.api._shown import quoted
from filiation.api.conclusion import Conclusion
from filiation.api.plan import Plan
from filiation.api.verified import Verified
from filiation.errors import CaseError, ExhibitError, NotAskedError, PopulationError, UsageError
from filiation.model.examination import Examination as ExaminationRecord
from filiation.proceedings import checking, standalone
from filiation.proceedings.naming import present
from filiation.report.languages.paged import page_in
from filiation.report.render.html import render_html
from filiation.report.render.json import report_json
from filiation.report.render.notebook import examination_cell
from filiation.report.wording.checked import figures_note

__all__ = ["Examination", "open_examination"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Examination:
    """The answers to a plan's questions, side by side. Made by `examine` or `open_examination`.

    `e["weights"]` is the conclusion about weights; looped over, it gives the questions.

    Attributes:
        record: The frozen record.
        folder: Where plan, findings, reports and materials lie; None for one that a case keeps.
        scratch: Set if that folder is a temporary one, which goes with the object.

    Examples:
        >>> e = fl.examine(
        ...     "examples/casebook/fine-tuned",
        ...     source="examples/casebook/parent",
        ...     controls=["examples/casebook/stranger-3"],
        ...     only=["weights"],
        ... )
        >>> e
        <Examination of 'fine-tuned' against 'parent': weights toward derivation, log10 p -733.2>
        >>> e["weights"].toward
        'derivation'
        >>> list(e), e.controls
        (['weights'], ('stranger-3',))
        >>> e.records()[0]["title"]
        'Unit trace, native frame'
        >>> e.verify()
        <Verified: holds; 7 files, 3 exhibits, 26 findings>
    """

    record: ExaminationRecord
    folder: Path | None = None
    scratch: Scratch | None = None

    @property
    def subject(self) -> str:
        """Name of the model under examination."""
        return self.record.subject.name

    @property
    def source(self) -> str:
        """Name of the model it is said to come from."""
        return self.record.source.name

    @property
    def controls(self) -> tuple[str, ...]:
        """Names of the models known to be independent of both."""
        return tuple(control.name for control in self.record.controls)

    @property
    def plan(self) -> Plan:
        """The plan, as it was fixed before looking."""
        return Plan(record=self.record.plan)

    @property
    def conclusions(self) -> tuple[Conclusion, ...]:
        """One for each question of the plan, in its order."""
        return tuple(Conclusion(record=one) for one in self.record.conclusions)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was exhibited and not compared, with the reason."""
        return self.record.notes

    def __getitem__(self, question: str) -> Conclusion:
        found = self.record.conclusion(question)
        if found is None:
            raise NotAskedError(f"{question}: not asked; it has {', '.join(self)}")
        return Conclusion(record=found)

    def __iter__(self) -> Iterator[str]:
        return (one.kind.id for one in self.record.conclusions)

    def __len__(self) -> int:
        return len(self.record.conclusions)

    def to_dict(self) -> dict[str, Any]:
        """The report for programs, as `report.json` and `filiation examine --json` have it."""
        return report_json(self.record)

    def records(self) -> list[dict[str, Any]]:
        """One flat record a finding of every question, for a table."""
        return [row for conclusion in self.conclusions for row in conclusion.records()]

    def html(self, language: str = "en") -> str:
        """The report for people: one self-contained page.

        Args:
            language: "de" or "fr" for an unreviewed translation; the English page decides.

        Raises:
            UsageError: There is no such language.
        """
        return page_in(render_html(self.record), language).decode()

    def save(self, folder: str | Path) -> Path:
        """Write the folder that `filiation examine --out` makes; `filiation verify` checks it.

        Raises:
            UsageError: The folder exists and is not empty, or a case keeps this examination.
            AlteredError: A file changed since it was examined.
        """
        target = Path(folder)
        standalone.save(self._kept(), target)
        return target

    def verify(self) -> Verified:
        """Check every file, and compute every number and report again from the kept materials.

        Returns:
            What does not hold, if anything; else how many `files`, `exhibits` and `findings` do.

        Raises:
            UsageError: A case keeps this examination.
        """
        folder = self._kept()
        try:
            found = checking.check_examination(folder)
        except (CaseError, ExhibitError, PopulationError) as error:
            return Verified(problems=(str(error),))
        notes = (figures_note(found.agreed),) if found.agreed.moved else ()
        return Verified(checked=found.counts, notes=notes)

    def _kept(self) -> Path:
        if self.folder is None:
            raise UsageError(
                f"{self.subject}: examined in a case, which keeps its materials; found no folder "
                "of its own, `filiation case export` hands them out"
            )
        return self.folder

    def __repr__(self) -> str:
        found = "; ".join(conclusion._brief() for conclusion in self.conclusions)
        return f"<Examination of {quoted(self.subject)} against {quoted(self.source)}: {found}>"

    def _repr_html_(self) -> str:
        return examination_cell(self.record)


def open_examination(folder: str | Path) -> Examination:
    """Open the folder of an examination that was saved, once every file is as recorded.

    Args:
        folder: What `Examination.save` or `filiation examine --out` made.

    Raises:
        UsageError: Nothing is there.
        CaseError: Not such a folder, or it names other files than there are.
        AlteredError: A file changed after it was recorded.
    """
    where = present(Path(folder), "the folder of an examination")
    return Examination(record=standalone.open_examination(where), folder=where)
