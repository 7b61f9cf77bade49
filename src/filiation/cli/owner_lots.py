"""The verbs `owner seal` and `owner draw`: a lot that nobody could choose."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from filiation.cli import _owning as given
from filiation.cli._options import Quiet

__all__ = ["draw", "seal"]

POOL = "a pool of texts"


Pool: TypeAlias = Annotated[
    Path, typer.Argument(metavar="POOL", help="A list without its lot: JSON lines, or CSV.")
]
Test: TypeAlias = Annotated[
    Literal["training-order", "canary", "keyed", "served-twins"],
    typer.Option("--test", help="Which test."),
]
Level: TypeAlias = Annotated[float, typer.Option("--level", help="Of all lots together.")]
References: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--reference",
        help="Likelihoods (keys: recorded answers) of the pool by an unrelated model; repeatable.",
    ),
]
Missing: TypeAlias = Annotated[
    Literal["worst", "refuse"],
    typer.Option("--missing", help="Items not measured count against the claim, or refuse."),
]
Rule: TypeAlias = Annotated[
    Literal["contains", "starts"],
    typer.Option("--rule", help="What counts as giving a reply (keys only)."),
]
Lots: TypeAlias = Annotated[int, typer.Option("--lots", help="How many lots you keep.")]
DrawAt: TypeAlias = Annotated[
    datetime | None,
    typer.Option("--draw-at", help="The lot is the first round of drand from then on (UTC)."),
]
Chain: TypeAlias = Annotated[
    Path | None, typer.Option("--chain", help="drand's description of another chain than quicknet.")
]
CoinOf: TypeAlias = Annotated[
    Path | None, typer.Option("--case", help="The lot is the coin of this case's lead.")
]
Plan: TypeAlias = Annotated[
    Path | None,
    typer.Option("--plan", help="Snapshot, settings, twins and prompts (served-twins only; JSON)."),
]
Request: TypeAlias = Annotated[
    Path | None, typer.Option("--request", help="Write a request for a time stamp (.tsq), too.")
]

SealedPool: TypeAlias = Annotated[
    Path, typer.Argument(metavar="POOL", help="The pool that was sealed.")
]
SealedBy: TypeAlias = Annotated[Path, typer.Option("--sealed", help="What `owner seal` wrote.")]
Drawn: TypeAlias = Annotated[
    Path, typer.Option("--out", "-o", help="The list to write; its record lies beside it.")
]
Stamp: TypeAlias = Annotated[
    Path | None, typer.Option("--stamp", help="An authority's response (.tsr).")
]
Roots: TypeAlias = Annotated[
    Path | None, typer.Option("--roots", help="Its root certificates (PEM).")
]
Beacon: TypeAlias = Annotated[
    Path | None, typer.Option("--beacon", help="The round, as drand's relays serve it (JSON).")
]
DrawCase: TypeAlias = Annotated[
    Path | None, typer.Option("--case", help="The case that holds commitment and coin.")
]
Lot: TypeAlias = Annotated[int, typer.Option("--lot", help="Number of the lot.")]


def seal(
    path: Pool, test: Test, out: given.Out, level: Level = 1e-3, reference: References = None,
    missing: Missing = "worst", rule: Rule = "contains", lots: Lots = 1, draw_at: DrawAt = None,
    chain: Chain = None, case: CoinOf = None, plan: Plan = None, request: Request = None,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Fix a test before its lot: pool, level, references, all that could be chosen.

    Keep what is written secret; publish or stamp the commitment that is printed.
    """
    from filiation.proceedings.naming import free, models_named, present, present_at

    present(path, POOL), free(out)
    present_at([(chain, "drand's /info"), (case, "a case"), (plan, "a plan of twins")])
    others = models_named(reference or [], "measurements of the pool", here=True)
    from filiation.proceedings.owner_draws import Fixed
    from filiation.proceedings.owner_draws import seal as fix
    from filiation.proceedings.owners import reference_digests
    from filiation.report.wording.coins import sealed_lines

    fixed = Fixed(
        test=test,
        level=level,
        references=reference_digests(test, path, others),
        missing=missing,
        rule=rule,
        lots=lots,
        moment=draw_at,
        chain=chain,
        case=case,
        plan=plan,
    )
    sealed, commitment = fix(path, fixed, out, request=request)
    lines = list(sealed_lines(sealed, commitment))
    typer.echo("\n".join(lines[:1] if quiet else lines))


def draw(
    path: SealedPool, sealed: SealedBy, out: Drawn, stamp: Stamp = None, roots: Roots = None,
    beacon: Beacon = None, case: DrawCase = None, lot: Lot = 1, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Draw a lot from the public value that was fixed, and write the list with its record."""
    from filiation.proceedings.naming import free, present, present_at

    present(path, POOL), free(out)
    present_at(
        [
            (sealed, "what `owner seal` wrote"),
            (stamp, "a time stamp (RFC 3161)"),
            (roots, "root certificates (PEM)"),
            (beacon, "a round of drand (JSON)"),
            (case, "a case"),
        ]
    )
    from filiation.proceedings.owner_draws import Proof
    from filiation.proceedings.owner_draws import draw as drawn
    from filiation.report.wording.coins import drawn_lines

    proof = Proof(stamp=stamp, roots=roots, beacon=beacon, case=case)
    found = drawn(path, sealed, proof, out, lot=lot)
    if not quiet:
        typer.echo("\n".join(drawn_lines(found)))
