"""A stand-in while the command line is being written: `bailiwick law check [PLACE] [--coverage]`."""

import sys

from bailiwick.engine.coverage import measure
from bailiwick.engine.decide import Decider
from bailiwick.engine.examples import check, load_examples
from bailiwick.engine.lawbook import Lawbook


def main() -> None:
    args = [a for a in sys.argv[1:] if not a.startswith("-")]
    only = args[2] if len(args) > 2 else None
    book, errors = Lawbook.examine()
    for e in errs(errors):
        print(e)
    if book is None:
        raise SystemExit(2)
    examples, written, more = load_examples(book, only)
    for e in errs(more):
        print(e)
    decider = Decider(book)
    failures = [f for x in examples for f in check(x, decider)]
    for f in failures[:200]:
        print("FAIL", f)
    print(f"{written} written examples, {len(examples)} cases, {len(failures)} failures, {len(errors) + len(more)} errors")
    if "--coverage" in sys.argv:
        all_examples, _, _ = load_examples(book)
        c = measure(book, all_examples, only)
        for g in c.gaps:
            print("GAP", g)
        print({k: f"{c.covered[k]}/{n}" for k, n in c.counted.items()})


def errs(errors):
    return errors
