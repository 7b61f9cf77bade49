"""Which words may a report never use? Found, not corrected: an author must see them.

Two kinds. Words that claim more than any examination shows. And transposed conditionals: sentences
that turn "how rare would this be if they were unrelated" into "how probable is it that they are
related" (the prosecutor's fallacy) or the reverse. A sentence that denies such a claim is allowed.
"""

import re

__all__ = ["forbidden"]

WORDS = re.compile(
    r"\b(?:match(?:es|ed|ing)?|confirm(?:s|ed|ing|ation)?|prove[sdn]?|proving|proofs?"
    r"|stolen|stole|steals?|stealing|theft|pirated|plagiari[sz]\w*|scor(?:e|es|ed|ing)"
    r"|innocen(?:t|ce)|guilt(?:y)?|verdict|undoubtedly|certainly|conclusive(?:ly)?"
    r"|(?:un)?likely derived|probably (?:derived|copied|independent|unrelated)"
    r"|likely (?:copied|independent|unrelated)|beyond (?:any |all |reasonable )*doubt"
    r"|could only have (?:come|been)|must have (?:been )?(?:copied|derived|come))\b",
    re.IGNORECASE,
)
CHANCE = r"(?:probabilit(?:y|ies)|chances?|odds|likelihood|certainty)"
CLAIM = (
    r"(?:copied|copy|copying|derived|derives?|derivation|descends?|descended|inherit(?:s|ed)"
    r"|related|unrelated|independent|independence|coincidence|guilt|responsible)"
)
# A condition in between sets it right: "probability of this agreement if they were unrelated".
GAP = r"(?:(?!\b(?:if|given|assuming|had|were)\b)[^.;!?]){0,80}?"
TRANSPOSED = re.compile(
    rf"\b{CHANCE}(?: in [\w, ]{{1,24}}?)? that\b{GAP}\b{CLAIM}\b"
    rf"|\b\d[\d,]* (?:{CHANCE})\b{GAP}\b{CLAIM}\b"
    rf"|\b{CHANCE} of (?:a |an |the |its |any |being )?{CLAIM}\b"
    rf"|\b\d[\d.,]*\s?(?:%|per ?cent) (?:likely|certain|sure|probable)\b"
    rf"|\b{CLAIM} with (?:a |an )?{CHANCE}\b"
    rf"|\bso (?:the null|H0|H1|H2|chance) is\b"
    rf"|\b(?:probably|likely|unlikely) (?:that|to be|to have been)\b{GAP}\b{CLAIM}\b",
    re.IGNORECASE,
)
DENIAL = re.compile(
    r"\b(?:never|nor|not (?:mean|say|state|give|be|the|a|an|as|that)|is not that)\b", re.IGNORECASE
)
QUOTED = re.compile("\u201c[^\u201d]*\u201d")
SENTENCE = re.compile(r"[^.;!?]+(?:\.\d[^.;!?]*)*")


def forbidden(text: str) -> list[str]:
    """The banned words and transposed conditionals in a text, in order; empty if there are none.

    What stands in curly quotation marks is left out: it is a name or somebody else's statement.
    """
    flat = " ".join(QUOTED.sub("\u201c\u201d", text).split())
    found = [(m.start(), m.group()) for m in WORDS.finditer(flat)]
    for sentence in SENTENCE.finditer(flat):
        for m in TRANSPOSED.finditer(sentence.group()):
            if not DENIAL.search(sentence.group(), 0, m.start() + 1):
                found.append((sentence.start() + m.start(), m.group()))
    return [phrase for _, phrase in sorted(found)]
