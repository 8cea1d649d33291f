"""Every page of the desk in both themes, on a wide and on a narrow screen: no finding of axe, nothing wider than the screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bailiwick.custody import asking
from bailiwick.custody.models import Due
from bailiwick.desk.pages.deeds import DEEDS
from tests.conftest import People, make_agency
from tests.desk.browser import context, log_in, page
from tests.desk.conftest import actor_for, make_booking, make_request

__all__ = ["context", "page"]


@pytest.fixture
def addresses(transactional_db: str) -> tuple[str, list[str]]:
    """Who looks, and every page there is, with something on each."""
    agency = make_agency("Fresno County Jail", "us/ca/fresno-county")
    people = People(agency)
    actor = actor_for(agency, people.supervisor)
    stay = make_booking(
        actor, family_name="A family name as long as names are", given_name="Maximiliano Bartolomé"
    )
    ask = make_request(actor, stay)
    claim = asking.claim_citizenship(actor, stay, says="Born in Fresno.", proof_kind="Passport")
    asking.attach(
        actor,
        name="a-name-of-a-scan-that-is-rather-long-and-without-spaces.pdf",
        media_type="application/pdf",
        content=b"%PDF-1.7",
        request=ask,
    )
    open_stay = make_booking(actor, "26-2", free=None)
    about = {"Booking": stay.pk, "Charge": stay.charges.get().pk, "CitizenClaim": claim.pk, "Request": ask.pk,
             "Ground": open_stay.grounds.get().pk, "Due": Due.objects.filter(kind="paper")[0].pk}  # fmt: skip
    parts = {"Booking": "bookings", "Charge": "charges", "CitizenClaim": "claims", "Request": "requests",
             "Ground": "grounds", "Due": "dues"}  # fmt: skip
    deeds = [f"/{parts[d.of.__name__]}/{about[d.of.__name__]}/{name}" for name, d in DEEDS.items()]
    file = f"/bookings/{stay.pk}"
    return people.supervisor.username, [
        "/", "/due/paper", "/due/counsel", "/find", "/find?q=family", "/find?q=nobody", "/bookings/new", file, f"{file}?all",
        f"/bookings/{open_stay.pk}", f"{file}/request", f"/requests/{ask.pk}", f"{file}/release", *deeds,
    ]  # fmt: skip


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    addresses: tuple[str, list[str]], chromium: Browser, live_desk: str, theme: str, width: int
) -> None:
    user, urls = addresses
    context = chromium.new_context(
        base_url=live_desk,
        color_scheme=theme,
        viewport={"width": width, "height": 800},
        reduced_motion="reduce",
    )  # type: ignore[arg-type]
    page = context.new_page()
    log_in(page, user)
    found = []
    for url in urls:
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        for one in page.locator("details").all():
            one.evaluate("one => one.open = true")
        result = Axe().run(page)
        found += [
            f"{url}: {one['id']}: {node['html'][:120]}"
            for one in result.response["violations"]
            for node in one["nodes"]
        ]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{url}: {wider} pixels wider than the screen")
    context.close()
    assert found == []
