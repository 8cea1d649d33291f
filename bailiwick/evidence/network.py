"""Which counts of a network must stay hidden so that no small one can be worked out by adding and subtracting the others.

Counts that add up are a network of pipes: where counts meet in a sum there is a joint, each count is a pipe between two joints,
and what flows into a joint flows out of it. A table with its totals is such a network, and so is a table whose rows add up to
rows above them (counties to states to the nation). What is shown fixes the flow of its pipe; what is hidden may be anything
that keeps every joint in balance. So a hidden count can be larger by some number exactly when that number more can be sent
around closed loops that run forward through it: forward through other hidden pipes, which then carry more, or backward
through hidden pipes that carry enough to give it up (Cox 1995, network method of complementary suppression).

A small count is safe when there is one such loop that gives up nothing below the limit: it could then be larger by the limit
less one, while every hidden count is still above zero, and all that is shown would be the same.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Pipe(NamedTuple):
    """A count above zero between two joints, in the direction in which it adds up.

    `flow`: the count. `price`: what hiding it costs; the cheapest are hidden. `secret`: hidden whatever it is.
    """

    tail: int
    head: int
    flow: int
    price: int
    secret: bool = False


def protect(pipes: Sequence[Pipe], joints: int, limit: int) -> dict[int, int]:
    """Pipes that must stay hidden, by their place in `pipes`.

    Args:
        pipes: every count above zero that may be hidden. One that must be shown is left out: it is fixed.
        joints: how many joints there are; pipes name them from 0.
        limit: counts below it are small.

    Returns:
        Each hidden pipe with the number by which it is sure that it could be larger: `limit` - 1 for a small one, or as much
        as the network lets it, 0 when it could only be larger were another hidden count zero. Of the others nothing is sure.
    """
    net = _Net(pipes, joints, limit)
    small = [n for n, pipe in enumerate(pipes) if pipe.flow < limit]
    reach = dict.fromkeys(small, limit - 1)
    for n in small:
        if not net.on_a_loop(n) and not net.close(n):
            reach[n] = net.close_as_wide_as_it_goes(n)
    return {n: reach.get(n, 0) for n in sorted(net.hidden)}


class _Net:
    """The network, and what of it is hidden so far."""

    def __init__(self, pipes: Sequence[Pipe], joints: int, limit: int) -> None:
        self.pipes, self.limit = pipes, limit
        #: Joint -> the pipes that meet there.
        self.lines: list[list[int]] = [[] for _ in range(joints)]
        for n, pipe in enumerate(pipes):
            self.lines[pipe.tail].append(n)
            self.lines[pipe.head].append(n)
        self.hidden = {n for n, pipe in enumerate(pipes) if pipe.secret or pipe.flow < limit}
        #: Joint -> another of the same part; the last one of a part is itself. From each joint of a part more can be sent to
        #: each other, through hidden pipes only.
        self.joined = self._parts()

    def on_a_loop(self, n: int) -> bool:
        """Whether a small pipe is on a loop that gives up nothing small: its two ends are in one part."""
        return self._part(self.pipes[n].tail) == self._part(self.pipes[n].head)

    def close(self, n: int) -> bool:
        """Hide what closes a loop through a small pipe that gives up nothing small, at the lowest price; whether there is one.

        It is looked for from the end where fewer pipes meet, until the part of the other end is reached: in there the rest of
        the way is hidden already.
        """
        tail, head = self.pipes[n].tail, self.pipes[n].head
        # More comes out at the head and must come back to the tail.
        onward = len(self.lines[head]) <= len(self.lines[tail])
        start, goal = (head, self._part(tail)) if onward else (tail, self._part(head))
        way = self._way(n, start, lambda joint: self._part(joint) == goal, onward, self.limit)
        for k, here, there in way or ():
            self.hidden.add(k)
            self.joined[self._part(here)] = self._part(there)
        return way is not None

    def close_as_wide_as_it_goes(self, n: int) -> int:
        """Hide what closes a loop through a pipe that gives up as much as may be; by how much the pipe could be larger."""
        tail, head = self.pipes[n].tail, self.pipes[n].head
        for level in range(self.limit - 1, 0, -1):
            way = self._way(n, head, lambda joint: joint == tail, True, level)
            if way is not None:
                self.hidden.update(k for k, _, _ in way)
                return level - 1
        return 0

    def _way(
        self, n: int, start: int, arrived: Callable[[int], bool], onward: bool, level: int
    ) -> list[tuple[int, int, int]] | None:
        """The cheapest way from a joint, not through pipe n, as pipes with their two joints (Dijkstra 1959); None: there is none.

        onward: more is sent along the way, not back along it. Backward through a pipe it goes from a count of `level` on.
        """
        best: dict[int, int] = {start: 0}
        came: dict[int, tuple[int, int]] = {}
        queue = [(0, start)]
        while queue:
            price, joint = heapq.heappop(queue)
            if arrived(joint):
                way = []
                while joint != start:
                    k, before = came[joint]
                    way.append((k, before, joint))
                    joint = before
                return way
            if price > best[joint]:
                continue
            for k in self.lines[joint]:
                pipe = self.pipes[k]
                if k == n or ((pipe.tail == joint) is not onward and pipe.flow < level):
                    continue
                other = pipe.head if pipe.tail == joint else pipe.tail
                further = price + (0 if k in self.hidden else pipe.price)
                if further < best.get(other, further + 1):
                    best[other] = further
                    came[other] = (k, joint)
                    heapq.heappush(queue, (further, other))
        return None

    def _part(self, joint: int) -> int:
        while self.joined[joint] != joint:
            self.joined[joint] = joint = self.joined[self.joined[joint]]
        return joint

    def _ways(self, joint: int) -> list[int]:
        """Joints that more can be sent to from here, through hidden pipes that give up nothing small."""
        found = []
        for n in self.lines[joint]:
            if n in self.hidden:
                pipe = self.pipes[n]
                if pipe.tail == joint:
                    found.append(pipe.head)
                elif pipe.flow >= self.limit:
                    found.append(pipe.tail)
        return found

    def _parts(self) -> list[int]:
        """Joint -> one joint of its strongly connected part, the same for all of it (Tarjan 1972, without recursion)."""
        size = len(self.lines)
        order, low, part = [-1] * size, [0] * size, [-1] * size
        count = 0
        path: list[int] = []
        for start in range(size):
            if order[start] >= 0:
                continue
            order[start] = low[start] = count
            count += 1
            path.append(start)
            work = [(start, iter(self._ways(start)))]
            while work:
                joint, ways = work[-1]
                for other in ways:
                    if order[other] < 0:
                        order[other] = low[other] = count
                        count += 1
                        path.append(other)
                        work.append((other, iter(self._ways(other))))
                        break
                    if part[other] < 0:
                        low[joint] = min(low[joint], order[other])
                else:
                    work.pop()
                    if work:
                        above = work[-1][0]
                        low[above] = min(low[above], low[joint])
                    if low[joint] == order[joint]:
                        while True:
                            other = path.pop()
                            part[other] = joint
                            if other == joint:
                                break
        return part
