"""The person's own file (on request of the person or their lawyer): what was asked, decided, given, and what was not recorded;
each line with the number and hash of its entry in the record.

Of subpoenas and requests for information it tells those that are kept with the stay and that somebody found may be told. It says
the same about the others whether there are any or not, and where a section is empty it does not say that nothing was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Booking, Due, Request, Subpoena, User
from bailiwick.papers.composing import Asked, asked_by, begin, finished, printed_line
from bailiwick.papers.registry import PAPERS
from bailiwick.papers.sheet import Sheet, Sheets, both
from bailiwick.papers.texts import Piece, Texts, Words, in_brackets, texts
from bailiwick.record.checkpoints import read_statement
from bailiwick.record.models import Checkpoint, Leaf

#: Actions of which a decision's outcome and choice are told.
TOLD = ("hold", "notify_release", "transfer")
SECTIONS = ("section_asked", "section_decided", "section_given", "section_stay")
#: Sections that a subpoena which may not be told would stand in.
MAY_HIDE = ("section_asked", "section_decided")


@dataclass(frozen=True, slots=True)
class Entry:
    """An event about the stay or a subpoena kept with it: its number and hash in the record, who, when and what it says."""

    number: int
    hash: bytes
    kind: str
    actor: str
    at: datetime
    data: Mapping[str, Any]
    subject: str = ""


def tellable(booking: Booking) -> list[Subpoena]:
    """The subpoenas kept with a stay that the person may be told of: somebody found that no order and no law forbids it."""
    return list(booking.subpoenas.filter(telling=Subpoena.Telling.FREE).order_by("pk"))


def entries(booking: Booking) -> list[Entry]:
    """Every committed event about a stay and about the subpoenas of it that may be told, in the order of the record."""
    subjects = [f"booking/{booking.pk}", *(f"subpoena/{one.pk}" for one in tellable(booking))]
    leaves = Leaf.objects.filter(event__subject__in=subjects).select_related("event").order_by("number")
    return [
        Entry(
            leaf.number,
            bytes(leaf.hash),
            leaf.event.kind,
            leaf.event.actor,
            leaf.event.at,
            json.loads(leaf.event.body)["data"],
            leaf.event.subject,
        )
        for leaf in leaves
    ]


def extract(asked: Asked, drafted: bool = False) -> Sheets:
    """The file of one stay in the language asked for and in English.

    `said` keeps the numbers of the entries told and the size of the checkpoint that proves them (None where no signed checkpoint
    covers them yet); `proof_of` makes the file that comes with the paper.
    """
    if asked.booking is None:
        raise Refused("The person's file: expected a booking, found none.")
    found = entries(asked.booking)
    tellers = [_Teller(texts, asked, found) for texts in both(asked.language)]
    sheets = [teller.sheet() for teller in tellers]
    told = sorted(tellers[0].told)
    checkpoint = covering(told)
    for teller in tellers:
        teller.close(checkpoint)
    said = {"events": told, "checkpoint": checkpoint.size if checkpoint else None, "entries": len(found)}
    return finished(asked, sheets, said, drafted)


def covering(numbers: Iterable[int]) -> Checkpoint | None:
    """The newest checkpoint, where it covers all these entries."""
    newest = Checkpoint.objects.order_by("size").last()
    last = max(numbers, default=-1)
    return newest if newest is not None and last >= 0 and newest.size > last else None


def proof_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The file that proves an extract's lines, for the verifier in the documentation. Raises NoProof."""
    from bailiwick.record.proofs import NoProof, proof

    size = said.get("checkpoint")
    checkpoint = Checkpoint.objects.filter(size=size).first() if size else covering(said["events"])
    if checkpoint is None:
        raise NoProof("no signed checkpoint covers these entries yet; sign one: bailiwick record checkpoint")
    return proof(said["events"], checkpoint)


