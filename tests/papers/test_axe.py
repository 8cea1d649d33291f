"""Every page of papers and of translations, in both themes: no finding of axe, nothing wider than the screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bailiwick.custody.acting import Actor
from bailiwick.desk.clock import standing_at
from bailiwick.papers import printing, reviewing
from bailiwick.papers.registry import PAPERS
from bailiwick.papers.texts import texts
from tests.conftest import People, make_agency
from tests.desk.browser import log_in
from tests.papers.conftest import AT, make_file

#: One language of each direction is enough to see the form of the page.
SHOWN = ("es", "ar")


@pytest.fixture
def addresses(transactional_db: str) -> dict[str, list[str]]:
    """Who looks to the pages they may see: each paper before it is printed, waiting, given; words signed and not."""
    agency = make_agency("Los Angeles County Jail", contact="Records desk", telephone="555-0100")
    people = People(agency)
    file = make_file(
        agency,
        people.clerk,
        language="es",
        family_name="A family name as long as names are",
        given_name="ልደት",
    )
    papers = f"/bookings/{file.booking.pk}/papers"
    about = f"?request={file.request.pk}"
    empty = make_file(agency, people.clerk, number="26-004418", signed=False, lawyer_name="")
    printed = [
        printing.print_paper(file.actor, printing.asked_for(file.actor, name, **file.about(name)))
        for name in ("copy_of_request", "statement_of_intent", "record_extract", "subpoena_reply")
    ]
    printing.give(file.actor, printed[0], to="Alex Doe", how="in person")
    lawyer = Actor(agency, AT - timedelta(days=3), people.counsel)
    reviewing.sign_off(
        lawyer, paper="copy_of_request", language="es", sha256=texts("es").sha256("copy_of_request"),
        reviewer="L. Haddad", standing="court interpreter",
    )  # fmt: skip
    of_requests = [name for name, kind in PAPERS.items() if kind.about == "request"]
    return {
        people.supervisor.username: [
            papers,
            f"/bookings/{empty.booking.pk}/papers",
            *(f"{papers}/{name}{about}" for name in of_requests),
            f"{papers}/copy_of_request{about}&language=ar",
            f"{papers}/record_extract",
            f"/bookings/{empty.booking.pk}/papers/release_notice_lawyer?request={empty.request.pk}",
            f"/papers/{printed[0].pk}/give",
            f"/papers/{printed[1].pk}/give",
            f"/papers/{printed[3].pk}/give",
            f"/subpoenas/{file.subpoena.pk}/reply",
        ],
        people.counsel.username: [
            "/translations",
            *(
                f"/translations/{one}/{name}"
                for one in SHOWN
                for name in ("copy_of_request", "record_extract")
            ),
        ],
    }


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    addresses: dict[str, list[str]], chromium: Browser, live_desk: str
) -> None:
    """Each page is loaded once and looked at in both themes, on a desk and on a telephone."""
    axe, found = Axe(), []
    with standing_at(AT):
        for user, urls in addresses.items():
            context = chromium.new_context(base_url=live_desk, reduced_motion="reduce")
            page = context.new_page()
            log_in(page, user)
            for url in urls:
                answer = page.goto(url)
                assert answer is not None
                assert answer.status == 200, url
                for width in (1280, 320):
                    page.set_viewport_size({"width": width, "height": 800})
                    wider = page.evaluate(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                    )
                    if wider > 0:
                        found.append(f"{url}: {wider} pixels wider than {width}")
                    for theme in ("light", "dark"):
                        page.emulate_media(color_scheme=theme)
                        found += [
                            f"{url} {width} {theme}: {one['id']}: {node['html'][:120]}"
                            for one in axe.run(page).response["violations"]
                            for node in one["nodes"]
                        ]
            context.close()
    assert found == []
