"""Pictures of the desk for the README, taken from the demonstration in Debian's Chromium.

    python docs/make_screens.py

Starts `bailiwick serve --demo` on loopback, walks to the pages as a supervisor,
and writes docs/images/{home,file,decision,papers}.png.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

IMAGES = Path(__file__).parent / "images"
WAIT = 180


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.5)
    sys.exit(f"expected the demonstration to answer within {WAIT} seconds, it did not")


def said_password(desk: subprocess.Popen[str]) -> str:
    """The password that the demonstration prints at its start."""
    assert desk.stdout is not None
    for line in desk.stdout:
        if "Password" in line:
            return line.partition(":")[2].strip()
    sys.exit("expected the demonstration to print its password, it did not")


def take(port: int, chromium: str, password: str) -> None:
    from playwright.sync_api import sync_playwright

    base = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport={"width": 1180, "height": 820}, device_scale_factor=1)
        page.goto(f"{base}/accounts/login/")
        page.fill("input[name=login]", "supervisor")
        page.fill("input[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{base}/")
        page.screenshot(path=IMAGES / "home.png")
        page.goto(f"{base}/due/fact")
        page.locator("main a[href*='/requests/']").first.click()
        page.wait_for_load_state()
        page.screenshot(path=IMAGES / "decision.png")
        page.locator("main a[href^='/bookings/']").first.click()
        page.wait_for_load_state()
        page.screenshot(path=IMAGES / "file.png")
        page.goto(f"{base}/due/paper")
        page.locator("main a[href$='/papers']").first.click()
        page.wait_for_load_state()
        page.screenshot(path=IMAGES / "papers.png")
        browser.close()


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("expected Debian's Chromium (apt-get install chromium), found none")
    port = free_port()
    desk = subprocess.Popen(
        [sys.executable, "-m", "bailiwick.cli", "serve", "--demo", "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(port)
        take(port, chromium, said_password(desk))
    finally:
        desk.send_signal(signal.SIGTERM)
        desk.wait(40)


if __name__ == "__main__":
    main()
