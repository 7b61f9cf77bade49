"""Do two models lay out and phrase their answers by the same habits?

Ninety features of every answer: headings, lists, bold, paragraphs, sentence lengths, opening and
closing formulas, hedges, discourse markers, function words, emoji, code. Models of one school share
a style without any descent, so a model's mean style is taken away, and how far it goes along with
what the others do at the prompt; what counts is whether two models *depart* from both on the same
prompts in the same ways. Two that go along with nobody are not alike for it. Even so there is no
exchangeability to lean on: the source stands in a line-up, ranked among the controls by closeness
to the subject over prompts, p = (1 + #) / (K + 1); with fifty controls or more the closeness, one
effect per model removed, is read as a calibrated z.

Defeated by: another system prompt, a length limit, a formatting instruction for one side only.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.texts import (
    FEWEST_WORDS,
    Aligned,
    LineUp,
    PairValues,
    align,
    clean,
    line_up,
)
from filiation.methods.answers.texts_reach import reach_of_texts, texts_floor
from filiation.methods.answers.texts_survey import AllPairs, judge_all
from filiation.methods.answers.texts_weighing import weigh
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding
from filiation.model.reach import Reach
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.pairs.habits import habit_likeness
from filiation.numerics.pairs.two_way import alike_from

__all__ = ["FEATURES", "Structure", "all_pairs", "habits", "table_of"]

Float64: TypeAlias = NDArray[np.float64]

READ: Final = 4_000  # characters of an answer
ITEMS: Final = 400  # of all pairs

EFFECTIVE: Final = 20.0  # features that vary independently, at most: bounds the spread below

BECAUSE: Final = (
    "an unrelated model departs from its own habits no more like the source than the controls do, "
    "once one effect per model is removed; a chat template, a length limit or a teacher that "
    "source and subject share, and the controls do not, would break this"
)

# Counted per answer, as log(1 + count).
COUNTED: Final[Mapping[str, str]] = {
    "heading": r"(?m)^#{1,6} ",
    "bold heading": r"(?m)^\*\*[^*\n]+\*\*:?$",
    "dash item": r"(?m)^ *- ",
    "star item": r"(?m)^ *\* ",
    "dot item": r"(?m)^ *• ",
    "numbered item": r"(?m)^ *\d+\. ",
    "bracketed number": r"(?m)^ *\(?\d+\) ",
    "nested item": r"(?m)^ {2,}[-*•\d]",
    "item with title": r"(?m)^ *(?:\d+\.|[-*•]) \**[A-Z][^:\n]{2,40}:",
    "bold": r"\*\*[^*\n]+\*\*",
    "code fence": r"(?m)^```",
    "inline code": r"`[^`\n]+`",
    "table row": r"(?m)^\|.*\|$",
    "empty line": r"\n[ \t]*\n",
    "line": r"\n",
    "emoji": "[\u2600-\u27bf\U0001f300-\U0001faff]",
    "exclamation": "!",
    "question": r"\?",
    "colon": ":",
    "semicolon": ";",
    "dash": "[\u2014\u2013]| - ",
    "bracket": r"\(",
    "quotation": '"',
    "ellipsis": r"\.\.\.|…",
    "comma before and": r", and\b",
    "contraction": r"(?i)\b\w+'(?:s|re|ve|ll|t|d|m)\b",
    "number": r"\b\d+(?:[.,]\d+)*\b",
    "space before end of line": r"[ \t]\n",
    "capitalised word": r"\b[A-Z][a-z]+",
}
# Per answer: is it there?
PRESENT: Final[Mapping[str, str]] = {
    "opens sure": r"(?i)\A\W*(?:sure|certainly|absolutely|of course)\b",
    "opens here": r"(?i)\A\W*here(?:'s| is| are)\b",
    "opens great": r"(?i)\A\W*(?:great|good|thank|interesting)\b",
    "opens sorry": r"(?i)\A\W*(?:i'm sorry|sorry|i apologi[sz]e|unfortunately)\b",
    "opens as an ai": r"(?i)\A\W*as an? (?:ai|language)",
    "opens i": r"\A\W*I\b",
    "opens to": r"\A\W*To\b",
    "opens the": r"\A\W*(?:The|There|This|It)\b",
    "opens title": r"\A\W*(?:Title|Subject|Dear)\b",
    "opens formatted": r"\A\s*(?:[#*`|\d-])",
    "opens blank": r"\A\s",
    "opens answer": r"(?i)\A\W*(?:answer|response|assistant|output)\b",
    "first line ends with colon": r"\A[^\n]{1,200}:\s*\n",
    "ends blank": r"\s\Z",
    "ends question": r"\?\W*\Z",
    "ends exclamation": r"!\W*\Z",
    "ends unfinished": r"[\w,]\Z",
    "closes hope": r"(?i)\bi? ?hope (?:this|that|you|it)\b.{0,200}\Z",
    "closes let me know": r"(?i)\b(?:let me know|feel free|don't hesitate)\b.{0,200}\Z",
    "closes enjoy": r"(?i)\b(?:enjoy|good luck|happy \w+ing)\b.{0,80}\Z",
    "in conclusion": r"(?i)\b(?:in conclusion|in summary|to sum up)\b",
    "overall": r"\bOverall,",
    "note": r"(?m)^\W*Note\b",
    "important to": r"(?i)\bit(?:'s| is) (?:important|essential|worth|crucial)\b",
    "as an ai": r"(?i)\bas an? (?:ai|artificial|language model)",
    "step": r"(?i)\bstep \d",
}
# Rate among the words of the answer.
RATES: Final[Mapping[str, str]] = {
    "hedge": "may might could perhaps possibly likely typically generally often usually sometimes",
    "booster": "very really truly always never definitely certainly absolutely highly",
    "addition": "additionally furthermore moreover also besides",
    "contrast": "however but although though while whereas nevertheless",
    "result": "therefore thus hence consequently so",
    "example": "example instance such including like",
    "order": "first firstly second secondly third next then finally lastly",
    "first person": "i me my mine",
    "we": "we us our",
    "second person": "you your yours yourself",
    "third person": "he she they him her them their his its",
    "the": "the",
    "a": "a an",
    "of": "of",
    "and": "and",
    "or": "or",
    "to": "to",
    "in": "in into within",
    "for": "for",
    "with": "with",
    "that": "that which who",
    "is": "is are was were be been being",
    "can": "can will would should must",
    "this": "this these those",
    "by": "by from through",
    "ornate": "vibrant rich crucial essential ensure various overall comprehensive key unique",
}

WHOLE: Final = frozenset({"in conclusion", "overall", "note", "important to", "as an ai", "step"})
# What a text must hold for a pattern to be in it, cheap to look for; of the last five in any case.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "heading": ("# ",),
    "bold heading": ("**",),
    "dash item": ("- ",),
    "star item": ("* ",),
    "dot item": ("\u2022 ",),
    "numbered item": (". ",),
    "bracketed number": (") ",),
    "nested item": ("  ",),
    "bold": ("**",),
    "code fence": ("```",),
    "inline code": ("`",),
    "table row": ("|",),
    "dash": ("\u2014", "\u2013", " - "),
    "ellipsis": ("...", "\u2026"),
    "comma before and": (", and",),
    "contraction": ("'",),
    "space before end of line": (" \n", "\t\n"),
    "in conclusion": ("in conclusion", "in summary", "to sum up"),
    "overall": ("overall,",),
    "important to": ("important", "essential", "worth", "crucial"),
    "as an ai": ("as a",),
    "step": ("step",),
}
_COUNTED: Final = tuple(re.compile(p) for p in COUNTED.values())
_PRESENT: Final = tuple(re.compile(p) for p in PRESENT.values())
_KIND: Final = {word: n for n, words in enumerate(RATES.values()) for word in words.split()}
_WORD: Final = re.compile(r"\w+")
_SENTENCE: Final = re.compile(r"[.!?。！？]+(?:\s|$)|\n+")  # noqa: RUF001
LENGTHS: Final = (
    "words",
    "letters in a word",
    "different words",
    "words in a sentence",
    "spread of sentences",
    "words in a paragraph",
    "spread of paragraphs",
    "words in the first line",
    "words in the last line",
)
FEATURES: Final = (*LENGTHS, *COUNTED, *PRESENT, *RATES)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Closeness of format habits, in a line-up of controls."""

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"structure/3;features={len(FEATURES)};characters={READ};tail=t10"

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        line = line_up(
            self.id, source, subject, controls, families=families, seed=seed, shortest=FEWEST_WORDS
        )
        if not isinstance(line, LineUp):
            return line
        return weigh(
            self.id,
            _table(line.aligned),
            line,
            families=families,
            unit="times sqrt((1 + r) / (1 - r)), r the correlation of departures from habit, "
            "beyond what both models' own effects explain",
            because=BECAUSE,
            ranked=True,
        )

    def reach(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
    ) -> Reach | Absent:
        line = line_up(
            self.id, source, subject, controls, families=families, seed=0, shortest=FEWEST_WORDS
        )
        return reach_of_texts(self.id, line, families=families, ranked=True)

    def floor_with(self, controls: int) -> float:
        return texts_floor(controls, ranked=True)


