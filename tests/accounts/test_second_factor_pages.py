"""The pages of the second factors: our words in both languages, in both themes, on a telephone; axe finds nothing."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.accounts.test_browser import again, log_in, plug_in_a_security_key
from tests.accounts.test_log_in import totp
from tests.conftest import make_agency, make_user

#: Where somebody with an app and a key gets to; `{key}` is the number of the key.
PAGES = (
    "", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/", "webauthn/add/",
    "webauthn/keys/{key}/edit/", "webauthn/keys/{key}/remove/", "reauthenticate/", "webauthn/reauthenticate/",
)  # fmt: skip
#: How allauth says it.
NOT_OURS = re.compile(
    r"Two-Factor|two-factor|Autenticación de dos|Deactivate|Desactivar|Alternative options|Opciones alternativas|reauthenticate|"
    r"Passkey|Sign In|Iniciar sesión|invalidate|Generate|Generar"
)


def looked_at(page: Page, axe: Axe, path: str) -> list[str]:
    """What is wrong with a page as it stands, in either theme and width."""
    wrong = []
    if found := NOT_OURS.search(page.locator("main").inner_text()):
        wrong.append(f"{path}: says {found[0]}")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{path}: wider than {width} px")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            violations = axe.run(page).response["violations"]
            wrong += [
                f"{path} {width} {theme}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in violations
            ]
    return wrong


def test_every_page_of_second_factors_has_plain_words_and_no_violation(
    page: Page, context: BrowserContext, live_desk: str
) -> None:
    make_user(make_agency(), "clerk", "mwong", first_name="Mei", last_name="Wong")
    plug_in_a_security_key(page, context)
    axe, wrong = Axe(), []
    log_in(page, "mwong")
    page.goto("/accounts/2fa/")
    wrong += looked_at(page, axe, "empty/")
    page.goto("/accounts/2fa/totp/activate/")
    again(page)
    wrong += looked_at(page, axe, "totp/activate/")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is not right.")
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Code").fill(totp(secret))
    page.get_by_role("button", name="Set it up").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Name of the key").fill("Blue key")
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url(lambda url: "add" not in url)
    page.goto("/accounts/2fa/webauthn/")
    key = re.search(r"keys/(\d+)/edit", page.content())
    assert key is not None
    assert "Blue key" in page.locator("main").inner_text()
    for path in PAGES:
        answer = page.goto("/accounts/2fa/" + path.format(key=key[1]))
        assert answer is not None
        assert answer.status == 200, path
        wrong += looked_at(page, axe, path.format(key="key"))
    page.get_by_role("link", name="Español").or_(page.get_by_role("button", name="Español")).first.click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    for path in PAGES:
        page.goto("/accounts/2fa/" + path.format(key=key[1]))
        words = page.locator("main").inner_text()
        if found := NOT_OURS.search(words) or re.search(r"\b(the|your|you|code)\b", words):
            wrong.append(f"{path} in Spanish: says {found[0]}")
    page.get_by_role("button", name="Salir").or_(
        page.get_by_role("button", name="Cerrar sesión")
    ).first.click()
    expect(page.get_by_role("link", name="Iniciar sesión")).to_be_visible()
    page.goto("/language/en")
    log_in(page, "mwong")
    page.wait_for_url("**/2fa/authenticate/")
    wrong += looked_at(page, axe, "authenticate/")
    assert wrong == []