class _Teller:
    """Tells the entries in one language. `told`: the numbers of those that stand on the paper."""

    def __init__(self, texts: Texts, asked: Asked, found: list[Entry]) -> None:
        assert asked.booking is not None
        self.texts, self.asked, self.found = texts, asked, found
        self.booking = asked.booking
        self.zone = asked.agency.tz
        self.requests = {one.pk: one for one in self.booking.requests.order_by("pk")}
        self.subpoenas = {f"subpoena/{one.pk}": one for one in tellable(self.booking)}
        self.told: set[int] = set()
        self.answers: dict[int, Entry] = {}
        self._made: Sheet | None = None
        self._names = {
            user.username: str(user)
            for user in User.objects.filter(agency=asked.agency, username__in={one.actor for one in found})
        }

    def sheet(self) -> Sheet:
        sheet = self._made = begin(self.texts, self.asked)
        sheet.add("pair", str(self.booking.person), label=f"{self.texts.words['person']}:")
        sheet.add("pair", self.booking.number, label=f"{self.texts.words['booking']}:")
        printed_line(sheet, self.asked)
        parts: dict[str, list[tuple[Words, Entry]]] = {name: [] for name in SECTIONS}
        for entry in self.found:
            teller = _TELL.get(entry.kind)
            if teller is not None:
                section, said = teller(self, entry)
                parts[section] += [(words, entry) for words in said]
        for section in SECTIONS:
            sheet.add("section", self.say(section))
            for words, entry in parts[section]:
                self.line(words, entry)
            if not parts[section]:
                sheet.add("text", self.say("nothing_shown" if section in MAY_HIDE else "nothing"))
        sheet.add("section", self.say("section_missing"))
        missing = self.missing()
        for words, about in missing:
            if about is None:
                sheet.add("text", words)
            else:
                self.line(words, about)
        if not missing:
            sheet.add("text", self.say("missing_none"))
        if self.found:
            sheet.add("small", self.say("looked", size=str(self.found[-1].number)))
        sheet.add("small", self.say("left_out"))
        return sheet

    def close(self, checkpoint: Checkpoint | None) -> None:
        """How the lines are proved: last, because it depends on all of them."""
        assert self._made is not None
        if checkpoint is None:
            self._made.add("law", self.say("no_proof"))
            return
        signed = read_statement(checkpoint.note)
        when = self.texts.when(signed.at, self.zone)
        self._made.add("law", self.say("proof", size=str(signed.size), when=when, root=signed.root.hex()))

    def line(self, words: Words, entry: Entry) -> None:
        assert self._made is not None
        self.told.add(entry.number)
        number = "".join(
            piece.text for piece in self.texts.say("record_extract", "entry", number=str(entry.number))
        )
        when = self.texts.when(entry.at, self.zone)
        parts = (when, number, entry.hash.hex())
        proof = [piece for part in parts for piece in (Piece(" · "), Piece(part, given=True))]
        self._made.add("entry", words, proof=tuple(proof[1:]))

    # ------------------------------------------------------------------------------------------------- words

    def say(self, key: str, **values: str | Words) -> Words:
        return self.texts.say("record_extract", key, **values)

    def when(self, instant: Any) -> str:
        if not instant:
            return self.texts.words["not_recorded"]
        at = (
            instant
            if isinstance(instant, datetime)
            else datetime.fromisoformat(instant.replace("Z", "+00:00"))
        )
        return self.texts.when(at, self.zone)

    def received(self, entry: Entry) -> str:
        """When the request of an entry came."""
        request = self.requests.get(entry.data.get("request") or 0)
        if request is None and entry.data.get("answer") in self.answers:
            request = self.requests.get(self.answers[entry.data["answer"]].data.get("request") or 0)
        return self.when(request.received_at if request else None)

    def who(self, entry: Entry) -> str:
        return self._names.get(entry.actor) or entry.actor

    def paper(self, entry: Entry) -> str:
        name = str(entry.data.get("paper", ""))
        if name not in PAPERS:
            return name
        own = self.texts if self.texts.language in PAPERS[name].languages else texts("en")
        return own.papers[name]["title"]

    # ------------------------------------------------------------------------------------------- what is missing

    def missing(self) -> list[tuple[Words, Entry | None]]:
        """What the law or this paper would want and the file has not. Each line stands on the entry of what it is about."""
        out: list[tuple[Words, Entry | None]] = []
        for request in self.requests.values():
            entry = next(
                (
                    e
                    for e in self.found
                    if e.kind == "request.received" and e.data.get("request") == request.pk
                ),
                None,
            )
            out += [
                (self.say(key, received=self.when(request.received_at)), entry) for key in self._gaps(request)
            ]
        for subject, subpoena in self.subpoenas.items():
            if subpoena.state != Subpoena.State.ANSWERED:
                entry = next(
                    (e for e in self.found if e.kind == "subpoena.received" and e.subject == subject), None
                )
                out.append((self.say("missing_answer", number=subpoena.number), entry))
        for due in Due.objects.filter(booking=self.booking, done_at=None, void_at=None).exclude(paper=""):
            if due.paper in PAPERS and due.paper != "copy_of_request":
                entry = next(
                    (e for e in reversed(self.found) if e.kind == "due.set" and e.data.get("due") == due.pk),
                    None,
                )
                title = self.texts.papers[due.paper]["title"]
                out.append((self.say("missing_paper", paper=title), entry))
        out += [(self.say("missing_given", paper=self.paper(entry)), entry) for entry in self._never_given()]
        if self.booking.left_at is None:
            out.append((self.say("missing_departure"), None))
        return out

    def _never_given(self) -> list[Entry]:
        """The last printing of each paper of which no copy was given."""
        printed = {self._which(e): e for e in self.found if e.kind == "paper.printed"}
        given = {self._which(e) for e in self.found if e.kind == "paper.given"}
        return [e for which, e in printed.items() if which not in given and which[0] != "record_extract"]

    def _which(self, entry: Entry) -> tuple[str, int | None]:
        return str(entry.data.get("paper")), entry.data.get("request")

    def _gaps(self, request: Request) -> list[str]:
        signed = any(
            e.kind == "answer.signed"
            and e.data.get("answer") in self.answers
            and self.answers[e.data["answer"]].data.get("request") == request.pk
            for e in self.found
        )
        gaps = []
        if request.served_at is None:
            gaps.append("missing_served")
        if not request.requesting_agency.strip():
            gaps.append("missing_asked_by")
        if not request.warrant:
            gaps.append("missing_warrant")
        if not signed and request.withdrawn_at is None:
            gaps.append("missing_decision")
        return gaps


