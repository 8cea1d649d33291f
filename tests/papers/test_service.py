"""Printing keeps the paper whole; giving it closes what was due; who reviewed a translation is known by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Due, Paper, TranslationReview, User
from bailiwick.papers import printing, reviewing
from bailiwick.papers.composing import compose
from bailiwick.papers.registry import PAPERS, TRANSLATED
from bailiwick.papers.texts import texts
from bailiwick.record.models import Event
from tests.conftest import make_agency
from tests.papers.conftest import File


def printed(file: File, paper: str, language: str = "es") -> Paper:
    return printing.print_paper(
        file.actor, printing.asked_for(file.actor, paper, language, **file.about(paper))
    )


def events(file: File, kind: str) -> list[dict[str, object]]:
    found = Event.objects.filter(subject=f"booking/{file.booking.pk}", kind=kind).order_by("id")
    return [event.data for event in found]


def owed(file: File, paper: str) -> bool:
    return Due.objects.filter(request=file.request, paper=paper, done_at=None, void_at=None).exists()


def test_a_printed_paper_is_kept_with_its_text_and_hash_and_gives_nothing(file: File) -> None:
    row = printed(file, "copy_of_request")
    assert hashlib.sha256(bytes(row.pdf)).hexdigest() == row.sha256
    assert row.text.startswith("Copia de una solicitud sobre usted\n")
    assert row.drafted
    assert (row.given_at, row.booking, row.request) == (None, file.booking, file.request)
    (said,) = events(file, "paper.printed")
    assert (said["sha256"], said["language"], said["drafted"], said["row"]) == (
        row.sha256,
        "es",
        True,
        row.pk,
    )
    assert owed(file, "copy_of_request")


def test_the_first_lines_say_what_it_is_and_whom_to_call_and_the_last_the_law(file: File) -> None:
    for paper in ("copy_of_request", "statement_of_intent"):
        asked = printing.asked_for(file.actor, paper, "en", request=file.request)
        lines = compose(asked).text.split("\n")
        assert lines[0] == PAPERS[paper].title
        assert lines[1].endswith("Questions: Records desk, 555-0100.")
        assert lines[-1].startswith("Law: ")
        assert "Cal. Gov. Code § 7283.1(b)" in lines[-1]


def test_giving_the_copy_serves_the_request_and_closes_what_was_due(file: File) -> None:
    row = printed(file, "copy_of_request")
    printing.give(file.actor, row, to="Alex Doe", how="in person")
    file.request.refresh_from_db()
    assert file.request.served_at == file.actor.at
    assert not owed(file, "copy_of_request")
    (said,) = events(file, "paper.given")
    assert (said["to"], said["manner"], said["row"]) == ("Alex Doe", "in person", row.pk)


def test_a_statement_with_something_open_is_given_and_stays_due(make: Callable[..., File]) -> None:
    file = make(signed=False)
    answer = file.request.answers.get(superseded_at=None)
    outcomes = {a: answer.decision["actions"][a]["outcome"] for a in ("hold", "notify_release", "transfer")}
    answer.decision["actions"]["notify_release"]["outcome"] = "unknown"
    answer.save()
    assert outcomes["hold"] == "forbidden"
    row = printed(file, "statement_of_intent", "en")
    assert row.said["open"] == ["notify_release"]
    assert "has not decided whether it will tell that agency" in row.text
    printing.give(file.actor, row, to="Alex Doe", how="in person")
    assert owed(file, "statement_of_intent")


def test_a_statement_signed_by_all_says_what_was_chosen_and_under_which_section(file: File) -> None:
    row = printed(file, "statement_of_intent", "en")
    assert row.said["open"] == []
    assert (
        "The jail will not keep you after you would otherwise be free because of this request. (Cal. Gov. Code"
        in row.text
    )
    printing.give(file.actor, row, to="Alex Doe", how="in person")
    assert not owed(file, "statement_of_intent")


def test_the_reply_to_the_agency_waits_for_the_signature(make: Callable[..., File]) -> None:
    file = make(signed=False)
    with pytest.raises(Refused, match="sign it first"):
        printed(file, "reply_to_agency", "en")
    assert not Paper.objects.exists()


def test_a_notice_to_a_lawyer_wants_a_lawyer_or_a_chosen_person(make: Callable[..., File]) -> None:
    file = make(lawyer_name="", lawyer_contact="")
    with pytest.raises(Refused, match="Ask the person"):
        printed(file, "release_notice_lawyer")
    person = file.request.booking.person
    person.designated_name = "Sam Doe"
    person.save()
    row = printed(file, "release_notice_lawyer")
    assert "Sam Doe" in row.text
    assert row.said["recipient"] == "Sam Doe"


def test_papers_to_agencies_are_in_english_and_others_in_the_persons_language(
    make: Callable[..., File],
) -> None:
    file = make(language="vi")
    assert printing.asked_for(file.actor, "copy_of_request", request=file.request).language == "vi"
    assert printing.asked_for(file.actor, "reply_to_agency", request=file.request).language == "en"
    with pytest.raises(Refused, match="expected one of en"):
        printed(file, "reply_to_agency", "vi")


@pytest.mark.parametrize(
    ("to", "minutes", "expected"),
    [("", 0, "found nothing"), ("Alex", 5, "in the future"), ("Alex", -5, "found one before")],
)
def test_what_is_wrong_about_giving_is_refused(file: File, to: str, minutes: int, expected: str) -> None:
    row = printed(file, "copy_of_request")
    with pytest.raises(Refused, match=expected):
        printing.give(file.actor, row, to=to, how="in person", at=file.actor.at + timedelta(minutes=minutes))
    row.refresh_from_db()
    assert row.given_at is None


def test_a_paper_is_given_once_and_by_its_own_agency(file: File) -> None:
    row = printed(file, "copy_of_request")
    other = replace(file.actor, agency=make_agency("Another Jail"))
    with pytest.raises(Refused, match="another agency"):
        printing.give(other, row, to="Alex", how="mail")
    with pytest.raises(Refused, match="another agency"):
        printing.asked_for(other, "copy_of_request", request=file.request)
    printing.give(file.actor, row, to="Alex", how="mail")
    with pytest.raises(Refused, match="given already"):
        printing.give(file.actor, row, to="Alex", how="mail")


def test_a_sign_off_takes_the_mark_of_a_draft_away_until_words_change(
    file: File, counsel: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = replace(file.actor, user=counsel)
    own = texts("es")
    mark = own.words["draft"]
    assert mark in printed(file, "copy_of_request").text
    row = reviewing.sign_off(
        actor, paper="copy_of_request", language="es", sha256=own.sha256("copy_of_request"),
        reviewer="R. Ruiz", standing="court interpreter 301234",
    )  # fmt: skip
    signed = printed(file, "copy_of_request")
    assert not signed.drafted
    assert mark not in signed.text
    assert mark in printed(file, "statement_of_intent").text
    changed = replace(
        own, papers={**own.papers, "copy_of_request": {**own.papers["copy_of_request"], "next": "Otra cosa."}}
    )
    monkeypatch.setattr(reviewing, "texts", lambda language: changed if language == "es" else texts(language))
    assert reviewing.is_draft(file.actor.agency, "copy_of_request", "es")
    state = next(
        s for s in reviewing.states(file.actor.agency) if (s.paper, s.language) == ("copy_of_request", "es")
    )
    assert (state.review, state.before) == (None, row)


def test_words_that_changed_while_they_were_read_are_not_signed(file: File, counsel: User) -> None:
    actor = replace(file.actor, user=counsel)
    with pytest.raises(Refused, match="changed since"):
        reviewing.sign_off(
            actor, paper="copy_of_request", language="es", sha256="0" * 64, reviewer="R", standing="s"
        )
    assert not TranslationReview.objects.exists()


def test_a_change_of_the_english_makes_a_draft_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from bailiwick.papers import texts as module

    before = texts("ko").sha256("consent_to_interview")
    english = texts("en")
    papers = {
        **english.papers,
        "consent_to_interview": {**english.papers["consent_to_interview"], "decline": "No."},
    }
    changed = replace(english, papers=papers)
    real = module.texts
    monkeypatch.setattr(module, "texts", lambda language: changed if language == "en" else real(language))
    assert real("ko").sha256("consent_to_interview") != before


def test_every_translation_is_listed_once(file: File) -> None:
    states = reviewing.states(file.actor.agency)
    assert len(states) == 9 * len(TRANSLATED)
    assert all(state.review is None for state in states)
