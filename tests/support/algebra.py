"""What follows from sums: which of their sums and differences are about few people only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

T = TypeVar("T")
PRIME = 2**61 - 1
"""Ranks are counted modulo a prime that no determinant of such small matrices of ones and zeros reaches."""


def told_of(
    sums: Iterable[Collection[T]], owners: Mapping[T, int], known: Collection[T], most: int
) -> tuple[int, ...] | None:
    """A group of at most `most` people of whom something follows from the sums, with any weights; None if there is none.

    A sum is what it adds up; `owners` says whose those are. What is `known`, and what is nobody's, is
    taken off first.
    """
    columns = _columns([frozenset(one) for one in sums], owners, known)
    whole = _rank([row for row, _ in columns])
    people = sorted({one for _, some in columns for one in some})
    for size in range(1, most + 1):
        for group in combinations(people, size):
            others = [row for row, some in columns if not some <= set(group)]
            if _rank(others) < whole:
                return group
    return None


def _columns(
    sums: Sequence[frozenset[T]], owners: Mapping[T, int], known: Collection[T]
) -> list[tuple[tuple[int, ...], frozenset[int]]]:
    """In which sums something is, with all whose things are in exactly these; what is in none tells nothing."""
    found: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
    for number, owner in owners.items():
        if number not in known:
            found[tuple(int(number in one) for one in sums)].add(owner)
    return [(column, frozenset(some)) for column, some in found.items() if any(column)]


def _rank(rows: Sequence[Sequence[int]]) -> int:
    left, rank = [list(row) for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((at for at in range(rank, len(left)) if left[at][column]), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        inverse = pow(left[rank][column], -1, PRIME)
        for at in range(rank + 1, len(left)):
            if factor := left[at][column] * inverse % PRIME:
                left[at] = [(a - factor * b) % PRIME for a, b in zip(left[at], left[rank], strict=True)]
        rank += 1
    return rank
