"""The verbs of `log` that examine: `plan` and `campaigns`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli._options import AsJson, Quiet

__all__ = ["campaigns", "plan"]

LOG = "a reduced log (.requests), which `log reduce` writes"

Log: TypeAlias = Annotated[Path, typer.Argument(metavar="LOG", help="A reduced log (.requests).")]
Level: TypeAlias = Annotated[
    float | None,
    typer.Option("--level", help="False discovery rate over groups, for each claim (0.05)."),
]
Most: TypeAlias = Annotated[
    int | None,
    typer.Option("--most", help="Groups that are tested, those with most evidence (200)."),
]
Plan: TypeAlias = Annotated[
    Path | None, typer.Option("--plan", metavar="FILE", help="What `log plan` wrote.")
]
Out: TypeAlias = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The plan.")]
Later: TypeAlias = Annotated[
    str,
    typer.Option(
        "--later",
        metavar="VALUE",
        help="What others fixed after they had the log's digest: a word of the other party's, the "
        "randomness of a beacon's round. The seed follows from both.",
    ),
]
Executor: TypeAlias = Annotated[
    str, typer.Option("--executor", help="Where groups are tested: local:N, ray, ray:ADDRESS.")
]
Html: TypeAlias = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page with drawings.")
]


def plan(log: Log, out: Out, level: Level = None, most: Most = None, later: Later = "") -> None:
    """Fix how LOG will be examined, before anything in it is looked at.

    The seed follows from the log's digest; once others have the plan, or its digest, neither seed
    nor level can be chosen. Its date is worth what they can attest. Who writes a log could write it
    again until a seed suits him: give others the digest (`log show`), let them name a value, and
    plan with --later.
    """
    from filiation.proceedings.naming import free, present

    present(log, LOG), free(out)
    from filiation.proceedings.campaigns import plan_log
    from filiation.report.wording.campaigns import planned_line

    made = plan_log(log, out, level=level, most=most, later=later)
    typer.echo(planned_line(str(out), made.digest))


def campaigns(
    log: Log, plan: Plan = None, level: Level = None, most: Most = None, html: Html = None,
    executor: Executor = "", as_json: AsJson = False, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Which groups of accounts act as one?

    Groups are looked for on one of every two days, drawn by lot, and tested on the others. Of each
    is said at most that it uses one template, acts alike, or that its requests share one load, with
    the other explanations that remain. A --plan fixes level and number of groups; without one the
    report says that they may have been chosen after looking.
    """
    from filiation.cli._printing import show
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import free, present_at

    present_at([(log, LOG), (plan, "what `log plan` wrote")])
    if html is not None:
        free(html)
    from filiation.files import put
    from filiation.proceedings.campaigns import examine_log
    from filiation.report.campaigns import campaigns_html, campaigns_json, campaigns_text

    with bar(quiet) as shown:
        found = examine_log(log, plan, level=level, most=most, step=shown.step, executor=executor)
    if html is not None:
        put(html, campaigns_html(found))
    if as_json:
        typer.echo(campaigns_json(found).decode(), nl=False)
    elif not quiet:
        show(campaigns_text(found))
