"""`python tools/docs/readings.py KIND`: ways to write an answer, and what is read out of each."""

import sys
from collections.abc import Iterator
from typing import Final

from filiation.methods.answers.reading.artefacts import spoken
from filiation.methods.answers.reading.rules import LETTER, LITERAL, NUMBER, TEXT, read

WRITTEN: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "numbers": (
        NUMBER,
        (
            "1000", "1,000", "1{,}000", "1 000", "1\N{THIN SPACE}000", "1'000", "1_000", "1.000,0",
            "10^3", "10^{3}", "10\N{SUPERSCRIPT THREE}", "1e3", "1 \\times 10^3", "one thousand",
            "$1,000", "1000 km", "\\boxed{1000}", "**1000**", "3/4", "\\frac{3}{4}",
            "\\dfrac{3}{4}", "\\tfrac34", "\N{VULGAR FRACTION THREE QUARTERS}", "0.75", "0,75",
            "three quarters", "1 1/2", "1\\frac{1}{2}", "75%", "\\sqrt{2}/2", "2\\pi",
            "{1 \\over 2}", "1 over 2", "5\\times10^{-1}", "minus 17", "\N{SUPERSCRIPT MINUS}17",
            "17 m\N{SUPERSCRIPT TWO}", "100 thousand", "0x11", "17 out of 20", "17 [1]",
            "17 because 12 and 5 add up", "17 = 12 + 5",
            '{"answer": 17, "explanation": "12 and 5"}',
            "so 20 - 3 = 17 are left", "The answer is 17, not 20.", "no number",
        ),
    ),
    "values": (
        LITERAL,
        (
            "[1,2,  3]", "```python\n[1, 2, 3]\n```", "[true, null]", '{"a": 1}', "'abc'", "abc",
            "TRUE", "1,000", "1{,}000", "assert f(2) == [4]", "The program prints 5.",
            "{'result': 5}", '{"answer": [1, 2]}',
        ),
    ),
    "letters": (
        LETTER,
        (
            "B", "(b)", "**B**", "B) friction", "Option B", "\\boxed{\\text{B}}",
            "The answer is (B).", "Die Antwort ist B.", "B is correct", '{"answer": "B"}',
            "The answer is B. Option A is wrong.", "B, since A fails",
            "I choose B; option D is close",
            "The answer is A or B", "A: no. B: yes.", "the answer is a matter of taste",
        ),
    ),
    "texts": (
        TEXT,
        ("Jane Austen", "JANE AUSTEN.", "The answer is: **Jane Austen**", "1,813", "n/a"),
    ),
    "collected": (
        TEXT,
        (
            "<think>\n\n</think>\n\nyes", "<think>cut off", "yes<|im_end|>",
            "The server had an error while processing your request.", "",
            '{"name": "add", "arguments": {"a": 1}}',
        ),
    ),
}  # fmt: skip


def lines(kind: str) -> Iterator[str]:
    """One line for each way of writing: what was written, and what was read."""
    rule, written = WRITTEN[kind]
    shown = [text.replace("\n", "\\n") for text in written]
    width = max(map(len, shown))
    yield f"{'written':{width}}  read by {rule}"
    for text, said in zip(written, shown, strict=True):
        answer = read(rule, spoken(text))
        yield f"{said:{width}}  {'no answer' if answer is None else answer}"


if __name__ == "__main__":
    print(*lines(sys.argv[1]), sep="\n")
