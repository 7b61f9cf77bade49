"""A small log in words: ordinary users, and a template around a list that is dealt over accounts.

It shows that reading and reducing real text leads where the generators of columns begin.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

__all__ = ["DEALT", "text_log"]

DEALT = 12  # accounts of the campaign: "dealt-0" to "dealt-11"
WORDS = """
river stone bread winter engine letter garden market silver window music harbour doctor
bridge paper summer forest coffee island school mirror thread orange candle valley rocket
basket ticket hammer pocket velvet copper meadow saddle lantern anchor ribbon barrel
cradle
""".split()  # noqa: SIM905
TEMPLATES = (
    "Imagine the reasoning behind the answer below and write it out in full, one line a step. "
    "Question: {} Answer it again, and grade both answers from 1 to 10.",
    "You are a strict examiner with a rubric of five points. Mark the reply to this task and say "
    "where each point was won or lost: {} End with the marks as a list.",
)


def text_log(seed: int, users: int = 60, days: int = 16) -> Iterator[str]:
    """JSON lines, a day at a time."""
    rng = np.random.default_rng(seed)
    begin = datetime(2026, 5, 4, tzinfo=UTC)

    def phrase(count: int) -> str:
        return " ".join(rng.choice(WORDS, count))

    subjects = [[phrase(6) for _ in range(4)] for _ in range(users)]
    for day in range(days):
        rows = []
        for user in range(users):
            for _ in range(rng.poisson(4.0)):
                own = rng.choice(subjects[user]) + " " if rng.random() < 0.12 else ""
                minute = int(rng.normal(840, 200)) % 1440
                rows.append((minute, f"user-{user}", f"What of {own}{phrase(14)}?"))
        for place in range(DEALT * 8):
            minute = place * 1440 // (DEALT * 8) + int(rng.integers(0, 5))
            text = TEMPLATES[int(rng.integers(0, 2))].format(phrase(12))
            rows.append((minute, f"dealt-{rng.integers(0, DEALT)}", text))
        for minute, account, prompt in sorted(rows):
            time = begin + timedelta(days=day, minutes=minute)
            yield json.dumps({"time": time.isoformat(), "account": account, "prompt": prompt})