# ------------------------------------------------------------------------------------------- one kind of entry each

Told = tuple[str, list[Words]]


def _received(t: _Teller, e: Entry) -> Told:
    request = t.requests.get(e.data.get("request") or 0)
    if request is None:
        return "section_asked", []
    key = f"kind_{request.kind}"
    kind = t.texts.papers["record_extract"].get(key) or t.texts.papers["record_extract"]["kind_other"]
    if request.form:
        kind = f"{kind}, {request.form}"
    return "section_asked", [
        t.say("asked", asked_by=asked_by(t.texts, request), kind=kind, received=t.when(request.received_at))
    ]


def _withdrawn(t: _Teller, e: Entry) -> Told:
    return "section_asked", [t.say("withdrawn", received=t.received(e))]


def _subpoena(t: _Teller, e: Entry) -> Told:
    subpoena = t.subpoenas[e.subject]
    kind = t.texts.papers["record_extract"][f"kind_{subpoena.kind}"]
    received = t.when(subpoena.received_at)
    parts: list[Piece] = [
        *t.say(
            "subpoena_asked",
            asked_by=subpoena.issued_by,
            kind=(Piece(kind),),
            number=subpoena.number,
            received=received,
        )
    ]
    if subpoena.return_at is not None:
        parts += [Piece(" "), *t.say("subpoena_due", when=t.when(subpoena.return_at))]
    if subpoena.asks_for.strip():
        parts += [Piece(" "), *t.say("subpoena_for", asks_for=" ".join(subpoena.asks_for.split()))]
    return "section_asked", [tuple(parts)]


