"""The verb `case plan`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, on_record

__all__ = ["command"]


def command(
    case: CasePath,
    subject: Annotated[
        list[str],
        typer.Option(help="The exhibit under examination; once for each kind of material."),
    ],
    source: Annotated[
        list[str],
        typer.Option(help="The exhibit it is said to come from; once for each kind of material."),
    ],
    control: Annotated[
        list[str] | None, typer.Option(help="An exhibit known to be independent; repeatable.")
    ] = None,
    population: Annotated[
        Path | None,
        typer.Option(help="Known pairs that likelihood ratios come from (a population.json)."),
    ] = None,
    families: Annotated[
        Path | None, typer.Option(help="Which models are known relatives (TOML or JSON).")
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="Fields of a plan (JSON or TOML).")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Of all random streams (default 0); an amendment keeps the first one."),
    ] = None,
    because: Annotated[
        str, typer.Option(help="Why a plan that was fixed is amended; only then.")
    ] = "",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Fix the plan before anything is compared, or amend it in the open.

    Methods, controls, level and seed are hashed and signed. A later plan needs --because, keeps the
    seed, and if something has been examined by then has a share of the level: a quarter, a ninth,
    and so on.
    """
    import hashlib
    from dataclasses import replace

    from filiation.casefile.facts import Planned
    from filiation.casefile.record import Draft, Record
    from filiation.examine.plan import fix_plan, plan_bytes, read_plan_file
    from filiation.population.reference import from_file
    from filiation.proceedings.exhibits import planned_exhibits
    from filiation.readers.answers import read_families

    record = Record(case)
    who, key = record.signer(acting)
    state = record.state()
    known = read_families(families) if families is not None else {}
    fact = Planned(
        digest="",
        seed=0,
        levels=(),
        subject=tuple(subject),
        source=tuple(source),
        controls=tuple(control or ()),
        families=tuple(sorted(known.items())),
        because=because,
    )
    for name in fact.exhibits:
        state.comparable(name)
    given = dict(read_plan_file(plan)) if plan is not None else {}
    for kind in {state.exhibits[name].fact.kind for name in subject}:
        if (left := state.level_left(kind)) is not None:
            given.setdefault(kind, {}).setdefault("level", left)
    if state.of(Planned) and seed is None:
        given.setdefault("seed", state.of(Planned)[0].fact.seed)
    reference = from_file(population) if population is not None else None
    exhibits = planned_exhibits(record, state, fact)
    fixed = fix_plan(
        subject=exhibits[0],
        source=exhibits[1],
        controls=exhibits[2],
        given=given,
        seed=seed,
        population=reference and reference.planned,
    )
    raw = plan_bytes(fixed)
    levels = tuple((question.kind, question.level) for question in fixed.questions)
    fact = replace(fact, digest=hashlib.sha256(raw).hexdigest(), seed=fixed.seed, levels=levels)
    options = {"subject": subject, "source": source, "control": control, "plan": plan}
    rest = {
        "seed": seed, "families": families, "population": population, "because": because or None,
    }  # fmt: skip
    event = record.append(
        Draft(
            verb="plan",
            fact=fact,
            arguments=on_record({**options, **rest}),
            reads={name: state.exhibits[name].fact.digest for name in fact.exhibits},
            blobs=[("plan", raw, ""), *([("population", reference.raw, "")] if reference else [])],
        ),
        who,
        key,
    )
    if quiet:
        return
    looked = max(state.looks(kind) for kind, _ in levels)
    typer.echo(f"event {event.sequence}: plan {fact.digest} is fixed")
    for question in fixed.questions:
        typer.echo(f"  {question.kind}: {len(question.methods)} methods, level {question.level:g}")
    typer.echo(f"  seed {fixed.seed}")
    if reference is not None:
        typer.echo(f"  likelihood ratios from {reference.planned.name}, kept in the case")
    if because:
        typer.echo(f"  amended after {looked} plans were carried out: {because}")
