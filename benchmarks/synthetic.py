"""Synthetic files of cases, any number of them, drawn from a seed. Nobody in them exists.

    python benchmarks/synthetic.py OUT.parquet [--cases 1000000] [--many-places] [--seed 1]

What they look like: three charges a case on average (none to eight), days from 2010 to 2026, nine cases in
ten in a county jail, four requests in five an immigration detainer. One value in ten is unknown; of who holds
the person and what is asked one in fifty; of one case in twenty-five no record is known, and one record in
ten may have more charges. Statutes are those of the lawbook's lists, written in several ways, beside some
that stand in no list, some of other states and some that cannot be read; few are frequent and many are rare.
The columns are those of the contract of a case that a request, a booking sheet and a rap sheet fill.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bailiwick.engine.lawbook import Lawbook, default_lawbook

#: The place with the longest law that the hand-written statement was written for.
PLACE = "us/ca/los-angeles-county"
MANY_PLACES = (
    *(
        "us/ca/los-angeles-county",
        "us/ca/alameda-county",
        "us/ny/new-york-city",
        "us/ny/erie-county",
        "us/dc",
    ),
    *(
        "us/il/cook-county",
        "us/il/chicago",
        "us/nj/essex-county",
        "us/md/baltimore-county",
        "us/md/montgomery-county",
    ),
    *(
        "us/tx/travis-county",
        "us/tx/harris-county",
        "us/fl/miami-dade-county",
        "us/co/denver",
        "us/ma/boston",
    ),
    *(
        "us/ga/fulton-county",
        "us/az/maricopa-county",
        "us/or/clackamas-county",
        "us/in/marion-county",
        "us/wy",
    ),
)
FIRST = int(datetime(2010, 1, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(2026, 12, 31, tzinfo=UTC).timestamp())
#: Charges of ten cases: 30. The first has none, or no record that is known.
CHARGES_OF_TEN = (0, 1, 1, 2, 2, 3, 3, 4, 6, 8)
ELSEWHERE = (
    *(
        "PC 484",
        "PC 314",
        "PC 647(f)",
        "VC 14601.1(a)",
        "HS 11364",
        "PC 148(a)(1)",
        "PC 242/243(a)",
        "PC 664/459",
    ),
    *(
        "18 U.S.C. § 922(g)",
        "8 U.S.C. § 1326",
        "21 U.S.C. § 841(a)(1)",
        "720 ILCS 5/19-1",
        "720 ILCS 5/12-3.2",
    ),
    *(
        "Tex. Penal Code § 30.02",
        "Tex. Penal Code § 49.04",
        "N.Y. Penal Law § 155.30",
        "PL 110/125.25",
        "2C:12-1b(1)",
    ),
    *(
        "D.C. Code § 22-2801",
        "Ga. Code 16-5-1",
        "13-1203",
        "BURGLARY",
        "THEFT II",
        "FTA",
        "459",
        "DUI .08 OR MORE",
    ),
)

Array = np.ndarray[Any, Any]
_DAY = 86_400
_ROWS = 250_000


def statutes(lawbook: Lawbook, states: Sequence[str]) -> list[str]:
    """Citations as people write them: of the lists of these states, and others."""
    found: dict[str, None] = {}
    for offences in lawbook.lists.values():
        if offences.state in states:
            for entry in offences.entries:
                if entry.first is not None:
                    text = str(entry).split(" to ")[0]
                    section = text.rsplit(" ", 1)[1]
                    found[text] = None
                    found[f"{entry.code.title} § {section}"] = None
                    found[f"{section} {entry.code.title}"] = None
    found |= dict.fromkeys(ELSEWHERE)
    return list(found)


class Draw:
    """Columns of random values."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def unknown(self, n: int, share: float = 0.1) -> Array:
        return self.rng.random(n, dtype=np.float32) < share

    def boolean(self, n: int, share: float, unknown: float = 0.1) -> pa.Array:
        return pa.array(self.rng.random(n, dtype=np.float32) < share, mask=self.unknown(n, unknown))

    def words(self, n: int, shares: dict[str, float], unknown: float = 0.1) -> pa.Array:
        return self.coded(self.codes(n, list(shares.values())), list(shares), unknown)

    def codes(self, n: int, shares: Sequence[float]) -> Array:
        edges = np.cumsum(np.asarray(shares) / np.sum(shares))
        edges[-1] = 1.0
        return np.searchsorted(edges, self.rng.random(n), side="right").astype(np.int32)

    def coded(self, codes: Array, words: Sequence[str], unknown: float = 0.1) -> pa.Array:
        return pa.DictionaryArray.from_arrays(
            pa.array(codes, mask=self.unknown(len(codes), unknown)), pa.array(words, pa.string())
        )

    def instants(self, seconds: Array, unknown: float = 0.1) -> pa.Array:
        mask = self.unknown(len(seconds), unknown) if unknown else None
        return pa.array(seconds * 1_000_000, pa.int64(), mask=mask).cast(pa.timestamp("us", "UTC"))


