"""What each paper says about one request or subpoena, from the file as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bailiwick.custody.clocks import in_force
from bailiwick.custody.duties import task
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Agency, Answer, Booking, Due, Request, Subpoena
from bailiwick.papers import fonts
from bailiwick.papers.registry import PAPERS
from bailiwick.papers.sheet import Sheet, Sheets, begun, both, mended
from bailiwick.papers.texts import Piece, Texts, in_brackets, plain

#: What each kind of request asks for, as far as a paper speaks of it.
ASKS: dict[str, tuple[str, ...]] = {
    "immigration_detainer": ("hold", "notify_release", "transfer"),
    "release_notification_request": ("notify_release",),
    "transfer_request": ("transfer",),
    "administrative_warrant": ("hold", "transfer"),
}
_ASKS_TEXT = {
    "immigration_detainer": "asks_hold",
    "release_notification_request": "asks_notice",
    "transfer_request": "asks_transfer",
}
_WARRANT_TEXT = {
    "": "warrant_not_recorded",
    "none": "no_warrant",
    "administrative": "by_officer",
    "judicial_civil": "by_judge",
    "judicial_criminal": "by_judge",
    "court_order": "by_judge",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One paper to be made. `at`: now, UTC. `release`: the instant that was told to the agency, for the notices of release."""

    paper: str
    language: str
    at: datetime
    agency: Agency
    booking: Booking | None = None
    request: Request | None = None
    subpoena: Subpoena | None = None
    release: datetime | None = None


def compose(asked: Asked, drafted: bool = False) -> Sheets:
    """The paper in the language asked for and in English. `drafted`: marked as a machine-made draft.

    Raises:
        Refused: no such paper or language, or something it must say is not in the file yet.
    """
    kind = PAPERS.get(asked.paper)
    if kind is None or asked.paper not in _BUILD:
        raise Refused(
            "Paper: expected one of %(build)s; found '%(paper)s'.", build=", ".join(_BUILD), paper=asked.paper
        )
    if asked.language not in kind.languages:
        raise Refused(
            "Language of %(paper)s: expected one of %(languages)s; found '%(language)s'.",
            paper=asked.paper,
            languages=", ".join(kind.languages),
            language=asked.language,
        )
    if (asked.request if kind.about == "request" else asked.subpoena) is None:
        raise Refused(
            "%(title)s: expected a %(about)s to print it about, found none.",
            title=kind.title,
            about=kind.about,
        )
    said: dict[str, Any] = {}
    sheets = [_BUILD[asked.paper](texts, asked, said) for texts in both(asked.language)]
    return finished(asked, sheets, said, drafted)


def finished(asked: Asked, sheets: list[Sheet], said: dict[str, Any], drafted: bool) -> Sheets:
    """The mark of a draft, and what cannot be printed replaced and named."""
    if drafted and len(sheets) > 1:
        own = sheets[0]
        own.add("draft", own.texts.word("draft"))
        own.lines.insert(0, own.lines.pop())
    paper = Sheets(asked.paper, asked.language, sheets, said)
    paper.replaced = fonts.unprintable(paper.text)
    if paper.replaced:
        mend = {ord(c): fonts.REPLACED for c in paper.replaced}
        paper.sheets = [mended(sheet, mend) for sheet in sheets]
        said["replaced"] = [f"U+{ord(c):04X}" for c in paper.replaced]
    return paper


# -------------------------------------------------------------------------------------------------- common lines


def contact_of(texts: Texts, agency: Agency) -> str:
    """Whom to call: the agency's contact and telephone, else its records desk."""
    known = ", ".join(part for part in (agency.contact, agency.telephone) if part.strip())
    return known or plain(texts.word("ask_desk", agency=agency.name))


def begin(texts: Texts, asked: Asked) -> Sheet:
    return begun(texts, asked.paper, contact_of(texts, asked.agency))


def asked_by(texts: Texts, request: Request) -> str:
    return request.requesting_agency.strip() or texts.words["an_agency"]


def _about(sheet: Sheet, asked: Asked) -> None:
    booking = asked.booking
    if booking is None:
        return
    sheet.add("pair", str(booking.person), label=f"{sheet.texts.words['person']}:")
    sheet.add("pair", booking.number, label=f"{sheet.texts.words['booking']}:")