def all_pairs(recordings: Sequence[Recording], families: Mapping[str, str], seed: int) -> AllPairs:
    """Every pair against all others; pairs of one declared family are kept out of the null."""
    aligned = align(recordings, seed=seed, limit=ITEMS)
    return judge_all(aligned.names, _table(aligned), families)


def habits(text: str) -> Float64:
    """The format habits of one answer, float64 [len(FEATURES)], in the order of `FEATURES`."""
    raw = clean(text[:READ])
    folded = raw.casefold()
    said = _WORD.findall(folded)
    absent = {
        name
        for name, needed in NEEDED.items()
        if not any(one in (folded if name in WHOLE else raw) for one in needed)
    }
    rates, times = np.zeros(len(RATES)), Counter(said)
    for word in _KIND.keys() & times.keys():
        rates[_KIND[word]] += times[word]
    counted = [
        0.0 if name in absent else math.log1p(len(p.findall(raw)))
        for name, p in zip(COUNTED, _COUNTED, strict=True)
    ]
    edges = raw[:300], raw[-300:]
    present = [
        float(name not in absent and bool(p.search(_part(name, raw, edges))))
        for name, p in zip(PRESENT, _PRESENT, strict=True)
    ]
    return np.array([*_lengths(raw, said), *counted, *present, *np.sqrt(rates / max(len(said), 1))])


