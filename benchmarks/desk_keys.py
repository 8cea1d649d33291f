"""Booking, detainer, decision and papers by keyboard alone: pages, key strokes, and how long each page takes to answer.

    python benchmarks/desk_keys.py [--page docs/benchmarks.md] [--date 2026-11-25]

Starts an embedded PostgreSQL and granian with two workers, and drives Debian's Chromium with the keyboard only: Tab, Shift+Tab,
Enter, Space, arrows, and letters, each counted. Nothing is clicked and no address is typed after log-in. The time of a page is
from the request to the last byte of the document, as the browser measures it (Navigation Timing). Printing makes two PDFs.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from desk_load import server
from measuring import against, at_most_two_cores, options, publish, table

LIMIT_PAGES, LIMIT_MS = 6, 300
PASSWORD = "a long sentence for this measurement"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


class Keyboard:
    """Presses keys, counts them, and notes every page that was answered."""

    def __init__(self, page: Any) -> None:
        self.page, self.strokes, self.pages = page, 0, []  # type: ignore[var-annotated]
        self._at_page = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.strokes += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.strokes += len(text)

    def to(self, name: str) -> None:
        """Tab until the control of this name has the focus; backwards where that is nearer."""
        if self.page.evaluate("document.activeElement === document.body"):
            self.press("Tab")  # from the top, or from the part of the page that its address names
        steps = self.page.evaluate(_NEAREST, name)
        if steps is None:
            raise SystemExit(f"{self.page.url}: no control is named “{name}”")
        for _ in range(abs(steps)):
            self.press("Tab" if steps > 0 else "Shift+Tab")
        found = self.page.evaluate(f"() => document.activeElement && ({_NAME})(document.activeElement)")
        if name.lower() not in (found or "").lower():
            raise SystemExit(f"{self.page.url}: expected the focus on “{name}”, found “{found}”")

    def go(self, name: str) -> None:
        """Enter on a link or a button, and wait for the page that follows."""
        self.to(name)
        with self.page.expect_navigation(wait_until="load"):
            self.press("Enter")
        self.note()

    def note(self) -> None:
        ms = self.page.evaluate(
            "() => { const n = performance.getEntriesByType('navigation')[0]; return n.responseEnd - n.startTime }"
        )
        self.pages.append((self.page.title().partition(" · ")[0], self.strokes - self._at_page, ms))
        self._at_page = self.strokes


_NAME = """(e) => {
  if (e.type === 'radio' || e.type === 'checkbox') {
    const set = e.closest('fieldset'); const legend = set && set.querySelector('legend');
    return (legend && e.type === 'radio' ? legend.textContent : e.labels[0].textContent).trim();
  }
  return ((e.labels && e.labels[0] ? e.labels[0].textContent : e.textContent) || e.getAttribute('aria-label') || '').trim();
}"""
_NEAREST = """(wanted) => {
  const name = NAME;
  const shown = e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden' && !e.disabled;
  const stops = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const all = [...document.querySelectorAll(stops)]
    .filter(shown).filter(e => e.type !== 'radio' || e.checked
      || (![...document.getElementsByName(e.name)].some(o => o.checked) && document.getElementsByName(e.name)[0] === e));
  const now = all.indexOf(document.activeElement);
  const goals = all.map((e, i) => [i, name(e)])
    .filter(([i, n]) => n.toLowerCase().startsWith(wanted.toLowerCase())).map(([i]) => i);
  if (!goals.length) return null;
  const steps = goals.map(i => i - now);
  return steps.sort((a, b) => Math.abs(a) - Math.abs(b))[0];
}""".replace("NAME", _NAME)


def walk(page: Any) -> Keyboard:
    """From the home page to papers given to the person."""
    keys = Keyboard(page)
    keys.note()
    keys.go("New booking")

    keys.write("26-004417")
    keys.to("Family name")
    keys.write("Doe")
    keys.press("Tab")
    keys.write("Alex")
    keys.press("Tab")
    keys.write("5/4/1994")
    keys.press("Tab")
    keys.write("Es")
    keys.to("Section")
    keys.write("PC 484")
    keys.go("Book")

    keys.go("A request came")

    keys.to("Received at")
    keys.write("0:01")
    keys.to("What came with it")
    keys.write("a warrant signed by an")
    for question in ("Is the form signed?", "Is the form complete?"):
        keys.to(question)
        keys.press("ArrowDown")
    keys.to("Box 1: biometric")
    keys.press("Space")
    keys.go("What may we do?")

    for action in ("Hold", "Tell the release date", "Hand over"):
        keys.to(action)
        keys.press("Space" if action != "Hold" else "ArrowDown")
        if action != "Hold":
            keys.press("ArrowDown")
    keys.go("Sign as")
    keys.go("Print all")
    keys.go("Record that they were given")
    return keys


def main() -> int:
    parser = options(__doc__)
    given = parser.parse_args()
    at_most_two_cores()
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("needs Debian's Chromium (apt-get install chromium)")
    with tempfile.TemporaryDirectory(prefix="bailiwick-keys-") as name:
        directory = Path(name)
        directory.chmod(0o711)
        from bailiwick.desk.postgres import embedded

        with embedded(directory / "postgres") as uri:
            os.environ |= {
                "DATABASE_URL": uri, "DJANGO_SETTINGS_MODULE": "bailiwick.desk.settings", "BAILIWICK_TLS": "0",
                "BAILIWICK_SECRET_KEY": "only for this measurement, never for a jail", "BAILIWICK_SECOND_FACTOR": "",
                "BAILIWICK_LIMITS": "off",
            }  # fmt: skip
            make_people()
            with server() as port:
                keys = drive(chromium, port)
    return report(given, keys)


def make_people() -> None:
    """One jail and one clerk."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from bailiwick.custody.models import Agency, User

    call_command("migrate", verbosity=0, interactive=False)
    agency = Agency.objects.create(
        name="Example County Jail", place="us/ca/fresno-county", custodian="county_jail", zone="America/Los_Angeles",
        settings={"facts": {"release.public_information": False}},
    )  # fmt: skip
    User.objects.create_user("clerk", password=PASSWORD, agency=agency, role="clerk")
    connections.close_all()


def drive(chromium: str, port: int) -> Keyboard:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context(base_url=f"http://127.0.0.1:{port}").new_page()
        for path in ("/accounts/login/", "/about"):
            page.goto(path)  # both workers have loaded the lawbook
        page.goto("/accounts/login/")
        page.keyboard.type("clerk")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Log out").wait_for()
        for _ in range(4):
            page.goto("/")
        try:
            return walk(page)
        finally:
            browser.close()


def report(given: Any, keys: Keyboard) -> int:
    distinct = len({title for title, _strokes, _ms in keys.pages})
    slowest = max(ms for _title, _strokes, ms in keys.pages)
    rows = [(title, strokes, f"{ms:.0f}", against(ms, LIMIT_MS, " ms")) for title, strokes, ms in keys.pages]
    text = "\n\n".join(
        (
            f"{distinct} pages ({LIMIT_PAGES} at most), {len(keys.pages)} answers of the server, {keys.strokes} key strokes; "
            f"the slowest answer took {slowest:.0f} ms.",
            table(("page that was answered", "key strokes before it", "ms", "at most"), rows),
        )
    )
    publish(given, "A detainer by keyboard", text)
    return 0 if distinct <= LIMIT_PAGES and slowest <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
