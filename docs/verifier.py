"""python verifier.py KEY proof.json [SEED COUNT]: checks what a jail hands over from its record, with nothing of the jail's.

proof.json is what `bailiwick record prove`, `consistency` or (then with your seed and count) `sample` printed; KEY is the
public key of the record, got earlier and elsewhere: NAME+ID+BASE64. Exit: 0 all true, 1 not true, 2 cannot be read.
"""

import json
import sys
from base64 import b64decode
from hashlib import sha256, sha512

P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519: RFC 8032, section 5.1
D, Y = -121665 * pow(121666, -1, P) % P, 4 * pow(5, -1, P) % P


def add(a, b):
    t = D * a[0] * b[0] * a[1] * b[1]
    x, y = a[0] * b[1] + b[0] * a[1], a[1] * b[1] + a[0] * b[0]
    return x * pow(1 + t, -1, P) % P, y * pow(1 - t, -1, P) % P


def times(n, a):
    half = times(n // 2, add(a, a)) if n else (0, 1)
    return add(half, a) if n % 2 else half


def point(raw):
    y, odd = int.from_bytes(raw, "little") % 2**255, raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or y >= P or (x == 0 and odd):
        raise ValueError("not a point of Ed25519")
    return (x if x % 2 == odd else P - x), y


def checkpoint(key, note):
    """Size, root and instant of a checkpoint (C2SP signed-note); ValueError when the key did not sign it."""
    name, number, encoded = key.strip().split("+", 2)
    raw, (text, _, tail) = b64decode(encoded), note.rpartition("\n\n")
    if len(raw) != 33 or raw[0] != 1 or sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != number:
        raise ValueError("the key is not whole: expected NAME+ID+BASE64")
    for line in tail.splitlines():
        who, got = line.split()[1], b64decode(line.split()[2])
        r, s = got[4:36], int.from_bytes(got[36:], "little")
        if who == name and got[:4].hex() == number and len(got) == 68 and s < Q:
            h = int.from_bytes(sha512(r + raw[1:] + text.encode() + b"\n").digest(), "little") % Q
            if times(s, point(Y.to_bytes(32, "little"))) == add(point(r), times(h, point(raw[1:]))):
                return int(text.split("\n")[1]), b64decode(text.split("\n")[2]), text.split("\n")[3]
    raise ValueError("the checkpoint is NOT SIGNED by this key")


def climb(old, new, path, base):
    """Roots of the first `old` and of all `new` leaves, from the path of a proof: RFC 6962, section 2.1.2."""
    if old == new:
        return (path.pop() if base is None else base,) * 2
    step, left = path.pop(), 1 << ((new - 1).bit_length() - 1)
    a, b = climb(old, left, path, base) if old <= left else climb(old - left, new - left, path, None)
    first = a if old <= left else sha256(b"\1" + step + a).digest()
    return first, sha256(b"\1" + (b + step if old <= left else step + b)).digest()


def included(number, size, leaf, path):
    """The root over a leaf, from its audit path: RFC 6962, section 2.1.1."""
    if size == 1 or not path:
        return leaf if number == 0 and size == 1 and not path else None
    left, step = 1 << ((size - 1).bit_length() - 1), path[-1]
    low = number < left
    below = included(number if low else number - left, left if low else size - left, leaf, path[:-1])
    return below and sha256(b"\1" + (below + step if low else step + below)).digest()


def main(key, file, seed=None, count=0):
    with open(file, encoding="utf-8") as opened:
        proof, wrong = json.load(opened), []
    size, root, when = checkpoint(key, proof["new" if "old" in proof else "checkpoint"])
    if "old" in proof:
        (old, old_root, _), path = checkpoint(key, proof["old"]), [b64decode(step) for step in proof["path"]]
        if not 0 < old < size or climb(old, size, path, old_root) != (old_root, root) or path:
            wrong.append(f"the record of {old} events was CHANGED: it is not the beginning of that of {size}")
    events = proof.get("events", [])
    for event in events:
        leaf = sha256(b"\0" + event["body"].encode()).digest()
        if included(event["number"], size, leaf, [b64decode(step) for step in event["path"]]) != root:
            wrong.append(f"event {event['number']} was ALTERED: it is not what was signed")
    drawn, turn = {}, 0
    while seed is not None and len(drawn) < min(int(count), size):
        drawn[int.from_bytes(sha256(f"{seed}\n{turn}".encode()).digest(), "big") % size] = turn
        turn += 1
    if seed is not None and list(drawn) != [event["number"] for event in events]:
        wrong.append("these are NOT THE EVENTS that the seed draws")
    print(*wrong, f"{len(events)} events of {size}, signed {when}; wrong: {len(wrong)}", sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]) if len(sys.argv) in (3, 5) else print(__doc__) or 2)
    except (OSError, ValueError, LookupError, TypeError) as error:
        sys.exit(print(f"cannot be trusted: {error}") or (1 if "SIGNED" in str(error) else 2))
