"""The verbs of `owner`: tests that only the owner of a source can make."""

import typer

from filiation.cli import _owning as given
from filiation.cli._options import AsCsv, AsJson, Quiet, not_both

__all__ = ["canary", "commit", "keyed", "likelihoods", "phrases", "training_order"]


def commit(path: given.Secret, out: given.Out) -> None:
    """Commit to a list that was made by hand: write its SHA-256 and the date.

    Such a list is declared: its maker could have chosen it. `owner seal` and `owner draw` make one
    that nobody could choose. What makes the date evidence is who was given the file when.
    """
    from filiation.proceedings.naming import free, present

    present(path, given.SECRET), free(out)
    from filiation.proceedings.owners import commit

    typer.echo(commit(path, out).decode(), nl=False)


def likelihoods(
    model: given.Model, path: given.Secret, out: given.Out, twins: given.Twins = None,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Compute how likely MODEL holds every text of a list (needs the extra `run`).

    Each entry of the list needs `text`, or `tokens` in the ids of the model's tokenizer; a list of
    served answers needs its twins.
    """
    from filiation.cli._progress import bar
    from filiation.proceedings.naming import free, model_named, present_at

    named = model_named(model, "a model's folder", here=True)
    present_at([(path, given.SECRET), (twins, "twins of served answers")])
    free(out)
    from filiation.proceedings.owners import likelihoods

    with bar(quiet) as shown:
        likelihoods(named, path, out, twins=twins, step=shown.step, progress=shown.progress)


def training_order(
    path: given.Secret, subject: given.Measured, reference: given.References = None,
    draw: given.Draw = None, case: given.Case = None, roots: given.Roots = None,
    chain: given.Chain = None,
    commitment: given.Committed = None, level: given.Level = None, seed: given.Seed = None,
    as_json: AsJson = False, as_csv: AsCsv = False,
) -> None:  # fmt: skip
    """Does the subject find examples the likelier, the later the source was trained on them?

    LIST has the fields `example` and `seen`; the order must have been drawn at random (within
    `stratum`, if given).
    """
    not_both(as_json, as_csv)
    who, others = given.named(path, subject, reference or [], given.LIKELIHOODS)
    held = given.held(commitment, draw, case, roots, chain, level=level, seed=seed)
    from filiation.proceedings.owners import training_order

    made = training_order(path, who, others, given=held)
    given.show(made, as_json=as_json, as_csv=as_csv)


def canary(
    path: given.Secret, subject: given.Measured, reference: given.References = None,
    draw: given.Draw = None, case: given.Case = None, roots: given.Roots = None,
    chain: given.Chain = None,
    commitment: given.Committed = None, level: given.Level = None,
    as_json: AsJson = False, as_csv: AsCsv = False,
) -> None:  # fmt: skip
    """Does the subject find planted texts likelier than their unused twins?

    LIST has the fields `example`, `group` and `planted`; in every group one text was planted,
    picked by lot.
    """
    not_both(as_json, as_csv)
    who, others = given.named(path, subject, reference or [], given.LIKELIHOODS)
    held = given.held(commitment, draw, case, roots, chain, level=level)
    from filiation.proceedings.owners import canary

    made = canary(path, who, others, given=held)
    given.show(made, as_json=as_json, as_csv=as_csv)


def keyed(
    path: given.Secret, subject: given.Suspect, control: given.Controls = None,
    draw: given.Draw = None, case: given.Case = None, roots: given.Roots = None,
    chain: given.Chain = None,
    rule: given.Rule = None, commitment: given.Committed = None, level: given.Level = None,
    as_json: AsJson = False, as_csv: AsCsv = False,
) -> None:  # fmt: skip
    """Does the subject give the secret replies to the secret prompts?

    LIST is a battery with keys, as `ask --battery LIST` takes it: `id`, `prompt`, `key` and, best,
    `decoys`. Without decoys at least three controls are needed.
    """
    not_both(as_json, as_csv)
    who, others = given.named(path, subject, control or [], given.ANSWERS)
    held = given.held(commitment, draw, case, roots, chain, level=level, rule=rule)
    from filiation.proceedings.owners import keyed

    made = keyed(path, who, others, given=held)
    given.show(made, as_json=as_json, as_csv=as_csv)


def phrases(
    path: given.Secret, subject: given.Suspect, control: given.Controls = None,
    commitment: given.Committed = None, level: given.Level = None,
    as_json: AsJson = False, as_csv: AsCsv = False,
) -> None:  # fmt: skip
    """Does the subject use unpublished phrases more than decoys that were used nowhere?

    LIST has the fields `id`, `phrase` and `decoys`; every phrase was picked by lot among phrases
    that one rule made. Controls are put to the same test: a list that sets one apart is refused.
    """
    not_both(as_json, as_csv)
    who, others = given.named(path, subject, control or [], given.ANSWERS)
    held = given.held(commitment, None, None, None, None, level=level)
    from filiation.proceedings.owners import phrases

    made = phrases(path, who, others, given=held)
    given.show(made, as_json=as_json, as_csv=as_csv)