def _law(sheet: Sheet, cites: list[str]) -> None:
    """The citation, last."""
    if cites:
        sheet.add("law", "; ".join(cites), label=f"{sheet.texts.words['law']}:")


def printed_line(sheet: Sheet, asked: Asked) -> None:
    """Who printed it, and when."""
    when = sheet.texts.when(asked.at, asked.agency.tz)
    words = (Piece(asked.agency.name, True), Piece(", "), Piece(when, True))
    sheet.add("small", words, label=f"{sheet.texts.words['printed']}:")


def cites_of(asked: Asked) -> list[str]:
    """Under which sections the paper is owed: from what is due, and from the duties of the answer that stands."""
    found = list(
        Due.objects.filter(request=asked.request, paper=asked.paper)
        .order_by("pk")
        .values_list("cite", flat=True)
    )
    answer = standing(asked.request)
    if answer is not None:
        found += [d["cite"] for d in answer.decision["duties"] if task(d["id"]).paper == asked.paper]
    return [cite for cite in dict.fromkeys(found) if cite]


def standing(request: Request | None) -> Answer | None:
    """The answer that stands for a request."""
    return (
        Answer.objects.filter(request=request, superseded_at=None).order_by("-pk").first()
        if request
        else None
    )


def choices(request: Request) -> dict[str, tuple[str, str]]:
    """What the jail will do about each thing asked: action to (`yes`, `no` or `open`, citation).

    What everybody signed for counts. Before that only what the law of the answer settles by itself: a thing forbidden will not
    be done; all else is open.
    """
    answer = standing(request)
    out: dict[str, tuple[str, str]] = {}
    for action in ASKS.get(request.kind, ()):
        if answer is None or action not in answer.decision["actions"]:
            out[action] = ("open", "")
            continue
        found = answer.decision["actions"][action]
        cites = "; ".join(dict.fromkeys(because["cite"] for because in found["because"]))
        chosen = (answer.chosen or {}).get(action) if in_force(answer) else None
        if chosen:
            out[action] = ("yes" if chosen == "honor" else "no", cites)
        else:
            out[action] = ("no", cites) if found["outcome"] == "forbidden" else ("open", "")
    return out


def _intentions(sheet: Sheet, asked: Asked, said: dict[str, Any]) -> None:
    assert asked.request is not None
    kept = choices(asked.request)
    for action, (what, cite) in kept.items():
        words = sheet.texts.say(asked.paper, f"{action}_{what}")
        sheet.add("strong", (*words, *in_brackets(cite)) if cite else words)
    said["open"] = [action for action, (what, _) in kept.items() if what == "open"]


# --------------------------------------------------------------------------------------------------- the papers


def _copy(texts: Texts, asked: Asked, said: dict[str, Any]) -> Sheet:
    request = asked.request
    assert request is not None
    sheet = begin(texts, asked)
    when = texts.when(request.received_at, asked.agency.tz)
    sheet.add("text", texts.say(asked.paper, "came", asked_by=asked_by(texts, request), received=when))
    if request.form:
        sheet.add("text", texts.say(asked.paper, "form", form=request.form))
    sheet.add("text", texts.say(asked.paper, _ASKS_TEXT.get(request.kind, "asks_other")))
    sheet.add("text", texts.say(asked.paper, _WARRANT_TEXT.get(request.warrant, "warrant_not_recorded")))
    sheet.add("text", texts.say(asked.paper, "next"))
    _about(sheet, asked)
    printed_line(sheet, asked)
    _law(sheet, cites_of(asked))
    return sheet


def _intent(texts: Texts, asked: Asked, said: dict[str, Any]) -> Sheet:
    request = asked.request
    assert request is not None
    if request.kind not in ASKS:
        raise Refused(
            "Statement of intent: expected a request of immigration authorities for a hold, a "
            "notice of release or a transfer; found '%(kind)s'.",
            kind=request.kind,
        )
    sheet = begin(texts, asked)
    when = texts.when(request.received_at, asked.agency.tz)
    sheet.add("text", texts.say(asked.paper, "came", asked_by=asked_by(texts, request), received=when))
    _intentions(sheet, asked, said)
    sheet.add("text", texts.say(asked.paper, "changes"))
    _about(sheet, asked)
    printed_line(sheet, asked)
    _law(sheet, cites_of(asked))
    return sheet


