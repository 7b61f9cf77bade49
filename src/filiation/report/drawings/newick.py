"""A stemma in Newick's notation, one tree a line, for the tools of phylogenetics.

A model between two stands in the trees of both as a hybrid node (`name#H1`), in the extended
notation of Cardona, Rossello and Valiente (BMC Bioinformatics 9, 2008), beside the nearest of each.
Lengths are drift; the number after a closing bracket is the branch's support. Neither brackets nor
hybrids say who came first.
"""

import re
from collections.abc import Mapping, Sequence

from filiation.model.stemma import Merge, Stemma, Stock
from filiation.report.drawings.svg import number

__all__ = ["newick"]


def newick(stemma: Stemma) -> str:
    """All trees; models that hang together with none are left out."""
    hybrids: dict[str, list[str]] = {}
    for place, merge in enumerate(stemma.merges, start=1):
        for side, cosine in zip(merge.sides, merge.correlations, strict=True):
            drift = number(max(0.0, 2.0 - 2.0 * cosine) ** 0.5)
            hybrids.setdefault(side[0], []).append(f"{_quoted(merge.model)}#H{place}:{drift}")
    lines = [_tree(stock, hybrids) for stock in stemma.stocks]
    treed = {name for stock in stemma.stocks for name in stock.models}
    singles = dict.fromkeys(p for merge in stemma.merges for p in _outside(merge, treed))
    lines += [f"({_leaf(name, hybrids)});" for name in singles]
    return "".join(f"{line}\n" for line in lines)


def _outside(merge: Merge, treed: set[str]) -> list[str]:
    return [side[0] for side in merge.sides if side[0] not in treed]


def _tree(stock: Stock, hybrids: Mapping[str, Sequence[str]]) -> str:
    below: dict[int, list[tuple[int, float, float | None]]] = {}
    for branch in stock.branches:
        below.setdefault(branch.upper, []).append((branch.lower, branch.length, branch.support))

    def written(node: int) -> str:
        if node < len(stock.models):
            return _leaf(stock.models[node], hybrids)
        return "(" + ",".join(arm(*child) for child in below[node]) + ")"

    def arm(node: int, length: float, support: float | None) -> str:
        said = "" if support is None or node < len(stock.models) else number(support)
        return f"{written(node)}{said}:{number(length)}"

    if len(stock.models) == 2:
        (branch,) = stock.branches
        halves = [f"{_leaf(name, hybrids)}:{number(branch.length / 2)}" for name in stock.models]
        return f"({','.join(halves)});"
    return f"{written(max(below))};"


def _leaf(name: str, hybrids: Mapping[str, Sequence[str]]) -> str:
    if name not in hybrids:
        return _quoted(name)
    return f"({','.join([f'{_quoted(name)}:0', *hybrids[name]])})"


def _quoted(name: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9.\-]+", name):
        return name
    return "'" + name.replace("'", "''") + "'"
