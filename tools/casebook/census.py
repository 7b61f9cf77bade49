"""How many of what does a population hold?"""

from collections import Counter
from collections.abc import Sequence

from casebook.truth import ModelTruth, Truth


def write_census(truth: Truth) -> str:
    """The README of a built population."""
    models = tuple(truth.models.values())
    return "\n".join(
        [
            "# Population",
            "",
            f"{len(models)} small language models of known ancestry, made by",
            "`python -m casebook.build --family population`; what is known of each is in",
            "`truth.toml`, whose fields `tools/casebook/truth.py` explains.",
            "",
            *census(truth),
            "",
            f"Text of Python {truth.python_version} (digest `{truth.corpus_digest[:16]}`), "
            f"torch {truth.torch_version}. Apache-2.0.",
            "",
        ]
    )


def census(truth: Truth) -> list[str]:
    """Originals by shape and text, descendants by operation; then what a study counts on."""
    models = tuple(truth.models.values())
    originals = [model for model in models if not model.parents]
    made = [model for model in models if model.parents]
    return [
        "| model | by | models | loss | untrained | seconds |",
        "|---|---|---|---|---|---|",
        *_rows(originals, "original"),
        *_rows(made, "descendant"),
        _row("all", "", models),
        "",
        *_counts(originals, made),
    ]


def _rows(models: Sequence[ModelTruth], kind: str) -> list[str]:
    named: dict[str, list[ModelTruth]] = {}
    for model in models:
        by = model.operation if model.parents else f"{model.shape} on {'+'.join(model.data)}"
        named.setdefault(by, []).append(model)
    return [_row(kind, by, group) for by, group in named.items()]


def _row(kind: str, by: str, models: Sequence[ModelTruth]) -> str:
    count = max(1, len(models))
    loss = sum(model.loss for model in models) / count
    untrained = sum(model.loss_untrained for model in models) / count
    seconds = sum(model.seconds for model in models)
    return f"| {kind} | {by} | {len(models)} | {loss:.2f} | {untrained:.2f} | {seconds:.0f} |"


def _counts(originals: Sequence[ModelTruth], made: Sequence[ModelTruth]) -> list[str]:
    students = [model for model in made if not model.weights_shared]
    own = {(model.shape, model.init_seed) for model in (*originals, *students)}
    alike = Counter((m.shape, m.tokenizer, m.data) for m in originals if not m.repeats)
    began = Counter((m.shape, m.init_seed) for m in originals if not m.repeats)
    pairs = sum(count * (count - 1) // 2 for count in began.values())
    parents = {name for model in made for name in model.parents}
    learned = [m.loss_untrained - m.loss for m in (*originals, *made)]
    tokenizers = {model.tokenizer for model in (*originals, *made)}
    return [
        f"- {len(originals)} originals, {len(made)} descendants of {len(parents)} parents "
        f"by {len({model.operation for model in made})} operations",
        f"- {len(own)} initialisations, {len(students)} of them of students",
        f"- {max(alike.values(), default=0)} originals differ in nothing but the seed",
        f"- {pairs} pairs of originals share the initialisation and not the text",
        f"- {sum(bool(m.repeats) for m in originals)} originals are trained a second time",
        f"- {len({m.shape for m in originals})} shapes of "
        f"{len({m.architecture for m in originals})} architectures, {len(tokenizers)} tokenizers",
        f"- every model's loss is at least {min(learned, default=0.0):.2f} nats per token "
        "below that of the initialisation it began from",
    ]
