"""Where the tree is kept: leaf hashes, and the roots of complete subtrees of 256, 65,536, ... leaves."""

from __future__ import annotations

from django.db import connection

from bailiwick.record import tree
from bailiwick.record.models import Leaf, Node

#: 2^8 hashes make a node of the next tier.
BITS = 8
WIDTH = 1 << BITS


def grow(size: int) -> int:
    """Keep the nodes of all complete subtrees among the first `size` leaves. Returns how many were added."""
    added, tier = 0, 1
    while size >> (BITS * tier):
        with connection.cursor() as cursor:
            cursor.execute('SELECT coalesce(max("index") + 1, 0) FROM record_node WHERE tier = %s', [tier])
            first = int(cursor.fetchone()[0])
        for index in range(first, size >> (BITS * tier)):
            hashes = _row(tier - 1, index * WIDTH, WIDTH)
            Node.objects.bulk_create(
                [Node(tier=tier, index=index, hash=tree.pairs(hashes))], ignore_conflicts=True
            )
            added += 1
        tier += 1
    return added


def root_at(size: int) -> bytes:
    """The root of the first `size` leaves."""
    return tree.root(size, Reader(size))


def prove_inclusion(number: int, size: int) -> list[bytes]:
    """The audit path of an event in the record as it was at `size`. Raises IndexError."""
    return tree.inclusion(number, size, Reader(size))


def prove_consistency(old: int, new: int) -> list[bytes]:
    """The proof that the record only grew from `old` to `new`. Raises IndexError."""
    return tree.consistency(old, new, Reader(new))


class Reader:
    """Roots of complete subtrees, from what is kept. What is read once is remembered: one proof reads a row of a tier once."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._rows: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        tier, rest = divmod(level, BITS)
        start, count = index << rest, 1 << rest
        row = self._row(tier, start >> BITS)
        within = start & (WIDTH - 1)
        hashes = row[within : within + count]
        if len(hashes) != count:
            raise LookupError(
                f"the record lacks hashes of tier {tier} from {start}: it was cut, or its nodes were removed"
            )
        return tree.pairs(hashes)

    def _row(self, tier: int, index: int) -> list[bytes]:
        """Up to 256 hashes of a tier. Nodes that are not kept yet are worked out from the tier below."""
        found = self._rows.get((tier, index))
        if found is None:
            found = _row(tier, index * WIDTH, WIDTH)
            if tier:
                whole = min(WIDTH, (self.size >> (BITS * tier)) - index * WIDTH)
                for missing in range(index * WIDTH + len(found), index * WIDTH + whole):
                    found.append(tree.pairs(self._row(tier - 1, missing)))
            self._rows[tier, index] = found
        return found


def _row(tier: int, start: int, count: int) -> list[bytes]:
    """Hashes of a tier in order, without a gap: what follows a gap is left out."""
    if tier == 0:
        rows = Leaf.objects.filter(number__gte=start, number__lt=start + count).order_by("number")
        pairs = list(rows.values_list("number", "hash"))
    else:
        nodes = Node.objects.filter(tier=tier, index__gte=start, index__lt=start + count).order_by("index")
        pairs = list(nodes.values_list("index", "hash"))
    return [bytes(hash_) for place, (number, hash_) in enumerate(pairs) if number == start + place]