def _part(name: str, raw: str, edges: tuple[str, str]) -> str:
    """Where it is looked for: in all of the text, at its end, or at its beginning."""
    return raw if name in WHOLE else edges[name.startswith(("ends", "closes"))]


def _lengths(raw: str, said: Sequence[str]) -> list[float]:
    sentences = _sizes(_SENTENCE.split(raw))
    paragraphs = _sizes(raw.split("\n\n"))
    lines = raw.strip().split("\n")
    return [
        math.log1p(len(said)),
        sum(map(len, said)) / len(said) if said else 0.0,
        len(set(said[:100])) / max(1, len(said[:100])),
        math.log1p(sum(sentences) / len(sentences)),
        math.log1p(float(np.std(sentences))),
        math.log1p(sum(paragraphs) / len(paragraphs)),
        math.log1p(float(np.std(paragraphs))),
        math.log1p(len(lines[0].split())),
        math.log1p(len(lines[-1].split())),
    ]


def _sizes(parts: Sequence[str]) -> list[int]:
    """Words in each part that has any; [0] if none has."""
    return [n for n in (len(part.split()) for part in parts) if n] or [0]


def _table(aligned: Aligned) -> PairValues:
    missing = np.full(len(FEATURES), np.nan)
    features = np.array(
        [
            [missing if answer is None else habits(answer) for answer in row]
            for row in aligned.answers
        ]
    )
    return table_of(features)


def table_of(features: Float64) -> PairValues:
    """How alike every two models are: float64 [prompts, models, features], as of `habits`."""
    values, items, chance = habit_likeness(features)
    return PairValues(
        values=values,
        noise=1.0 / (EFFECTIVE * np.maximum(items, 1)),
        items=items,
        least=alike_from(values, chance),
    )
