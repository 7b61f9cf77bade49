# ruff: noqa: E501
"""What of a function survives being written in another way, and what does not."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tree_sitter")

from filiation.readers.code.flow import Flow
from filiation.readers.code.functions import functions
from filiation.readers.code.grammar import DEEPEST, languages, parsed
from filiation.readers.code.procedures import procedures

KEPT = frozenset({"matmul", "softmax", "torch", "len", "range", "append"})


def computed(text: str, language: str = "python") -> Counter[int]:
    found = languages()[language]
    root, _ = parsed(text.encode(), found)
    flow = Flow(found, KEPT.__contains__)
    flow.run(root)
    return flow.features()


PLAIN = """
def attend(self, query, key, mask):
    weights = torch.matmul(query, key) * self.scale
    if mask is not None:
        weights = weights + mask
    kept = []
    for row in weights:
        kept.append(torch.softmax(row))
    return self.out(kept)
"""


@pytest.mark.parametrize(
    "other",
    [
        PLAIN.replace("weights", "w").replace("attend", "f").replace("scale", "k"),
        PLAIN.replace("    kept = []", "    # a remark\n    kept = [ ]").replace("key, mask", "key,\n    mask"),
        PLAIN.replace("(self, query, key, mask)", "(self, query: torch.Tensor, key, mask: int = 3)"),
        PLAIN.replace("    weights = torch.matmul(query, key) * self.scale",
                      "    t = torch.matmul(query, key)\n    weights = self.scale * t"),
        PLAIN.replace("weights = weights + mask", "weights += mask"),
        PLAIN.replace("    if mask is not None:\n        weights = weights + mask",
                      "    if mask is None:\n        pass\n    else:\n        weights = weights + mask"),
        PLAIN.replace("    kept = []", "    _t = len('')\n    if False:\n        _u = [0, 1]\n    kept = []"),
        PLAIN.replace("    return self.out(kept)", "    r = self.out(kept)\n    return r"),
    ],
    ids=["names", "layout", "annotations", "temporary", "augmented", "denied", "dead", "returned"],
)  # fmt: skip
def test_another_way_to_write_it_computes_the_same(other: str) -> None:
    assert other != PLAIN
    assert computed(other) == computed(PLAIN)


@pytest.mark.parametrize(
    "other",
    [
        PLAIN.replace("matmul", "softmax"),
        PLAIN.replace("weights + mask", "weights - mask"),
        PLAIN.replace("self.out(kept)", "self.out(weights)"),
        PLAIN.replace("for row in weights", "for row in query"),
    ],
    ids=["library", "operator", "what is returned", "what is gone through"],
)
def test_another_computation_is_another(other: str) -> None:
    assert computed(other) != computed(PLAIN)


def test_a_name_is_told_by_where_it_is_used_again() -> None:
    one = computed("def f(self, c):\n    self.a = torch(c.n)\n    self.b = torch(c.n)\n")
    two = computed("def f(self, c):\n    self.a = torch(c.n)\n    self.b = torch(c.m)\n")
    assert one != two


SAME = {
    "c": "int f(int a, int n) { int c = a + 1; while (n > c) { c += n; g(c); } return h(c); }",
    "cpp": "int A::f(int a, int n) { int c = a + 1; while (n > c) { c += n; g(c); } return h(c); }",
    "java": "class A { int f(int a, int n) { int c = a + 1; while (n > c) { c += n; g(c); } return h(c); } }",
    "javascript": "function f(a, n) { let c = a + 1; while (n > c) { c += n; g(c); } return h(c); }",
    "typescript": "function f(a: number, n) { let c = a + 1; while (n > c) { c += n; g(c); } return h(c); }",
    "go": "package p\nfunc f(a int, n int) int { c := a + 1; for n > c { c += n; g(c) }; return h(c) }",
    "rust": "fn f(a: i32, n: i32) -> i32 { let mut c = a + 1; while n > c { c += n; g(c); } return h(c); }",
    "python": "def f(a, n):\n    c = a + 1\n    while n > c:\n        c += n\n        g(c)\n    return h(c)\n",
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(SAME))
def test_every_language_follows_its_variables(language: str) -> None:
    text = SAME[language]
    renamed = re.sub(r"\bc\b", "zz", text)
    assert computed(renamed, language) == computed(text, language)
    assert computed(text.replace("a + 1", "a - 1"), language) != computed(text, language)
    assert {*languages()} == {*SAME}


def test_functions_have_their_names_and_lines() -> None:
    text = b"class A:\n    def f(self):\n        a = 1\n        b = 2\n        c = 3\n        return a\n"
    found, broken = functions(text, "a.py", languages()["python"])
    assert [(one.name, one.first, one.last) for one in found] == [("A.f", 2, 6)]
    assert broken == 0


def test_a_broken_text_gives_what_is_whole_and_says_so() -> None:
    whole = "def f(a):\n    b = a\n    c = b\n    d = c\n    return g(d)\n"
    found, broken = functions(
        (whole + "\n\ndef g(:\n    ][\n").encode(), "a.py", languages()["python"]
    )
    assert [one.name for one in found] == ["f"]
    assert broken > 0


def test_nesting_made_to_exhaust_the_stack_is_cut() -> None:
    deep = 50 * DEEPEST
    text = "def f(a):\n    b = 1\n    c = 2\n    d = 3\n    return " + "(" * deep + "a" + ")" * deep
    found, _ = functions(text.encode(), "a.py", languages()["python"])
    assert len(found) <= 1


@given(st.sampled_from(sorted(SAME)), st.binary(max_size=300))
def test_no_bytes_are_too_strange(language: str, raw: bytes) -> None:
    functions(raw, "a", languages()[language])
    functions(SAME[language].encode() + raw, "a", languages()[language])


def test_a_procedure_is_read_where_it_is_called() -> None:
    """A statement moved into a procedure of its own changes nothing in what a program computes."""
    java = languages()["java"]

    def program(text: str) -> Counter[int]:
        root, _ = parsed(text.encode(), java)
        flow = Flow(java, {"print", "read"}.__contains__, procedures(root, java))
        flow.run(root)
        return flow.features()

    whole = "class A { void main() { int k = read(); print(k * 2); } }"
    moved = (
        "class A { static int twice(int x) { int y = x * 2; return y; } "
        "void main() { int k = read(); print(twice(k)); } }"
    )
    other = moved.replace("x * 2", "x + 2")
    assert program(whole) == program(moved) != program(other)


@pytest.mark.parametrize(
    "text",
    [
        "int f(int x) { return f(x - 1) + g(x); } int g(int x) { return f(x) * g(x); }",
        "int f(int x) { return x == 0 ? 1 : x * f(x - 1); }",
        "int a(int x){return b(b(x))+b(b(x));} int b(int x){return c(c(x))+c(c(x));} int c(int x)"
        "{return d(d(x))+d(d(x));} int d(int x){return e(e(x))+e(e(x));} int e(int x){return x+k();}",
    ],
    ids=["each other", "itself", "doubling"],
)  # fmt: skip
def test_procedures_that_call_themselves_or_many_come_to_an_end(text: str) -> None:
    java = languages()["java"]
    root, _ = parsed(f"class A {{ {text} int m() {{ print(a(f(3))); }} }}".encode(), java)
    flow = Flow(java, {"print"}.__contains__, procedures(root, java))
    flow.run(root)
    assert len(flow.features()) < 5_000


WRAPPED = """(function (root, factory) {
  root.x = factory();
})(this, function () {
  var a = 1;
  function inner(b) {
    var c = b + 1;
    if (c > 2) {
      return matmul(c);
    }
    return helper(c);
  }
  exports.big = (x) => {
    let y = [];
    for (const k of x) {
      y.push(k);
    }
    return y;
  };
  return inner(a);
});
"""


def test_a_bundle_in_one_wrapper_is_read_as_what_it_holds() -> None:
    found, _ = functions(WRAPPED.encode(), "a.js", languages()["javascript"])
    assert [one.name.rpartition(".")[2] for one in found] == ["(no name)", "inner", "big"]
    wrapper, inner, big = found
    alone = "\n".join(WRAPPED.split("\n")[4:11])
    (apart,) = functions(alone.encode(), "b.js", languages()["javascript"])[0]
    assert apart.channels[2].hashes.tolist() == inner.channels[2].hashes.tolist()
    shared = {*wrapper.channels[0].hashes.tolist()} & {*big.channels[0].hashes.tolist()}
    assert len(shared) == 1  # the line on which it begins


def test_a_function_within_a_function_is_no_part_of_it() -> None:
    """What is put into it or taken out of it leaves the outer one as it is."""
    outer = "def outer(a):\n    b = matmul(a)\n    c = softmax(b)\n{}    d = len(c)\n    return d\n"
    inner = "    def inner(x):\n" + "".join(f"        y{n} = x + {n}\n" for n in range(6))
    inner += "        return y0 - y1\n"
    other = inner.replace("+", "*")
    texts = [outer.format(one) for one in (inner, other)]
    python = languages()["python"]
    one, two = ([*functions(text.encode(), "a.py", python)[0]] for text in texts)
    assert [each.name for each in one] == ["outer", "outer.inner"]
    assert one[0].channels[2].hashes.tolist() == two[0].channels[2].hashes.tolist()
    assert one[1].channels[2].hashes.tolist() != two[1].channels[2].hashes.tolist()
