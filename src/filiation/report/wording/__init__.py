"""The only place where a number becomes a sentence: for the page, the terminal and the JSON alike.

A p-value is worded as how rare the observation would be if the two models were unrelated, and never
as the probability that a model was copied; `forbidden` finds what slips through.
"""

from filiation.report.wording.conclusion import (
    Proposition,
    combined_sentence,
    headline,
    level_sentence,
    limits,
    power_sentence,
    propositions,
    relation_sentence,
    support_because,
    support_words,
)
from filiation.report.wording.figures import (
    as_sentence,
    clean,
    figure,
    named,
    pair_names,
    percentage,
    probability,
    probability_brief,
    quantity,
)
from filiation.report.wording.findings import (
    absent_sentence,
    agreement_sentence,
    assignment_sentence,
    assumption_sentence,
    controls_sentence,
    finding_sentence,
    kind_words,
    layer_sentence,
    observed_sentence,
    standing_sentence,
    strip_sentence,
)
from filiation.report.wording.forbidden import forbidden
from filiation.report.wording.methods import MethodText, Term, glossary, method_text, p_value_box
from filiation.report.wording.plan import (
    candidates_sentence,
    least_figure,
    plan_lines,
    table_sentence,
    undrawn_sentence,
)

__all__ = [
    "MethodText",
    "Proposition",
    "Term",
    "absent_sentence",
    "agreement_sentence",
    "as_sentence",
    "assignment_sentence",
    "assumption_sentence",
    "candidates_sentence",
    "clean",
    "combined_sentence",
    "controls_sentence",
    "figure",
    "finding_sentence",
    "forbidden",
    "glossary",
    "headline",
    "kind_words",
    "layer_sentence",
    "least_figure",
    "level_sentence",
    "limits",
    "method_text",
    "named",
    "observed_sentence",
    "p_value_box",
    "pair_names",
    "percentage",
    "plan_lines",
    "power_sentence",
    "probability",
    "probability_brief",
    "propositions",
    "quantity",
    "relation_sentence",
    "standing_sentence",
    "strip_sentence",
    "support_because",
    "support_words",
    "table_sentence",
    "undrawn_sentence",
]
