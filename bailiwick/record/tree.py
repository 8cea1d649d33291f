"""The Merkle tree of RFC 6962: roots, inclusion proofs, consistency proofs, over any source of subtree roots.

A tree of `size` leaves is read through `subtree(level, index)`: the root of the complete subtree of 2^level leaves that starts at
leaf index * 2^level. Nothing here knows where they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256

from bailiwick.record.canonical import node_hash

Subtree = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()


def root(size: int, subtree: Subtree) -> bytes:
    """The root of the first `size` leaves."""
    return _span(0, size, subtree) if size else EMPTY


def inclusion(number: int, size: int, subtree: Subtree) -> list[bytes]:
    """The audit path of leaf `number` in the tree of `size` leaves (RFC 6962, section 2.1.1), from the leaf upwards.

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= number < size:
        raise IndexError(f"expected a number from 0 to {size - 1}, found {number}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            path.append(_span(middle, end, subtree))
            end = middle
        else:
            path.append(_span(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """The proof that the tree of `old` leaves is a beginning of the tree of `new` leaves (RFC 6962, section 2.1.2).

    Raises IndexError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise IndexError(f"expected sizes 0 < old <= new, found {old} and {new}")
    path: list[bytes] = []
    start, end = 0, new
    whole = True  # the subtree that ends at `old` is the old tree itself, whose root the reader has
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_span(middle, end, subtree))
            end = middle
        else:
            path.append(_span(start, middle, subtree))
            start, whole = middle, False
    if not whole:
        path.append(_span(start, end, subtree))
    return path[::-1]


def root_of_path(number: int, size: int, leaf: bytes, path: list[bytes]) -> bytes | None:
    """The root that an audit path leads to (RFC 9162, section 2.1.3.2); None where its length cannot be right."""
    if not 0 <= number < size:
        return None
    at, last, hash_ = number, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            hash_ = node_hash(step, hash_)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, step)
        at, last = at >> 1, last >> 1
    return hash_ if last == 0 else None


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    """Whether a consistency proof holds (RFC 9162, section 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = iter([old_root, *path] if old & (old - 1) == 0 else path)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = next(steps, None)
    if first is None:
        return False
    was = now = first
    for step in steps:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, now = node_hash(step, was), node_hash(step, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = node_hash(now, step)
        at, last = at >> 1, last >> 1
    return last == 0 and was == old_root and now == new_root


class Growing:
    """A tree that grows leaf by leaf and keeps only the roots of its complete subtrees: at most 64 hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        self._peaks.append(leaf)
        size = self.size = self.size + 1
        while not size & 1:
            right = self._peaks.pop()
            self._peaks[-1] = sha256(b"\1" + self._peaks[-1] + right).digest()
            size >>= 1

    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY
        hash_ = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            hash_ = node_hash(peak, hash_)
        return hash_


def pairs(hashes: list[bytes]) -> bytes:
    """The root of a complete subtree: a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def _split(size: int) -> int:
    """The largest power of two below a size of at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _span(start: int, end: int, subtree: Subtree) -> bytes:
    """The root of the leaves from `start` to `end`; `start` is a multiple of the subtree that begins there."""
    peaks = [subtree(level, index) for level, index in _complete(start, end)]
    hash_ = peaks[-1]
    for peak in reversed(peaks[:-1]):
        hash_ = node_hash(peak, hash_)
    return hash_


def _complete(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Level and index of the complete subtrees that make up a span, from the left."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level