KINDS = {
    "immigration_detainer": 80,
    "release_notification_request": 8,
    "transfer_request": 3,
    "administrative_warrant": 3,
    "judicial_warrant": 2,
    "administrative_subpoena": 1,
    "fugitive_warrant": 1.5,
    "military_deserter": 0.5,
    "interstate_detainer": 1,
}
FORMS = {"I-247A": 60, "I-247": 20, "I-247D": 10, "I-247N": 3, "I-247G": 2, "I-247X": 2, "I-200": 3}
WARRANTS = {"none": 40, "administrative": 48, "judicial_civil": 2, "judicial_criminal": 6, "court_order": 4}
CUSTODIANS = {"county_jail": 90, "police_lockup": 5, "state_prison": 2, "probation": 2, "court": 1}
STATUSES = {
    "arrested": 12,
    "charged": 22,
    "held_to_answer": 6,
    "convicted": 45,
    "dismissed": 12,
    "acquitted": 3,
}
GRADES = {"felony": 38, "misdemeanor": 55, "infraction": 7}
BASES = (
    ["biometric_match"],
    ["final_order"],
    ["biometric_match", "statements"],
    ["pending_proceedings"],
    ["resume_custody"],
)


def struct(**columns: pa.Array) -> pa.StructArray:
    return pa.StructArray.from_arrays(list(columns.values()), names=list(columns))


