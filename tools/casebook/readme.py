"""The README of the built casebook."""

from casebook.truth import ModelTruth, Truth

_TEXT = """# Casebook

Small language models, trained for this repository, whose ancestry is known because we made them:
the models on which Filiation's examinations are shown and checked.

{table}

{notes}

Losses are nats per token on held-out text of the domain named: of the model, of its first parent
on the same text, and of the initialisation its weights began from. *Cosine* is the median over
`up_proj` and `gate_proj` rows with the first parent's row of the same index. *Weights inherited* is
the truth an examination of weights is to find: a distilled model descends from its teacher and has
none of its weights. *Largest logit change* is measured against the parent on held-out text, where
the operation preserves the function: what is left is the rounding of the changed weights to F16.

The Llamas have 4 layers, width 80, 224 MLP units, 4 heads on 2 key-value heads and 0.42 M
parameters unless the operation says otherwise; names, config.json and the rotary convention are
those of Hugging Face's `LlamaForCausalLM`, with GPT-2's those of `GPT2LMHeadModel`. All originals
with the same tokenizer saw the same text in the same order; they differ in seed or shape. The rest
is in `truth.toml`.

## The text

What CPython itself ships, read in place and not copied here: `pydoc_data.topics`, docstrings and
comments (*prose*), sources of the standard library (*code*), sources of its test suite (*tests*).
One document in twenty is held out, chosen by its name. These models were trained on the text of
**Python {python}** (corpus digest `{digest}`, torch {torch}). Another Python has
other text and gives other models of the same kinship.

## Build it again

```
python -m pip install torch==2.13.0 tokenizers numpy ml_dtypes safetensors
PYTHONPATH=tools python -m casebook.build --out examples/casebook
```

About {minutes} minutes on two cores, no GPU. What exists with the same recipe is kept. Seeds are
fixed, but the bytes of a trained model are not promised: torch on a CPU does not round alike in
every run. Built again, the kinship is the same, and the losses nearly so.

Apache-2.0, as the rest of this repository.
"""


def write_readme(truth: Truth) -> str:
    """The text of README.md."""
    head = (
        "| model | descends from | by | weights inherited | domain | loss | parent | untrained "
        "| cosine | largest logit change |"
    )
    rows = [head, "|---|---|---|---|---|---|---|---|---|---|"]
    rows += [_row(model) for model in truth.models.values()]
    return _TEXT.format(
        table="\n".join(rows),
        notes="\n".join(f"- `{model.name}`: {model.note}" for model in truth.models.values()),
        python=truth.python_version,
        digest=truth.corpus_digest[:16],
        torch=truth.torch_version,
        minutes=round(sum(model.seconds for model in truth.models.values()) / 60) + 1,
    )


def _row(model: ModelTruth) -> str:
    cells = [
        f"`{model.name}`",
        ", ".join(f"`{parent}`" for parent in model.parents) or "—",
        model.operation,
        "yes" if model.weights_shared else "no",
        "+".join(model.loss_domains),
        f"{model.loss:.3f}",
        _number(model.loss_parent),
        f"{model.loss_untrained:.3f}",
        _number(model.median_row_cosine),
        "" if model.max_logit_difference is None else f"{model.max_logit_difference:.2g}",
    ]
    return "| " + " | ".join(cells) + " |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
