"""What is due? The home page and the lists behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bailiwick.custody import clocks
from bailiwick.custody.models import Agency, Booking, Due, Request
from bailiwick.desk.clock import standing_at
from tests.conftest import People
from tests.desk.conftest import FREE, NOW, actor_for, make_booking, text


def test_who_must_be_free_stands_first_with_name_and_running_time(desk: Any, booking: Booking) -> None:
    page = desk("clerk").get("/").content.decode()
    assert "running 2 min" in page
    assert page.index("Must be free") < page.index("Alex Doe") < page.index("Due next")
    assert 'class="late"' not in page


def test_red_is_for_a_clock_that_has_run_out(desk: Any, booking: Booking) -> None:
    with standing_at(FREE + timedelta(hours=2)):
        page = desk("clerk").get("/").content.decode()
    assert '<span class="late">2 h ago</span>' in page


def test_every_queue_is_shown_and_each_is_a_link_to_its_list(desk: Any, agency: Agency) -> None:
    supervisor = desk("supervisor")
    page = supervisor.get("/").content.decode()
    for kind in ("sign", "fact", "second_person", "counsel", "citizen_claim", "import", "log_review"):
        assert f'id="queue-{kind}" class="none"><strong class="n">0</strong>' in page
    assert "/due/counsel" in page
    assert text(supervisor.get("/due/counsel")).count("Nothing.") == 1


def test_concerns_are_counted_for_the_compliance_officer_alone(desk: Any, people: People) -> None:
    assert b"queue-concern" not in desk("supervisor").get("/").content
    people.supervisor.compliance_officer = True
    type(people.supervisor).objects.filter(pk=people.supervisor.pk).update(compliance_officer=True)
    assert b"queue-concern" in desk("supervisor").get("/").content


def test_with_nothing_due_the_page_says_so_and_what_comes_next(
    desk: Any, agency: Agency, people: People
) -> None:
    assert "Nothing is due in the next 12 hours, and nothing after that." in text(desk("clerk").get("/"))
    actor = actor_for(agency, people.clerk)
    clocks.owe(
        actor, kind=Due.Kind.NOTICE, source="x", what="tell the court", since=NOW, due_at=NOW + timedelta(hours=13),
        booking=make_booking(actor, free=None),
    )  # fmt: skip
    page = text(desk("clerk").get("/"))
    assert "Nothing is due in the next 12 hours; the next thing is 2 March 2026, 16:22 PST" in page
    assert "tell the court" in page


def test_something_due_within_twelve_hours_is_not_nothing(desk: Any, ask: Request) -> None:
    assert "Nothing is due" not in text(desk("clerk").get("/"))


@pytest.mark.parametrize("kind", ["sign", "paper", "must_be_free"])
def test_a_list_shows_what_is_on_it(desk: Any, ask: Request, kind: str) -> None:
    assert "26-004417" in text(desk("auditor").get(f"/due/{kind}"))


def test_a_list_that_does_not_exist_is_not_found(desk: Any, agency: Agency) -> None:
    assert desk("clerk").get("/due/nothing").status_code == 404


def test_the_page_looks_again_by_itself_without_keeping_the_screen_open(desk: Any, agency: Agency) -> None:
    page = desk("clerk").get("/").content.decode()
    assert "http-equiv" not in page
    assert 'hx-trigger="every 30s"' in page
    assert "X-By-Itself" in page


def test_who_sees_no_files_gets_the_public_page(desk: Any, client: Any, agency: Agency) -> None:
    for browser in (client, desk("reporter"), desk("administrator")):
        assert "What may a jail do" in text(browser.get("/"))