def _subpoena_answered(t: _Teller, e: Entry) -> Told:
    says = " ".join(str(e.data.get("says", "")).split())
    number = t.subpoenas[e.subject].number
    return "section_decided", [t.say("subpoena_answered", number=number, when=t.when(e.at), says=says)]


def _answer(t: _Teller, e: Entry) -> Told:
    t.answers[e.data["answer"]] = e
    parts: list[Piece] = [*t.say("answer", received=t.received(e))]
    actions = e.data["decision"]["actions"]
    for action in TOLD:
        if action in actions:
            found = actions[action]
            cites = "; ".join(dict.fromkeys(because["cite"] for because in found["because"]))
            own = t.texts.papers["record_extract"]
            how = (Piece(own[f"is_{found['outcome']}"]), *(in_brackets(cites) if cites else ()))
            parts += [Piece(" "), *t.say("outcome", what=own[f"do_{action}"], how=how)]
    return "section_decided", [tuple(parts)]


def _signed(t: _Teller, e: Entry) -> Told:
    parts: list[Piece] = [*t.say("signed", who=t.who(e), received=t.received(e))]
    for action in (*TOLD, "interview"):
        if action in e.data["chosen"]:
            parts += [Piece(" "), *t.say(f"chose_{action}_{e.data['chosen'][action]}")]
    return "section_decided", [tuple(parts)]


def _seconded(t: _Teller, e: Entry) -> Told:
    return "section_decided", [t.say("seconded", who=t.who(e), received=t.received(e))]


def _claimed(t: _Teller, e: Entry) -> Told:
    return "section_decided", [t.say("claimed")]


def _reviewed(t: _Teller, e: Entry) -> Told:
    return "section_decided", [t.say(f"reviewed_{e.data['finding']}")]


def _served(t: _Teller, e: Entry) -> Told:
    return "section_given", [t.say("served", received=t.received(e), when=t.when(e.data.get("at")))]


def _given(t: _Teller, e: Entry) -> Told:
    to = str(e.data.get("to") or t.texts.words["not_recorded"])
    return "section_given", [t.say("paper_given", when=t.when(e.data.get("at")), to=to, paper=t.paper(e))]


def _booked(t: _Teller, e: Entry) -> Told:
    return "section_stay", [t.say("booked", when=t.when(e.data.get("booked_at")))]


def _reason(t: _Teller, e: Entry) -> str:
    words = t.texts.papers["record_extract"]
    return words.get(f"reason_{e.data.get('kind')}") or words["reason_other"]


def _opened(t: _Teller, e: Entry) -> Told:
    return "section_stay", [
        t.say("ground_opened", when=t.when(e.data.get("opened_at")), reason=_reason(t, e))
    ]


def _ended(t: _Teller, e: Entry) -> Told:
    return "section_stay", [t.say("ground_ended", when=t.when(e.data.get("ended_at")), reason=_reason(t, e))]


def _left(t: _Teller, e: Entry) -> Told:
    words = t.say(f"left_{e.data['kind_of_departure']}", when=t.when(e.data.get("at")))
    if e.data.get("past_limit"):
        words = (*words, Piece(" "), *t.say("past_limit"))
    return "section_stay", [words]


def _corrected(t: _Teller, e: Entry) -> Told:
    return "section_stay", [t.say("corrected", says=str(e.data.get("says", "")))]


_TELL: dict[str, Callable[[_Teller, Entry], Told]] = {
    "request.received": _received,
    "request.withdrawn": _withdrawn,
    "subpoena.received": _subpoena,
    "subpoena.answered": _subpoena_answered,
    "answer.given": _answer,
    "answer.signed": _signed,
    "answer.seconded": _seconded,
    "citizenship.claimed": _claimed,
    "citizenship.reviewed": _reviewed,
    "request.served": _served,
    "paper.given": _given,
    "booking.made": _booked,
    "ground.opened": _opened,
    "ground.ended": _ended,
    "departure.recorded": _left,
    "file.corrected": _corrected,
}
