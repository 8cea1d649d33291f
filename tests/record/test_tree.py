"""The tree of RFC 6962 against its own definition, word for word, and against known roots."""

from __future__ import annotations

import hashlib

import pytest

from bailiwick.record import tree
from bailiwick.record.canonical import leaf_hash
from tests.record.verifier import verifier

#: Leaves of the test of Certificate Transparency's first implementation, and the roots of the trees of 1 to 8 of them.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + defined_root(leaves[:k]) + defined_root(leaves[k:])).digest()


def reader(leaves: list[bytes]) -> tree.Subtree:
    return lambda level, index: defined_root(leaves[index << level : (index + 1) << level])


def made_up(size: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(size)]


def test_the_roots_are_those_of_certificate_transparency() -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES]
    assert [tree.root(n, reader(hashes)).hex() for n in range(1, 9)] == list(ROOTS)


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert tree.root(0, reader([])) == hashlib.sha256(b"").digest() == tree.Growing().root()


def test_a_tree_that_grows_has_the_root_of_the_definition_at_every_size() -> None:
    leaves, growing = made_up(70), tree.Growing()
    for size in range(1, 71):
        growing.add(leaves[size - 1])
        assert growing.root() == defined_root(leaves[:size]) == tree.root(size, reader(leaves))


def test_every_leaf_of_every_small_tree_is_proved_and_no_other_place_is() -> None:
    leaves, checks = made_up(20), verifier()
    for size in range(1, 21):
        root = defined_root(leaves[:size])
        for number in range(size):
            path = tree.inclusion(number, size, reader(leaves))
            assert tree.root_of_path(number, size, leaves[number], path) == root
            assert checks.included(number, size, leaves[number], path) == root
            for other in {number - 1, number + 1, -1, size, number + size} - {number}:
                assert tree.root_of_path(other, size, leaves[number], path) != root
                assert checks.included(other, size, leaves[number], path) != root
            assert tree.root_of_path(number, size, leaves[number], [*path, root]) is None
            assert checks.included(number, size, leaves[number], [*path, root]) is None


def test_growth_is_proved_between_all_small_trees_and_a_change_is_not() -> None:
    leaves, checks = made_up(20), verifier()
    changed = [leaf_hash(b"another"), *leaves[1:]]
    for new in range(1, 21):
        for old in range(1, new + 1):
            path = tree.consistency(old, new, reader(leaves))
            was, now = defined_root(leaves[:old]), defined_root(leaves[:new])
            assert tree.is_consistent(old, new, was, now, path)
            assert not tree.is_consistent(old, new, defined_root(changed[:old]), now, path)
            if old < new:
                left = list(path)
                assert checks.climb(old, new, left, was) == (was, now)
                assert left == []


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    for number, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(IndexError, match="expected"):
            tree.inclusion(number, size, reader(made_up(3)))
    with pytest.raises(IndexError, match="expected"):
        tree.consistency(0, 3, reader(made_up(3)))
