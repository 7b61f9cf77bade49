"""Which phrases are refused, which are not: a check with false alarms is switched off."""

import pytest

from filiation.report.wording import refusals
from filiation.report.wording.edited import judge_edited

REFUSED = [
    # transposed conditionals, in the words people use
    "The probability that the model was copied is 99 %.",
    "There is a 99.9% probability that the subject derives from the source.",
    "The chance that the two models are independent is one in a billion.",
    "The odds that it was trained from the source are 1000 to 1.",
    "There is a 1 in 4,000 chance of innocence.",
    "a one in a million chance that it was made independently",
    "There is only a 0.1 % chance of coincidence.",
    "The probability that the agreement arose by chance is 1e-9.",
    "The likelihood that this is due to chance is negligible.",
    "It is a thousand times more likely that the model was copied than that it was not.",
    "The model is 1,000 times more likely to be a copy than not.",
    "On the balance of probabilities the subject derives from the source.",
    "Proposition 1 is 99% likely.",
    "H1 is true with probability 0.99.",
    "P(H1 | evidence) = 0.99",
    "The null hypothesis is false.",
    "p = 1e-9, so the null is false",
    "It is probable that the weights were copied.",
    "The subject is most likely a copy.",
    "The subject is probably derived from the source.",
    "We are 95 % certain.",
    # certainty
    "The tests confirm that the weights were taken.",
    "This is confirmed by the second method.",
    "The line-up proves derivation.",
    "proof of copying",
    "This demonstrates conclusively that B comes from A.",
    "undoubtedly a descendant",
    "to a reasonable degree of scientific certainty",
    "shown beyond reasonable doubt",
    "There is no doubt about it.",
    "I am 100% certain.",
    "It is not only confirmed but admitted.",
    # identity
    "This is a match.",
    "no match was found",
    "The models match in every layer.",
    "matching weights",
    # guilt and theft
    "The weights were stolen.",
    "The respondent is guilty.",
    "There is an innocent explanation.",
    "plagiarised",
    # the only explanation
    "It could only have come from the source.",
    "The weights must have been copied.",
    "There is no other plausible explanation.",
    "Copying is the only explanation.",
    "Independent training is ruled out; this rules out coincidence.",
    "The agreement cannot be explained otherwise.",
    "The method has a zero error rate.",
    # one number
    "Similarity score: 0.97",
]

LET_THROUGH = [
    # tokens and other words that only contain a refused one
    "The token frame compares tokens by their spelling.",
    "unmatched units were left out",
    "The provenance improved; an approver removed the proviso.",
    "Unconfirmed reports were not used.",
    "The result is inconclusive.",
    "underscore, scoreboard and scorer are other words",
    "a score-based likelihood ratio",
    # terms of the field and of the law
    "The foils were matched on description.",
    "controls matched for size and era",
    "The digests match those in the manifest.",
    "The SHA-256 of every file matches the record.",
    "a pattern-matching rule",
    "The standard of proof is for the court.",
    "The burden of proof lies with the claimant.",
    "Each event comes with an inclusion proof.",
    "proof of service was filed",
    "The text was proof-read twice.",
    "Confirmation bias is a known danger; the line-up was blind.",
    "They confirmed receipt of the disk.",
    "I confirm that I have made clear which facts are within my own knowledge.",
    # denials
    "It is not the probability that one model was copied from the other.",
    "A p of 1e-6 does not mean that there is one chance in a million that they are unrelated.",
    "This does not prove derivation.",
    "The findings cannot confirm it.",
    "This is no proof of copying.",
    "The test does not rule out independent training.",
    "It does not exclude coincidence.",
    "Copying is not the only explanation.",
    # the findings given the proposition: how it should be said
    "If the two were unrelated, agreement this close would occur with probability 1e-9.",
    "the probability of agreement this close if the two were unrelated",
    "The findings are 1,000 times more probable if proposition 1 holds than if proposition 2 does.",
    "Had 3% been inherited, it would have been found with at least 95% probability.",
    "The probability that an independent control reaches this value, if the null holds, is 0.01.",
    "The findings support proposition 1 (derivation) rather than proposition 2 (independence).",
    "In 0 of 23 independent pairs the level was met; the rate is below 12.2 % (95 %).",
    "The rate of false alarms is below 1 %.",
    "The probability that a control reaches it, were the two unrelated, is small.",
    "The report states no error rate.",
    "It is likely that more exhibits will be needed.",
    "The random draws are independent; their probability is stated.",
    # somebody else's words
    "The claimant says: “This is a match, and it proves theft.”",
    'The claimant says: "This is a match, and it proves theft."',
    "„Das ist ein match“, they wrote.",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_claim_too_far_is_refused_with_a_reason(text: str) -> None:
    found = refusals(text)
    assert found, text
    assert all(r.why and r.instead for r in found)
    assert all(text[r.at :].startswith(r.phrase.split()[0]) for r in found)


@pytest.mark.parametrize("text", LET_THROUGH)
def test_an_honest_sentence_is_let_through(text: str) -> None:
    assert refusals(text) == ()


def test_the_advice_of_every_rule_is_fit_to_print() -> None:
    advice = {r.instead for text in REFUSED for r in refusals(text)}
    assert len(advice) >= 8
    for words in advice:
        assert refusals(words) == (), words


def test_a_quotation_left_open_hides_nothing() -> None:
    assert refusals('He said "this.\n\nIt is a match.')
    assert refusals("He said “this. It is a match.")


def test_the_place_is_that_in_the_text() -> None:
    text = "A first line.\n  A second\n  with   a match in it."
    (found,) = refusals(text)
    assert text[found.at : found.at + 5] == "match"


def test_a_phrase_is_found_over_line_ends_and_not_over_paragraphs() -> None:
    assert refusals("the probability that\nthe model was\ncopied is high")
    assert refusals("We ask about the probability that\n\nB was copied") == ()


def test_an_edited_text_is_judged_line_by_line() -> None:
    raw = b"Findings.\n\n> This is a match, they say.\n\nWe agree: it\nis a match.\n"
    assert [(f.line, f.refusal.phrase) for f in judge_edited(raw)] == [(6, "match")]


def test_an_edited_page_is_judged_without_its_quotations() -> None:
    raw = (
        b"<!doctype html><html><head><title>match</title><style>.match{}</style></head><body>\n"
        b"<p>It is <b>prob</b>ably fine.</p>\n<blockquote><p>a match!</p></blockquote>\n"
        b"<p>They said <q>stolen</q>.</p><p>This is\na ma<i>tch</i> &amp; more.</p></body></html>"
    )
    assert [(f.line, f.refusal.phrase) for f in judge_edited(raw)] == [(5, "match")]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"<p", b"<html><q>match", b"<b></q></b> <p>"])
def test_broken_texts_break_nothing(raw: bytes) -> None:
    judge_edited(raw)
