"""Every page of the desk, walked by somebody in each role."""

from __future__ import annotations

from typing import Any

from bailiwick.custody.models import Booking, Request
from tests.desk.conftest import text


def test_the_thin_path(desk: Any, booking: Booking, ask: Request) -> None:
    clerk = desk("clerk")
    home = text(clerk.get("/"))
    assert "What is due?" in home
    assert "26-004417" in home
    assert "running 2 min" in home
    file, asked = f"/bookings/{booking.pk}", f"/requests/{ask.pk}"
    searches = [f"/find?q={words}" for words in ("", "doe", "alex", "26-0", "5/4/1994")]
    pages = [
        "/due/sign",
        "/due/must_be_free",
        "/bookings/new",
        file,
        f"{file}?all",
        f"{file}/request",
        asked,
        f"{file}/release",
    ]
    for url in (*searches, *pages):
        answer = clerk.get(url)
        assert answer.status_code == 200, url
        assert "26-004417" in text(answer) or url == "/bookings/new", url