def _release(texts: Texts, asked: Asked, said: dict[str, Any]) -> Sheet:
    request, booking = asked.request, asked.booking
    assert request is not None
    assert booking is not None
    if asked.release is None:
        raise Refused(
            "Notice of release: expected the release date that the agency was told, found none. Write it in."
        )
    sheet = begin(texts, asked)
    if asked.paper == "release_notice_lawyer":
        person = booking.person
        name, contact = (
            (person.lawyer_name, person.lawyer_contact)
            if person.lawyer_name.strip()
            else (person.designated_name, person.designated_contact)
        )
        if not name.strip():
            raise Refused(
                "Notice of release to a lawyer: expected the name of a lawyer, or of one person whom the person chose; "
                "found neither in the file. Ask the person and write it in the file."
            )
        said["recipient"] = name
        sheet.add("text", texts.say(asked.paper, "to", recipient=", ".join(filter(None, (name, contact)))))
    release = texts.when(asked.release, asked.agency.tz)
    sheet.add("strong", texts.say(asked.paper, "told", asked_by=asked_by(texts, request), release=release))
    sheet.add("text", texts.say(asked.paper, "also"))
    _about(sheet, asked)
    printed_line(sheet, asked)
    _law(sheet, cites_of(asked))
    said["release"] = asked.release.isoformat()
    return sheet


def _consent(texts: Texts, asked: Asked, said: dict[str, Any]) -> Sheet:
    request = asked.request
    assert request is not None
    sheet = begin(texts, asked)
    sheet.add("text", texts.say(asked.paper, "purpose", asked_by=asked_by(texts, request)))
    sheet.add("text", texts.say(asked.paper, "decline"))
    sheet.add("text", texts.say(asked.paper, "lawyer"))
    sheet.add("strong", texts.say(asked.paper, "mark"))
    for box in ("box_no", "box_lawyer", "box_yes"):
        sheet.add("box", texts.say(asked.paper, box))
    _about(sheet, asked)
    for line in ("signature", "date", "interpreter"):
        sheet.add("sign", label=f"{texts.words[line]}:")
    _law(sheet, cites_of(asked))
    return sheet


def _reply(texts: Texts, asked: Asked, said: dict[str, Any]) -> Sheet:
    request, agency = asked.request, asked.agency
    assert request is not None
    answer = standing(request)
    if answer is None or not in_force(answer):
        raise Refused(
            "Reply to the asking agency: expected an answer signed by everybody who must sign; sign it first."
        )
    sheet = begin(texts, asked)
    to = ", ".join(
        filter(None, (request.requesting_officer, request.requesting_agency, request.requesting_contact))
    )
    sheet.add("text", texts.say(asked.paper, "to", recipient=to or texts.words["an_agency"]))
    form = request.form or request.kind.replace("_", " ")
    sheet.add(
        "text", texts.say(asked.paper, "came", form=form, received=texts.when(request.received_at, agency.tz))
    )
    _intentions(sheet, asked, said)
    _about(sheet, asked)
    printed_line(sheet, asked)
    return sheet


def _subpoena(texts: Texts, asked: Asked, said: dict[str, Any]) -> Sheet:
    subpoena, agency = asked.subpoena, asked.agency
    assert subpoena is not None
    if subpoena.answered_at is None:
        raise Refused("Reply to a subpoena: expected an answer; record it first, then print.")
    sheet = begin(texts, asked)
    sheet.add("text", texts.say(asked.paper, "to", recipient=subpoena.issued_by))
    when = texts.when(subpoena.received_at, agency.tz)
    sheet.add("text", texts.say(asked.paper, "came", number=subpoena.number, received=when))
    if subpoena.named_person:
        sheet.add("text", texts.say(asked.paper, "about", named=subpoena.named_person))
    sheet.add("text", texts.say(asked.paper, "answer", answer=subpoena.answer))
    printed_line(sheet, asked)
    for line in ("signature", "date"):
        sheet.add("sign", label=f"{texts.words[line]}:")
    return sheet


_BUILD: dict[str, Callable[[Texts, Asked, dict[str, Any]], Sheet]] = {
    "copy_of_request": _copy,
    "statement_of_intent": _intent,
    "release_notice_person": _release,
    "release_notice_lawyer": _release,
    "consent_to_interview": _consent,
    "reply_to_agency": _reply,
    "subpoena_reply": _subpoena,
}
