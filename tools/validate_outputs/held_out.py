"""Open questions that no method was made with: programs' outputs and numbers, public models.

Recorded answers of WildEval/ZeroEval (Apache-2.0), one JSON file for each model: `crux` (800
programs), `gsm` (1,319 sums in words), `math-l5` (721 tasks of a competition). They are not kept
here; FILIATION_ZEROEVAL names the folder in which those three lie (its `result_dirs`). Answers are
written to a table, which is read as the command line reads it.

Which pairs are related is what names and makers declare: one model by another server or of another
date, or made from the other by its maker's word. Models of different makers count as strangers,
with the caution that some share data or teachers; other pairs of one maker enter no figure. That a
stranger stands high is a figure about the method, and says nothing of any maker.

Run by `python tools/validate_outputs held-out`, some minutes.
"""

import csv
import gzip
import itertools
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.shared_errors_survey import ErrorPairs, survey_pairs
from filiation.model.recording import Recording
from filiation.readers.answers import open_recordings
from validate_outputs.shared_errors import HEAD, Pairs, figures

__all__ = ["FOLDER", "family_of", "main", "pairs_of", "said"]

FOLDER: Final = "FILIATION_ZEROEVAL"
SETS: Final = {
    "crux": "what programs print",
    "gsm": "numbers, sums in words",
    "math-l5": "numbers, tasks of a competition",
}
RELATIVES: Final = (
    (
        *("Llama-3.1-405B-Inst-fp8", "Llama-3.1-405B-Inst@sambanova"),
        *("Meta-Llama-3.1-405B-Instruct@hyperbolic", "Llama-3.1-405B-Instruct-Turbo"),
    ),
    ("Meta-Llama-3-70B-Instruct", "Athene-70B"),
    ("Meta-Llama-3-70B-Instruct", "Meta-Llama-3.1-70B-Instruct"),
    ("Meta-Llama-3-8B-Instruct", "Meta-Llama-3.1-8B-Instruct"),
    ("deepseek-v2-chat-0628", "deepseek-v2-coder-0724", "deepseek-v2.5-0908"),
    ("deepseek-chat", "deepseek-coder", "DeepSeek-Coder-V2-0724", "deepseek-v2.5-0908"),
    ("gpt-4o-2024-05-13", "gpt-4o-2024-08-06", "chatgpt-4o-latest-24-09-07"),
    ("claude-3-5-sonnet-20240620", "claude-3-5-sonnet-20241022"),
    ("gemini-1.5-pro", "gemini-1.5-pro-exp-0801", "gemini-1.5-pro-exp-0827"),
    ("gemini-1.5-flash", "gemini-1.5-flash-exp-0827"),
    ("yi-large", "yi-large-preview"),
)
MAKERS: Final = (
    *(("athene", "llama"), ("llama", "llama"), ("meta-llama", "llama")),
    *(("gpt", "openai"), ("chatgpt", "openai"), ("o1-", "openai")),
    *(("gem", "google"), ("claude", "anthropic"), ("deepseek", "deepseek"), ("qwen", "qwen")),
    *(("yi-", "yi"), ("mi", "mistral"), ("phi", "phi"), ("reka", "reka"), ("command", "cohere")),
)
_FIELD: Final = re.compile(r'"answer"\s*:\s*')
_ANNOUNCED: Final = re.compile(r"\\boxed|nswer is|nswer:")
_KEY_MARK: Final = "# "  # before every key of `gsm`
LONGEST: Final = 3_000  # characters at the end of an output without the field


def family_of(name: str) -> str:
    """The maker, by name; a model made from another maker's counts with that."""
    return next((maker for part, maker in MAKERS if name.lower().startswith(part)), name)


def pairs_of(models: Sequence[str]) -> tuple[Pairs, Pairs]:
    """Rows of the related pairs, and of pairs of different makers."""
    close = {frozenset(pair) for group in RELATIVES for pair in itertools.combinations(group, 2)}
    pairs = list(itertools.combinations(range(len(models)), 2))
    kin = [pair for pair in pairs if frozenset(models[row] for row in pair) in close]
    far = [(a, b) for a, b in pairs if family_of(models[a]) != family_of(models[b])]
    return kin, far


def said(output: str) -> str | None:
    """The field `answer` that was asked for; the end of an output that announces its answer else.

    None where there is neither: most such outputs were cut off.
    """
    found = list(_FIELD.finditer(output))
    if not found:
        return output[-LONGEST:] if _ANNOUNCED.search(output) else None
    rest = output[found[-1].end() :]
    try:
        value = json.JSONDecoder(strict=False).raw_decode(rest)[0]
    except (ValueError, RecursionError):
        return rest.split("\n}")[0].strip().rstrip("}`").strip() or None
    return value if isinstance(value, str) else json.dumps(value)


def _answered(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, str | None]]]:
    """Keys by question, and of every model that was asked all of them what it said."""
    keys: dict[str, str] = {}
    models: dict[str, dict[str, str | None]] = {}
    for file in sorted(folder.glob("*.json")):
        rows: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
        named = [(str(row.get("id") or row["session_id"]), row) for row in rows]
        keys |= {name: row["answer"].removeprefix(_KEY_MARK) for name, row in named}
        models[file.stem] = {name: said(row["output"][0]) for name, row in named}
    return keys, {name: own for name, own in models.items() if own.keys() == keys.keys()}


def recordings(folder: Path) -> Sequence[Recording]:
    """Write the answers to a table, and read it as the command line does."""
    keys, models = _answered(folder)
    with TemporaryDirectory() as place:
        path = Path(place) / "table.csv.gz"
        with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as file:
            table = csv.writer(file)
            table.writerow(["question_id", "key", *models])
            for name, key in keys.items():
                table.writerow([name, key, *(own[name] or "" for own in models.values())])
        return open_recordings(f"{path}#*")


def _told(folder: Path, title: str) -> Iterator[str]:
    models = recordings(folder)
    answers = code_answers(models)
    pairs = pairs_of(answers.models)
    yield f"\n{title}: {len(models)} models, {len(answers.items):,} questions"
    yield HEAD
    declared = {model: family_of(model) for model in answers.models}
    modes: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("declared", declared),
        ("not declared", {}),
    )
    for label, families in modes:
        survey = survey_pairs(answers, families=families, seed=0)
        assert isinstance(survey, ErrorPairs)
        z, log_p = np.nan_to_num(survey.z, nan=-99.0), np.nan_to_num(survey.log_p)
        yield f"{'families ' + label:37}{figures(pairs, z, log_p)}"
        if label == "declared":
            heights = _heights(answers, survey, pairs)
    yield from heights


def _heights(answers: Answers, survey: ErrorPairs, pairs: tuple[Pairs, Pairs]) -> list[str]:
    """Every related pair: z, and how many errors both made."""
    ranked = sorted(pairs[0], key=lambda pair: -np.nan_to_num(survey.z[pair], nan=-99.0))
    names = answers.models
    rows = [
        f"{survey.z[a, b]:6.1f} {survey.joint[a, b]:4.0f}  {names[a]} ~ {names[b]}"
        for a, b in ranked
    ]
    return ["related pairs with families declared: z, joint errors", *rows]


def main() -> None:
    """Print the figures of every set that is there."""
    folder = Path(os.environ.get(FOLDER, os.devnull))
    there = [name for name in SETS if (folder / name).is_dir()]
    if not there:
        print(f"{FOLDER} names no folder with {', '.join(SETS)}: nothing was measured")
    for name in there:
        for line in _told(folder / name, SETS[name]):
            print(line, flush=True)
