"""Which papers there are, what each is about and who reads it."""

from __future__ import annotations

from typing import NamedTuple

from bailiwick.papers.texts import LANGUAGES, texts


class Kind(NamedTuple):
    """`about`: request, booking or subpoena. `reader`: person, lawyer or agency; agencies read English only."""

    name: str
    about: str
    reader: str

    @property
    def title(self) -> str:
        """What the paper is, in English: its first line."""
        return texts("en").papers[self.name]["title"]

    @property
    def languages(self) -> tuple[str, ...]:
        return ("en",) if self.reader == "agency" else LANGUAGES


PAPERS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("copy_of_request", "request", "person"),
        Kind("statement_of_intent", "request", "person"),
        Kind("release_notice_person", "request", "person"),
        Kind("release_notice_lawyer", "request", "lawyer"),
        Kind("consent_to_interview", "request", "person"),
        Kind("reply_to_agency", "request", "agency"),
        Kind("subpoena_reply", "subpoena", "agency"),
        Kind("record_extract", "booking", "person"),
    )
}
#: Papers that are translated.
TRANSLATED = tuple(kind.name for kind in PAPERS.values() if kind.reader != "agency")
