"""The pages of papers: owed, printed together, opened, recorded as given; translations signed by counsel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from bailiwick.custody.models import Due, Paper, TranslationReview, User
from bailiwick.desk.clock import standing_at
from bailiwick.desk.forms.words import PAPER_NAMES
from bailiwick.desk.templatetags.desk import paper_words
from bailiwick.papers.registry import PAPERS
from bailiwick.papers.texts import texts
from bailiwick.record.models import Event
from tests.papers.conftest import AT, File


@pytest.fixture
def spanish(make: Callable[..., File], client: Client, clerk: User) -> File:
    client.force_login(clerk)
    return make(language="es", given_name="<script>alert(1)</script>")


def address(file: File, rest: str = "") -> str:
    return f"/bookings/{file.booking.pk}/papers{rest}"


def test_both_papers_are_printed_opened_and_recorded_as_given_in_three_steps(
    spanish: File, client: Client
) -> None:
    with standing_at(AT):
        page = client.get(address(spanish)).content.decode()
        assert "Print both, Español + English" in page
        assert "<script>alert" not in page
        names = [f"copy_of_request:{spanish.request.pk}", f"statement_of_intent:{spanish.request.pk}"]
        for name in names:
            assert f'value="{name}"' in page
        answer = client.post(address(spanish, "/print"), {"papers": names, "language": "es"}, follow=True)
        rows = list(Paper.objects.order_by("pk"))
        assert [row.paper for row in rows] == ["copy_of_request", "statement_of_intent"]
        assert "<script>alert(1)</script> Doe" in rows[0].text
        page = answer.content.decode()
        assert all(f'href="/papers/{row.pk}.pdf"' in page for row in rows)
        pdf = client.get(f"/papers/{rows[0].pk}.pdf")
        assert pdf["Content-Type"] == "application/pdf"
        assert pdf.content == bytes(rows[0].pdf)
        assert Event.objects.get(kind="paper.viewed").data["row"] == rows[0].pk
        given = {"paper": [row.pk for row in rows], "to": "Alex Doe", "how": "in person", "at": ""}
        page = client.post(address(spanish, "/given"), given, follow=True).content.decode()
        assert "Recorded: the papers were given." in page
    assert (
        not Due.objects.filter(request=spanish.request, done_at=None, void_at=None).exclude(paper="").exists()
    )


def test_nothing_is_printed_when_one_of_several_cannot_be(spanish: File, client: Client) -> None:
    wanted = [f"copy_of_request:{spanish.request.pk}", "no_such_paper"]
    with standing_at(AT):
        page = client.post(
            address(spanish, "/print"), {"papers": wanted, "language": "es"}, follow=True
        ).content.decode()
    assert "expected one about a file, found &#x27;no_such_paper&#x27;" in page
    assert not Paper.objects.exists()


def test_the_preview_shows_the_words_in_both_languages_and_what_the_clerk_must_know(
    make: Callable[..., File], client: Client, clerk: User
) -> None:
    client.force_login(clerk)
    file = make(language="ar", given_name="ልደት")
    with standing_at(AT):
        page = client.get(address(file, f"/copy_of_request?request={file.request.pk}")).content.decode()
    assert '<section class="sheet" lang="ar" dir="rtl"' in page
    assert texts("ar").papers["copy_of_request"]["title"] in page
    assert "Machine-made draft translation" in page
    assert "U+120D" in page


def test_what_is_missing_for_a_paper_is_said_before_it_is_printed(
    make: Callable[..., File], client: Client, clerk: User
) -> None:
    client.force_login(clerk)
    file = make(lawyer_name="")
    about = f"release_notice_lawyer:{file.request.pk}"
    with standing_at(AT):
        page = client.get(address(file, f"/release_notice_lawyer?request={file.request.pk}")).content.decode()
        refused = client.post(address(file, "/print"), {"papers": about, "language": "en"})
    assert "This paper can&#x27;t be printed yet" in page or "This paper can't be printed yet" in page
    assert "Ask the person and write it in the file." in page
    assert refused.status_code == 422


def test_the_release_date_that_was_told_is_written_in(
    make: Callable[..., File], client: Client, clerk: User
) -> None:
    client.force_login(clerk)
    file = make()
    with standing_at(AT):
        sent = {
            "papers": f"release_notice_person:{file.request.pk}",
            "language": "en",
            "release": "3/9/2026 17:00",
        }
        client.post(address(file, "/print"), sent)
    assert "is, or will be, released on 9 March 2026, 17:00 PDT" in Paper.objects.get().text.replace(
        "you are", "is"
    )


def test_one_paper_is_recorded_as_given_on_its_own_page(
    make: Callable[..., File], client: Client, clerk: User
) -> None:
    client.force_login(clerk)
    file = make()
    with standing_at(AT):
        client.post(
            address(file, "/print"), {"papers": f"copy_of_request:{file.request.pk}", "language": "en"}
        )
        row = Paper.objects.get()
        wrong = client.post(f"/papers/{row.pk}/give", {"to": "", "how": "in person"})
        assert "needs another look" in wrong.content.decode()
        client.post(f"/papers/{row.pk}/give", {"to": "Alex Doe", "how": "in person"})
    row.refresh_from_db()
    assert (row.given_to, row.given_at) == ("Alex Doe", AT)


def test_a_reply_to_a_subpoena_is_printed_by_those_who_answer(
    file: File, client: Client, supervisor: User, clerk: User
) -> None:
    client.force_login(clerk)
    assert client.get(f"/subpoenas/{file.subpoena.pk}/reply").status_code == 403
    client.force_login(supervisor)
    with standing_at(AT):
        page = client.post(f"/subpoenas/{file.subpoena.pk}/reply", follow=True).content.decode()
    assert "Printed. Open the PDF below." in page
    row = Paper.objects.get()
    assert "Answer: No record is given: § 6103 does not apply." in row.text


def test_counsel_reads_a_translation_beside_the_english_and_signs_its_words(
    file: File, client: Client, counsel: User, clerk: User
) -> None:
    client.force_login(clerk)
    assert client.get("/translations").status_code == 403
    client.force_login(counsel)
    page = client.get("/translations/ar/consent_to_interview").content.decode()
    assert texts("ar").papers["consent_to_interview"]["decline"] in page
    assert texts("en").papers["consent_to_interview"]["decline"] in page
    sent = {
        "sha256": texts("ar").sha256("consent_to_interview"),
        "reviewer": "L. Haddad",
        "standing": "court interpreter",
    }
    with standing_at(AT):
        page = client.post("/translations/ar/consent_to_interview", sent, follow=True).content.decode()
    assert "L. Haddad, court interpreter" in page
    row = TranslationReview.objects.get()
    with standing_at(AT):
        client.post(f"/translations/signed/{row.pk}/back")
    row.refresh_from_db()
    assert row.withdrawn_at is not None


def test_every_paper_has_a_name_on_the_pages() -> None:
    assert set(PAPER_NAMES) == set(PAPERS)
    with translation.override("es"):
        assert paper_words("release_notice_lawyer") == "Aviso de salida al abogado"


def test_the_way_to_the_translations_is_shown_to_those_who_sign_them(
    db: None, client: Client, counsel: User, clerk: User
) -> None:
    for user, shown in ((counsel, True), (clerk, False)):
        client.force_login(user)
        assert ('href="/translations"' in client.get("/").content.decode()) is shown
