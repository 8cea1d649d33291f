"""Log-in in a real browser: by keyboard, with an authenticator app, with a security key; the lock of the screen; every page of
this part looked through by axe in both themes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bailiwick.custody import concerns, subpoenas
from bailiwick.custody.acting import Actor
from bailiwick.custody.models import Concern, Draft, LogIn, User
from tests.accounts.test_log_in import totp
from tests.conftest import PASSWORD, make_agency, make_user
from tests.desk.conftest import make_booking


@pytest.fixture
def clerk(live_desk: str) -> User:
    return make_user(make_agency(), "clerk", "mwong", first_name="Mei", last_name="Wong")


def log_in(page: Page, username: str) -> None:
    """By keyboard alone: the name has the focus, Enter sends."""
    page.goto("/accounts/login/")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()


def again(page: Page) -> None:
    """allauth asks for the password once more before second factors change."""
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Password").press("Enter")
        page.wait_for_url(lambda url: "reauthenticate" not in url)


def test_an_authenticator_app_is_added_and_then_asked_for(
    page: Page, context: BrowserContext, clerk: User
) -> None:
    log_in(page, "mwong")
    page.goto("/accounts/2fa/totp/activate/")
    again(page)
    secret = page.locator("#authenticator_secret").inner_text()
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    page.get_by_label("Code").fill(totp(secret))
    page.get_by_role("button", name="Set it up").click()
    page.wait_for_url("**/recovery-codes/")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    log_out(page)
    log_in(page, "mwong")
    page.wait_for_url("**/2fa/authenticate/")
    page.get_by_label("Code").fill("000000")
    page.get_by_label("Code").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_label("Code").press("Enter")
    page.wait_for_url(lambda url: "2fa" not in url)
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def plug_in_a_security_key(page: Page, context: BrowserContext) -> None:
    """Give the browser a key that answers by itself, as if it were touched."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_security_key_is_added_and_then_asked_for(page: Page, context: BrowserContext, clerk: User) -> None:
    plug_in_a_security_key(page, context)
    log_in(page, "mwong")
    page.goto("/accounts/2fa/webauthn/add/")
    again(page)
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/")
    log_out(page)
    log_in(page, "mwong")
    page.wait_for_url("**/2fa/authenticate/")
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url(lambda url: "2fa" not in url)
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    assert LogIn.objects.filter(user=clerk, succeeded=True).order_by("-at")[0].how == "second factor"


def test_the_screen_locks_by_itself_and_what_was_typed_comes_back(page: Page, clerk: User) -> None:
    log_in(page, "mwong")
    page.clock.install()
    page.goto("/account")
    page.get_by_label("What the token is for").fill("night export")
    page.clock.fast_forward(28 * 60_000 + 6_000)
    expect(page.get_by_text("The screen locks in 2 minutes")).to_be_visible()
    page.keyboard.press("Shift")
    expect(page.get_by_text("The screen locks in 2 minutes")).to_be_hidden()
    page.clock.fast_forward(30 * 60_000 + 6_000)
    page.wait_for_url("**/accounts/unlock/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("The screen is locked")
    assert "Account" not in page.locator("header nav").all_inner_texts()
    page.goto("/account")
    page.wait_for_url("**/accounts/unlock/**")
    page.goto("/accounts/unlock/?next=/drafts")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    page.wait_for_url("**/drafts")
    expect(page.get_by_text("night export")).to_be_visible()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("This is the only time it is shown")).to_be_visible()
    assert list(Draft.objects.values_list("form", "data")) == []


def test_of_a_chosen_scan_the_name_goes_along_when_the_screen_locks_or_a_form_is_kept(
    page: Page, live_desk: str
) -> None:
    agency = make_agency()
    clerk = make_user(agency, "clerk", "mwong")
    stay = make_booking(Actor(agency, timezone.now(), clerk))
    log_in(page, "mwong")
    page.clock.install()
    bodies: list[bytes] = []
    page.on("request", lambda asked: bodies.append(asked.post_data_buffer or b""))
    scan = {"name": "detainer 7.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 Atlantis"}
    page.goto(f"/bookings/{stay.pk}/request")
    page.get_by_label("Scan of the paper").set_input_files(scan)  # type: ignore[arg-type]
    with page.expect_response("**/drafts/keep"):
        page.clock.fast_forward(3_000)
    assert Draft.objects.get().data["_file:scan"] == ["detainer 7.pdf"]
    page.clock.fast_forward(31 * 60_000)
    page.wait_for_url("**/accounts/unlock/**")
    assert Draft.objects.get().data["_file:scan"] == ["detainer 7.pdf"]
    assert not any(b"Atlantis" in body for body in bodies)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    page.wait_for_url("**/drafts")
    page.get_by_label("Choose “detainer 7.pdf” again").set_input_files(scan)  # type: ignore[arg-type]
    assert Axe().run(page).response["violations"] == []
    page.goto(f"/bookings/{stay.pk}/request")
    expect(page.get_by_text("The file “detainer 7.pdf” was chosen and is not kept")).to_be_visible()


def test_the_pages_work_without_javascript(chromium: Any, live_desk: str, clerk: User) -> None:
    context = chromium.new_context(base_url=live_desk, java_script_enabled=False)
    page = context.new_page()
    log_in(page, "mwong")
    page.goto("/account")
    page.get_by_role("button", name="Lock the screen").click()
    page.wait_for_url("**/accounts/unlock/**")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    page.wait_for_url(lambda url: "unlock" not in url)
    page.goto("/account")
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    context.close()


def test_axe_finds_nothing_in_either_theme_and_nothing_is_wider_than_a_phone(
    page: Page, live_desk: str
) -> None:
    agency = make_agency()
    administrator = make_user(agency, "administrator", "akim", first_name="Ana", last_name="Kim")
    locked = make_user(agency, "clerk", "mwong", first_name="Mei", last_name="Wong", locked_at=timezone.now())
    supervisor = make_user(
        agency, "supervisor", "jroe", first_name="Jo", last_name="Roe", compliance_officer=True
    )
    at = timezone.now()
    late = subpoenas.take_in(
        Actor(agency, at, supervisor), number="0092", kind="administrative_subpoena", issued_by="Department of Homeland Security",
        received_at=at - timedelta(days=3), return_at=at - timedelta(hours=2), named_person="Alex Doe",
    )  # fmt: skip
    concerns.report(Actor(agency, at, how="concern"), about="other", says="Something.")
    concern = Concern.objects.get()
    pages = {
        "": ("/accounts/login/", "/concern", "/concern/answer"),
        administrator.username: (
            "/account", "/people", "/people/new", f"/people/{locked.pk}", "/agency", "/accounts/password/change/",
            "/accounts/2fa/",
        ),
        supervisor.username: (
            "/log", "/log/review", "/subpoenas", "/subpoenas/new", f"/subpoenas/{late.pk}", "/concerns", "/drafts",
            f"/concerns/{concern.pk}",
        ),
    }  # fmt: skip
    axe, wrong = Axe(), []
    for username, paths in pages.items():
        if username:
            page.context.clear_cookies()
            log_in(page, username)
        for path in paths:
            page.set_viewport_size({"width": 320, "height": 800})
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            if page.evaluate("document.documentElement.scrollWidth") > 320:
                wrong.append(f"{path}: wider than 320 px")
            page.set_viewport_size({"width": 1280, "height": 800})
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                found = axe.run(page).response["violations"]
                wrong += [f"{path} {theme}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]
    assert wrong == []
