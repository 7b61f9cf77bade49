"""Makes the examples of served twins, of token slopes and of identities.

Run: PYTHONPATH=src:tests:tools python tools/docs/heard_lists.py. Answers, likelihoods and models
are drawn at random, not measured; tokens are counted by the tokenizer of examples/casebook/parent,
with 38 more for what a server puts around a prompt. Nothing is overwritten.
"""

import hashlib
import json
import lzma
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from filiation.files import put
from filiation.interrogate.batteries import generate
from filiation.methods.tokenizers.encoding import Encoder, encoders_of
from filiation.readers.owner import answers_digest, file_digest, read_exchanges, read_twins
from filiation.readers.tokenizers import open_vocabulary
from interrogate.fault_server import Handler, serving

OWNER, ANSWERS = Path("examples/owner"), Path("examples/answers")
SNAPSHOT: Final = hashlib.sha256(b"an example").hexdigest()
WORDS: Final = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "inlet",
    "juniper",
    "kelp",
    "larch",
]
GROUP, OTHERS, TWINS = 50, 30, 4
NAMES: Final = ("ChatGPT", "Claude", "Gemini", "Llama", "Qwen", "DeepSeek", "Mistral")


def lines(path: Path, rows: list[Any]) -> None:
    """JSON lines."""
    put(path, "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode())


def served(rng: np.random.Generator) -> None:
    """A declared list, its twins, a source, and a subject that knows what the group was served."""
    listed, twins = OWNER / "served.jsonl", OWNER / "served-twins.jsonl"

    def says() -> str:
        return " ".join(rng.choice(WORDS, int(rng.integers(6, 12))))

    lines(listed, [
        {"id": f"x{n}", "prompt": f"Question {n}: what grows by the water?", "answer": says(),
         "to": "group" if n < GROUP else "others"}
        for n in range(GROUP + OTHERS)
    ])  # fmt: skip
    told = {"list": file_digest(listed), "snapshot": SNAPSHOT,
            "settings": {"temperature": 0.8, "top_p": 0.95}}  # fmt: skip
    lines(twins, [{"twins": told}, *(
        {"id": f"x{n}", "twin": k, "text": says()}
        for n in range(GROUP + OTHERS) for k in range(1, TWINS + 1)
    )])  # fmt: skip
    exchanges = read_exchanges(listed, read_twins(twins, file_digest(listed)))
    names = [(name, one.to) for one in exchanges for name in one.names]
    ease = -40.0 + 6.0 * rng.normal(size=len(names))
    subject = ease - 3.0 + 2.0 * rng.normal(size=len(names))
    subject += [2.0 * (name.endswith("#0") and to == "group") for name, to in names]
    for stem, model, values in (("source", SNAPSHOT, ease), ("subject", f"{6:064x}", subject)):
        about = {"schema_version": 1, "model": stem, "texts": answers_digest(exchanges),
                 "model_sha256": model, "tokenizer_sha256": f"{1:064x}"}  # fmt: skip
        rows = [{"example": name, "log_likelihood": round(float(v), 3)}
                for (name, _), v in zip(names, values, strict=True)]  # fmt: skip
        lines(OWNER / f"served-{stem}.jsonl", [{"likelihoods": about}, *rows])


def identities(rng: np.random.Generator) -> None:
    """Twenty-four made-up models, of which one calls itself Mistral in most languages."""
    items = generate("identity-languages", seed=0, items=98)
    rows = []
    for place in range(25):
        model = "suspect" if place == 0 else f"model-{place:02d}"
        own, foreign = NAMES[place % len(NAMES)], NAMES[int(rng.integers(len(NAMES)))]
        leaks = float(rng.choice([0.0, 0.0, 0.02, 0.1, 0.3]))
        for item in items:
            name = foreign if rng.random() < leaks else own
            if place == 0 and item.category not in ("en", "zh") and rng.random() < 0.5:
                name = "Mistral"
            rows.append({"model": model, "item": item.id, "category": item.category,
                         "prompt": item.prompt, "output": f"{name}."})  # fmt: skip
    raw = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
    put(ANSWERS / "identity.jsonl.xz", lzma.compress(raw, preset=9))


def counted(encoder: Encoder) -> Any:
    """A server that reports what a tokenizer counts, and 38 tokens more."""

    def script(number: int, asked: dict[str, Any]) -> Any:
        def answer(handler: Handler) -> None:
            body = json.loads(handler.reply())
            tokens = encoder.count(asked["messages"][0]["content"]) + 38
            body["usage"] = {"prompt_tokens": tokens, "completion_tokens": 1}
            handler.send(200, json.dumps(body).encode(), content_type="application/json")

        return answer

    return script


def slopes() -> None:
    """A transcript of the battery token-slope, with the counts of a known tokenizer."""
    from filiation.proceedings.asking import Request, ask, prepare

    path = Path("examples/casebook/parent/tokenizer.json")
    encoder = encoders_of("parent", open_vocabulary(path))[0][0]
    with (
        serving(script=counted(encoder), answer=lambda prompt: "ok") as provider,
        tempfile.TemporaryDirectory() as folder,
    ):
        out = Path(folder) / "token-slope.jsonl"
        request = Request(
                model=f"openai-compat:{provider.url}/v1#closed", battery="token-slope", out=out,
                max_tokens=16, seed=18, logprobs=0,
            )  # fmt: skip
        ask(prepare(request, {}))
        put(ANSWERS / "token-slope.jsonl.xz", lzma.compress(out.read_bytes(), preset=9))


if __name__ == "__main__":
    served(np.random.default_rng(18))
    identities(np.random.default_rng(19))
    slopes()
