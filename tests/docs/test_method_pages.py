"""Every method has a page that says what it asks, under which null, and what defeats it."""

import re
from pathlib import Path

import pytest

from docs.test_error_rates import SHIPPED

PAGES = Path(__file__).parents[2] / "docs" / "methods"
STEMS = sorted({method_id.partition("/")[0] for method_id in SHIPPED})
PARTS = {
    "the question": r"question",
    "the null": r"null",
    "what defeats it": r"defeat",
    "whether it was measured": r"measured",
}


@pytest.mark.parametrize("stem", STEMS)
def test_a_method_has_a_page_with_its_parts(stem: str) -> None:
    text = (PAGES / f"{stem}.md").read_text()
    assert stem in text.partition("\n")[0]
    heads = "\n".join(re.findall(r"^(?:#+ .*|\*\*[^*]+\*\*)", text, re.MULTILINE)).casefold()
    lacking = [part for part, word in PARTS.items() if word not in heads]
    assert not lacking, f"docs/methods/{stem}.md does not say {', '.join(lacking)}"


@pytest.mark.parametrize("stem", STEMS)
def test_a_page_is_linked(stem: str) -> None:
    """From a page other than itself, so that a reader can find it."""
    documents = [PAGES.parents[1] / "README.md", *PAGES.parent.rglob("*.md")]
    others = [page for page in documents if page != PAGES / f"{stem}.md"]
    assert any(re.search(rf"\]\([^)]*\b{stem}\.md[)#]", page.read_text()) for page in others)
