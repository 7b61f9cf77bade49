"""The verb `case plan`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.errors import UsageError

if TYPE_CHECKING:
    from filiation.proceedings.planning import PlanAsked

__all__ = ["command"]


Subject: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help="The exhibit under examination; once for each kind of material."),
]
Source: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help="The exhibit it is said to come from; once for each kind of material."),
]
Control: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="An exhibit known to be independent; repeatable.")
]
Component: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="EXHIBIT", help="An exhibit of a public component, such as an encoder; repeatable."
    ),
]
Before: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="EXHIBIT",
        help="Recorded answers of an older version of the subject: did it move towards the source "
        "since?",
    ),
]
Population: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Known pairs that likelihood ratios come from (a population.json)."),
]
PopulationDigest: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="SHA256", help="Its digest, as its maker published it."),
]
Families: TypeAlias = Annotated[
    Path | None, typer.Option(help="Which models are known relatives (TOML or JSON).")
]
Fields: TypeAlias = Annotated[
    Path | None, typer.Option("--plan", help="Fields of a plan (JSON or TOML).")
]
Seed: TypeAlias = Annotated[
    int | None,
    typer.Option(help="Of all random streams (default 0); an amendment keeps the first one."),
]
Because: TypeAlias = Annotated[
    str, typer.Option(help="Why a plan that was fixed is amended; only then.")
]
Available: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--subject-available",
        metavar="DAY",
        help="From when on the subject could be had, a day such as 2026-11-29; the case must then "
        "date the source before.",
    ),
]
SourceStamp: TypeAlias = Annotated[
    Path | None, typer.Option(help="A time stamp (RFC 3161) over the source's digest.")
]
StampRoots: TypeAlias = Annotated[
    Path | None, typer.Option(help="Root certificates (PEM) of its authority.")
]
Log: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="EXHIBIT", help="Plan the examination of a reduced log instead, alone."),
]
Level: TypeAlias = Annotated[
    float | None,
    typer.Option(
        help="With --log: false discovery rate over groups (0.05, or what is left of the first)."
    ),
]
Most: TypeAlias = Annotated[
    int | None, typer.Option(help="With --log: groups that are tested at most (200).")
]


History: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="EXHIBIT",
        help="Plan the examination of a training history instead: against --source, and, if "
        "--subject is given, whether it ends in that exhibit.",
    ),
]
Published: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="DATE",
        help="With --history: when the source was published, YYYY-MM-DD; UTC. Time stamps beside "
        "the history are held against --stamp-roots.",
    ),
]


def command(
    case: CasePath,
    subject: Subject = None,
    source: Source = None,
    control: Control = None,
    component: Component = None,
    before: Before = None,
    population: Population = None,
    population_digest: PopulationDigest = None,
    families: Families = None,
    fields: Fields = None,
    seed: Seed = None,
    because: Because = "",
    available: Available = None,
    source_stamp: SourceStamp = None,
    stamp_roots: StampRoots = None,
    log: Log = None,
    level: Level = None,
    most: Most = None,
    history: History = None,
    published: Published = "",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Fix the plan before anything is compared, or amend it in the open.

    With --log the plan is of a reduced log, with --history of a training history, each examined
    alone: the lead then tosses its coin (case coin), and which days are searched, or which interval
    is to be trained again, follows from both.

    Methods, controls, level and seed are hashed and signed. A later plan needs --because, keeps the
    seed, and if something has been examined by then has a share of the level: a quarter, a ninth,
    and so on. With --subject-available the source must have been fixed before that day, as a time
    stamp or another role's signature shows; then the order of its units cannot have been chosen.
    """
    others = (subject, source, control, component, before, population, population_digest,
              families, fields, seed, available, source_stamp, stamp_roots)  # fmt: skip
    if history is not None:
        rest = (*others[2:10], source_stamp, log, level, most)
        _plan_history(case, history, (source, subject), (published, stamp_roots), because, rest,
                      acting, quiet=quiet)  # fmt: skip
        return
    if published:
        raise UsageError("plan: --published goes with --history; --subject-available is of a pair")
    if log is not None:
        _plan_log(case, log, level, most, because, others, acting, quiet=quiet)
        return
    if not subject or not source or level is not None or most is not None:
        raise UsageError(
            "plan: expected --subject and --source, one exhibit each for every kind of material; "
            "or --log alone, with --level and --most"
        )
    from filiation.proceedings.given import day
    from filiation.proceedings.planning import PlanAsked

    asked = PlanAsked(
        subject=subject, source=source, controls=control or (), components=component or (),
        before=before, population=population, population_digest=population_digest,
        families=families, fields=fields, seed=seed, because=because,
        available=None if available is None else day(available, "--subject-available"),
        stamp=(source_stamp, stamp_roots),
    )  # fmt: skip
    _plan_pair(case, asked, acting, quiet=quiet)


def _plan_pair(case: Path, asked: "PlanAsked", acting: str | None, *, quiet: bool) -> None:
    from filiation.proceedings.planning import plan
    from filiation.report.wording.deeds import planned

    made = plan(case, asked, acting=acting)
    if not quiet:
        typer.echo("\n".join(planned(made)))


def _plan_log(
    case: Path, log: str, level: float | None, most: int | None, because: str,
    others: Sequence[object], acting: str | None, *, quiet: bool,
) -> None:  # fmt: skip
    if any(one is not None for one in others):
        raise UsageError(
            "plan: --log is examined alone; of the other options only --level, --most and "
            "--because go with it, and the seed follows from the coin"
        )
    from filiation.proceedings.inquiries import LogAsked, plan_of_log
    from filiation.report.wording.inquiry_deeds import posed_lines

    asked = LogAsked(exhibit=log, level=level, because=because)
    asked = asked if most is None else replace(asked, most=most)
    made, looks = plan_of_log(case, asked, acting=acting)
    if not quiet:
        typer.echo("\n".join(posed_lines(made, looks)))


def _plan_history(
    case: Path, history: str, ends: tuple[list[str] | None, list[str] | None],
    dated: tuple[str, Path | None], because: str, rest: Sequence[object], acting: str | None, *,
    quiet: bool,
) -> None:  # fmt: skip
    source, final = (one or [] for one in ends)
    if len(source) != 1 or len(final) > 1 or any(one is not None for one in rest):
        raise UsageError(
            "plan: --history goes with one --source, and with --subject, --published, "
            "--stamp-roots and --because; seed and interval follow from the coin"
        )
    from filiation.proceedings.history_in_case import HistoryInCase, plan_of_history
    from filiation.report.wording.inquiry_deeds import posed_lines

    asked = HistoryInCase(
        exhibit=history, source=source[0], final=final[0] if final else "", published=dated[0],
        roots=dated[1], because=because,
    )  # fmt: skip
    made = plan_of_history(case, asked, acting=acting)
    if not quiet:
        typer.echo("\n".join(posed_lines(made, 0)))
