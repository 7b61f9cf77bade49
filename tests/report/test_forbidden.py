import pytest

from filiation.report.wording import forbidden


@pytest.mark.parametrize(
    "text",
    [
        "The probability that the model was copied is 99 %.",
        "This amounts to a probability of derivation.",
        "There is one chance in a million that the models are unrelated.",
        "a 1 in 4,000 chance it is innocent",
        "It is 99% likely to have been trained on it.",
        "The subject is likely derived from the source.",
        "This is a match.",
        "Derivation is confirmed; it proves theft.",
        "The weights were stolen.",
        "Similarity score: 0.97",
        "derived with probability 0.99",
        "The likelihood that B is independent of A is small",
        "p = 1e-9, so the null is false",
        "It could only have come from the source.",
        "This is shown beyond reasonable doubt.",
        "It is not in dispute, and the probability that it was copied is high: 0.9.",
        "It is very unlikely that the subject is independent.",
        "the odds of guilt",
        "The model was copied with 99 % probability.",
        "The subject is derived from the source with more than 99.9% certainty.",
        "They are related with a 95 per cent confidence",
    ],
)
def test_a_claim_too_far_is_found(text: str) -> None:
    assert forbidden(text)


@pytest.mark.parametrize(
    "text",
    [
        "It is not the probability that one model was copied from the other.",
        "A p-value of 1e-6 does not mean that there is one chance in a million that they are "
        "unrelated.",
        "If the two were unrelated, agreement this close would occur with probability 1e-9.",
        "the probability of agreement this close if the two were unrelated",
        "would have been found with at least 95% probability",
        "models that share that much would be called related with 95 % probability",
        "\u201cmatch-proof-7b\u201d shares weights with \u201cscore\u201d",
        "the provenance of the exhibits was improved; this matters",
        "The findings support derivation rather than independence.",
    ],
)
def test_an_honest_sentence_is_let_through(text: str) -> None:
    assert forbidden(text) == []


def test_finds_come_in_the_order_of_the_text() -> None:
    assert forbidden("It proves a match.") == ["proves", "match"]