class Cases:
    """A supply of cases as Arrow tables."""

    def __init__(self, lawbook: Lawbook, places: Sequence[str], seed: int) -> None:
        self.places = places
        self.draw = Draw(seed)
        self.statutes = statutes(lawbook, sorted({"/".join(p.split("/")[:2]) for p in places}))
        order = self.draw.rng.permutation(len(self.statutes))
        self.shares = 1.0 / (10 + order)

    def table(self, first: int, n: int) -> pa.Table:
        d = self.draw
        at = d.rng.integers(FIRST, LAST, n)
        sizes = d.rng.permutation(np.resize(np.array(CHARGES_OF_TEN, np.int32), n))
        received = at - d.rng.integers(0, 5 * _DAY, n)
        columns = {
            "id": pa.array(np.arange(first, first + n)).cast(pa.string()),
            "place": d.coded(d.rng.integers(0, len(self.places), n, dtype=np.int32), self.places, 0),
            "at": d.instants(at, 0),
            "custodian": d.words(n, CUSTODIANS, 0.02),
            "request": struct(
                kind=d.words(n, KINDS, 0.02),
                form=d.words(n, FORMS),
                received_at=d.instants(received),
                warrant=d.words(n, WARRANTS),
                signed=d.boolean(n, 0.9),
                complete=d.boolean(n, 0.85),
                served_on_person=d.boolean(n, 0.5),
                basis=self.bases(n),
                governors_warrant=d.boolean(n, 0.02),
                federal_probable_cause=d.boolean(n, 0.05),
            ),
            "person": struct(
                age=pa.array(d.rng.integers(17, 70, n, dtype=np.int32), mask=d.unknown(n)),
                citizen_claim=d.boolean(n, 0.03),
                citizen_proof=d.boolean(n, 0.01),
                lawful_status_proof=d.boolean(n, 0.03),
                final_order=d.boolean(n, 0.15),
                watchlist_match=d.boolean(n, 0.002),
                offender_registrant=d.boolean(n, 0.02),
                illegal_reentry=d.boolean(n, 0.1),
                removed_after_felony=d.boolean(n, 0.05),
                status_confirmed=d.boolean(n, 0.5),
                federal_felony_warrant=d.boolean(n, 0.01),
                interview_consent=d.boolean(n, 0.3),
                arrested_on=self.days(at, d.rng.integers(0, 400, n), d.unknown(n)),
            ),
            "release": struct(
                eligible_at=d.instants(at - d.rng.integers(-2 * _DAY, 2 * _DAY, n)),
                public_information=d.boolean(n, 0.3),
            ),
            "agency": struct(agreement_287g=d.boolean(n, 0.1)),
            "charges": self.charges(at, sizes),
            "charges_complete": d.boolean(n, 0.9, 0),
        }
        return pa.table(columns)

    def bases(self, n: int) -> pa.Array:
        pool = pa.array(BASES, pa.list_(pa.string()))
        return pool.take(pa.array(self.draw.rng.integers(0, len(BASES), n), mask=self.draw.unknown(n)))

    @staticmethod
    def days(at: Array, before: Array, mask: Array) -> pa.Array:
        return pa.array((at // _DAY - before).astype(np.int32), pa.int32(), mask=mask).cast(pa.date32())

    def charges(self, at: Array, sizes: Array) -> pa.Array:
        """Lists of charges; two in five of those without any are unknown records."""
        d = self.draw
        n = int(sizes.sum())
        status = d.codes(n, list(STATUSES.values()))
        convicted = status == list(STATUSES).index("convicted")
        years = d.rng.exponential(7 * 365, n).astype(np.int64).clip(1, 40 * 365)
        items = struct(
            statute=d.coded(d.codes(n, self.shares), self.statutes),
            status=d.coded(status, list(STATUSES)),
            grade=d.words(n, GRADES),
            wobbler=d.boolean(n, 0.3),
            serious=d.boolean(n, 0.1),
            violent=d.boolean(n, 0.06),
            state_prison=d.boolean(n, 0.2),
            convicted_on=self.days(np.repeat(at, sizes), years, ~convicted | d.unknown(n)),
            aggravated_felony=d.boolean(n, 0.03),
            domestic_violence=d.boolean(n, 0.08),
            sex_registration=d.boolean(n, 0.02),
        )
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        unknown = (sizes == 0) & (d.rng.random(len(sizes)) < 0.4)
        return pa.ListArray.from_arrays(pa.array(offsets), items, mask=pa.array(unknown))

    def tables(self, cases: int) -> Iterator[pa.Table]:
        for first in range(0, cases, _ROWS):
            yield self.table(first, min(_ROWS, cases - first))


def write(
    out: Path, cases: int, *, places: Sequence[str] = (PLACE,), seed: int = 1, lawbook: Lawbook | None = None
) -> int:
    """Write a Parquet file; the number of charges in it."""
    supply = Cases(lawbook or default_lawbook(), places, seed)
    writer: pq.ParquetWriter | None = None
    charges = 0
    for table in supply.tables(cases):
        charges += len(table["charges"].combine_chunks().flatten())
        if writer is None:
            writer = pq.ParquetWriter(out, table.schema, compression="zstd", store_schema=False)
        writer.write_table(table, row_group_size=50_000)
    if writer is not None:
        writer.close()
    return charges


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--many-places", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    charges = write(
        options.out, options.cases, places=MANY_PLACES if options.many_places else (PLACE,), seed=options.seed
    )
    print(f"{options.cases:,} cases with {charges:,} charges, {options.out.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
