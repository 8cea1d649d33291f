"""Files handed in, kept until they are imported, a day at most.

What is kept is not the file but its rows, each with the line it begins on in the person's own file: without the columns that the
law of the place forbids to collect, from the moment its columns are known; and, from the moment somebody says which column is
which, without every column that is not read.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bailiwick.custody.acting import Actor
from bailiwick.custody.errors import Refused
from bailiwick.custody.exchange.mapping import Fitted, Plan, dropped_of, fit
from bailiwick.custody.exchange.reading import Binary, Row, Sheet, read
from bailiwick.custody.models import ImportPart, ImportRun, ImportUpload

#: A file handed in is kept at most this long, imported or not.
KEPT = timedelta(days=1)
#: Bytes of one part.
PART = 1 << 20


@transaction.atomic
def hand_in(actor: Actor, name: str, stream: Binary, *, most: int, plan: Plan | None = None) -> ImportUpload:
    """Keep the rows of a file until it has been imported. `size` and `sha256` are those of the file as it came. With `plan`, only
    the columns that it reads are kept.

    Raises:
        Refused: it is longer than `most` bytes, no table, or does not fit the plan. Nothing is kept then.
    """
    if actor.user is None:
        raise Refused("A file is handed in by a person; found nobody.")
    let_go(actor.agency.pk, actor.at)
    source = _Counted(stream, most)
    sheet = read(source)
    if plan is None:
        dropped = dropped_of(sheet.columns, {}, actor.agency, actor.at)
        columns = [name for name in sheet.columns if name not in dropped]
    else:
        fitted = _fitted(actor, plan, sheet)
        dropped, columns = fitted.dropped, [name for name, _ in fitted.reads]
    upload = ImportUpload.objects.create(
        agency=actor.agency, name=name[:200] or "file", size=0, sha256="", at=actor.at, by=actor.user
    )
    _store(upload, _written(sheet, columns, dropped))
    while source.read(PART):  # what stands behind the last row counts too
        pass
    upload.size, upload.sha256 = source.size, source.digest.hexdigest()
    upload.save(update_fields=["size", "sha256"])
    return upload


@transaction.atomic
def keep_only(actor: Actor, upload: ImportUpload, plan: Plan) -> None:
    """From now on keep only the columns that the plan reads.

    Raises:
        Refused: the file does not fit the plan (nothing is changed then), is gone, or is being read.
    """
    held = ImportUpload.objects.select_for_update().filter(pk=upload.pk).first()
    if held is None:
        raise Refused("This file is not kept any more. Hand it in again.")
    if ImportRun.objects.filter(upload=held, finished_at=None).exists():
        raise Refused("This file is being read; wait until that is finished.")
    sheet = sheet_of(held)
    fitted = _fitted(actor, plan, sheet)
    columns = [name for name, _ in fitted.reads]
    if columns == sheet.columns:
        return
    before = ImportPart.objects.filter(upload=held).order_by("-number")[0].number
    _store(held, _written(sheet, columns, sheet.dropped | fitted.dropped), first=before + 1)
    ImportPart.objects.filter(upload=held, number__lte=before).delete()


def sheet_of(upload: ImportUpload) -> Sheet:
    """The rows of a file handed in, as `reading.read` gives them. Raises Refused where they are gone."""
    return _read_back(io.BufferedReader(_Parts(upload), PART))


def let_go(agency: int | None, now: datetime) -> int:
    """Delete the files handed in that are older than a day (of every agency where `agency` is None)."""
    old = ImportUpload.objects.filter(at__lt=now - KEPT)
    if agency is not None:
        old = old.filter(agency_id=agency)
    return old.delete()[0]


def _fitted(actor: Actor, plan: Plan, sheet: Sheet) -> Fitted:
    return fit(plan, sheet.columns, actor.agency, actor.at.astimezone(actor.agency.tz).date())


class _Counted:
    """A stream, and how much of it was read."""

    def __init__(self, stream: Binary, most: int) -> None:
        self._stream, self._most = stream, most
        self.size, self.digest = 0, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        content = self._stream.read(size) or b""
        self.size += len(content)
        if self.size > self._most:
            raise Refused(
                "The file: expected at most %(most)s MB, found more; import it in parts.",
                most=self._most // 1000000,
            )
        self.digest.update(content)
        return content


# -------------------------------------------------------------------------------------------------- as it is kept
#
# JSON Lines: {"columns": […], "dropped": {column: section}, "read_as": …}, then for each row [line, [cell or null, …]] or
# [line, problem], at the end {"other": how many lines were not UTF-8}.


def _written(sheet: Sheet, columns: Collection[str], dropped: dict[str, str]) -> Iterator[bytes]:
    yield _line({"columns": list(columns), "dropped": dropped, "read_as": sheet.read_as})
    for row in sheet.rows:
        yield _line([row.line, row.problem or [row.cells.get(name) for name in columns]])
    yield _line({"other": sheet.other[0]})


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _store(upload: ImportUpload, lines: Iterable[bytes], first: int = 0) -> None:
    number, part = first, bytearray()
    for line in lines:
        part += line
        if len(part) >= PART:
            _store_part(upload, number, part)
            number, part = number + 1, bytearray()
    _store_part(upload, number, part)


def _store_part(upload: ImportUpload, number: int, content: bytearray) -> None:
    if content:
        ImportPart.objects.create(
            agency_id=upload.agency_id, upload=upload, number=number, content=bytes(content)
        )


class _Parts(io.RawIOBase):
    """What is kept of a file, read part by part."""

    def __init__(self, upload: ImportUpload) -> None:
        self._upload, self._last, self._rest = upload.pk, -1, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            later = ImportPart.objects.filter(upload_id=self._upload, number__gt=self._last)
            part = later.order_by("number").first()
            if part is None:
                return 0
            self._rest, self._last = memoryview(bytes(part.content)), part.number
        given = self._rest[: len(buffer)]
        self._rest = self._rest[len(given) :]
        buffer[: len(given)] = given
        return len(given)


def _read_back(stream: io.BufferedReader) -> Sheet:
    head = _value(stream.readline())
    if not isinstance(head, dict) or "columns" not in head:
        raise _gone()
    columns: list[str] = head["columns"]
    other = [0]

    def rows() -> Iterator[Row]:
        for line in stream:
            value = _value(line)
            if isinstance(value, dict):
                other[0] = int(value["other"])
                return
            number, cells = value
            if isinstance(cells, str):
                yield Row(number, {}, cells)
            else:
                yield Row(number, {n: c for n, c in zip(columns, cells, strict=True) if c is not None})
        raise _gone()  # no end: parts were deleted while they were read

    return Sheet(columns, head["read_as"], rows(), other, head["dropped"])


def _value(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise _gone() from None


def _gone() -> Refused:
    return Refused("The file: expected its rows, found that they are not kept any more. Hand it in again.")
