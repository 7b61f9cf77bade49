"""The 29 public models on MMLU-Pro in ../shared/outputs: recordings, families, known lineage."""

import csv
import gzip

from filiation.model.recording import Item, Recording
from validate_outputs.shared import shared

__all__ = ["LINEAGE", "TABLE", "family_of", "recordings"]

TABLE = shared("mmlu-pro-answers.csv.gz")

MAKERS = (
    ("Llama-3", "llama3"),
    ("Llama-2", "llama2"),
    ("Mistral", "mistral"),
    ("Mixtral", "mistral"),
    ("mathstral", "mistral"),
    ("Qwen", "qwen"),
    ("Yi", "yi"),
    ("gem", "google"),
)

LINEAGE = frozenset(
    frozenset(pair)
    for pair in (
        ("Meta-Llama-3-70B", "Meta-Llama-3_1-70B"),
        ("Mistral-7B-v0.1", "Mistral-7B-v0.2-hf"),
        ("Meta-Llama-3-8B", "Meta-Llama-3_1-8B"),
        ("Meta-Llama-3-70B", "Meta-Llama-3_1-70B-Instruct"),
        ("Meta-Llama-3_1-70B", "Meta-Llama-3_1-70B-Instruct"),
        ("Mixtral-8x7B-Instruct-v0.1", "Mixtral-8x7B-v0.1"),
        ("Yi-6B", "Yi-6b-Chat"),
        ("Meta-Llama-3_1-8B", "Meta-Llama-3_1-8B-Instruct"),
        ("Meta-Llama-3-8B", "Meta-Llama-3_1-8B-Instruct"),
        ("Mistral-7B-Instruct-v0.1", "Mistral-7B-v0.1"),
        ("Mistral-7B-Instruct-v0.2", "Mistral-7B-v0.2-hf"),
        ("Mistral-7B-Instruct-v0.2", "Mistral-7B-v0.1"),
        ("Mistral-7B-Instruct-v0.1", "Mistral-7B-v0.2-hf"),
        ("mathstral-7B", "Mistral-7B-v0.1"),
        ("mathstral-7B", "Mistral-7B-v0.2-hf"),
    )
)


def family_of(name: str) -> str:
    """Return the maker's line a model belongs to."""
    return next((family for part, family in MAKERS if part in name), name)


def recordings() -> list[Recording]:
    """Read the table."""
    with gzip.open(TABLE, "rt", encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    items = tuple(Item(id=row[0], category=row[1], key=row[2], options=int(row[3])) for row in rows)
    return [
        Recording(name=name, items=items, outputs=tuple(row[column] or None for row in rows))
        for column, name in enumerate(head[4:], start=4)
    ]
