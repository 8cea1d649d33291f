"""Story 6. The person and their lawyer ask for the file: a clerk prints it in their language in a real browser, and the file that
comes with it proves each line to the verifier of the documentation."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bailiwick.custody.models import Paper
from bailiwick.desk.clock import standing_at
from bailiwick.papers import printing
from bailiwick.papers.texts import texts
from bailiwick.record.keys import make_key, read_signer
from bailiwick.record.models import Leaf
from tests.accounts.conftest import context, page
from tests.accounts.test_browser import log_in
from tests.conftest import make_agency, make_user
from tests.papers.conftest import AT, make_file
from tests.papers.reading import bare, tags

__all__ = ["context", "page"]

VERIFIER = Path(__file__).parents[2] / "docs/verifier.py"


def test_the_file_is_printed_in_the_persons_language_and_each_line_is_proved(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key("record.example-county.gov")
    monkeypatch.setenv("BAILIWICK_RECORD_KEY", key)
    agency = make_agency(contact="Records desk", telephone="555-0100")
    clerk = make_user(agency, "clerk", "mwong", first_name="Mei", last_name="Wong")
    file = make_file(agency, clerk, language="es")
    copy = printing.print_paper(
        file.actor, printing.asked_for(file.actor, "copy_of_request", request=file.request)
    )
    printing.give(file.actor, copy, to="Alex Doe", how="in person")
    with standing_at(AT):
        log_in(page, "mwong")
        page.goto(f"/bookings/{file.booking.pk}/papers")
        page.get_by_role("link", name="The person's own file").click()
        expect(page.get_by_role("heading", name="Su expediente en esta cárcel")).to_be_visible()
        page.get_by_role("button", name="Print it, Español + English").click()
        expect(page.get_by_role("link", name="Open the PDF")).to_be_visible()
        row = Paper.objects.get(paper="record_extract")
        with page.expect_download() as download:
            page.get_by_role("link", name="Its proof (JSON)").click()
        proof = tmp_path / "proof.json"
        download.value.save_as(proof)
        pdf = page.context.request.get(f"/papers/{row.pk}.pdf").body()
        page.get_by_label("Given to").fill("Pat Lee, lawyer")
        page.get_by_role("button", name="Record the ticked ones as given").click()
        expect(page.get_by_text("Recorded: the paper was given.")).to_be_visible()

    # It says, in their language, what was asked, decided, given, and what was not recorded.
    own = texts("es")
    read = [tag.text for tag in tags(pdf)]
    assert bare("".join(read)) == bare(row.text)
    spanish = "\n".join(row.text.split("\nYour file at this jail\n")[0].split("\n"))
    for section in ("asked", "decided", "given", "stay", "missing"):
        assert own.papers["record_extract"][f"section_{section}"] in spanish
    assert "U.S. Immigration and Customs Enforcement, Los Angeles envió una solicitud sobre usted" in spanish
    assert "1 de marzo de 2026, 21:30 PST" in spanish
    assert "Retenerlo más tiempo: no permitido (Cal. Gov. Code § 7284.6(a)(1)(B)" in spanish
    assert "Mei Wong firmó por la cárcel" in spanish
    assert "La cárcel decidió no retenerlo más tiempo." in spanish
    assert (
        "Se le dio una copia de la solicitud del 1 de marzo de 2026, 21:30 PST el 2 de marzo de 2026, 03:30 PST."
        in spanish
    )
    statement = own.papers["statement_of_intent"]["title"]
    assert f"No consta que se le diera este papel: {statement}." in spanish
    assert "No consta que usted saliera de esta cárcel." in spanish

    # Each line of the record has its number and hash, as they stand in the record.
    lines = re.findall(r"· entrada (\d+) · ([0-9a-f]{64})", spanish)
    assert len(lines) >= 8
    for number, hash_ in lines:
        assert bytes(Leaf.objects.get(number=int(number)).hash).hex() == hash_
    proved = json.loads(proof.read_text(encoding="utf-8"))
    assert {event["number"] for event in proved["events"]} == {int(number) for number, _ in lines}

    # The lawyer checks them with the verifier from the documentation and the county's public key.
    public = str(read_signer(key).verifier)
    good = verify(public, proof)
    assert good.returncode == 0, good.stdout
    assert f"{len(proved['events'])} events of" in good.stdout

    # One entry altered: the verifier names it.
    changed = proved["events"][0]
    changed["body"] = changed["body"].replace("2026", "2025", 1)
    proof.write_text(json.dumps(proved), encoding="utf-8")
    bad = verify(public, proof)
    assert bad.returncode == 1
    assert f"event {changed['number']} was ALTERED" in bad.stdout


def verify(public: str, proof: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, VERIFIER, public, str(proof)], capture_output=True, text=True, check=False
    )


def test_without_a_signed_checkpoint_the_file_is_given_and_says_so(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BAILIWICK_RECORD_KEY", raising=False)
    agency = make_agency()
    clerk = make_user(agency, "clerk", "mwong")
    file = make_file(agency, clerk)
    with standing_at(AT):
        log_in(page, "mwong")
        page.goto(f"/bookings/{file.booking.pk}/papers/record_extract")
        page.get_by_role("button", name="Print it, English").click()
        expect(page.get_by_role("link", name="Open the PDF")).to_be_visible()
        assert "No signed checkpoint covers them yet." in Paper.objects.get().text
        page.get_by_role("link", name="Its proof (JSON)").click()
        expect(page.get_by_text("no signed checkpoint covers these entries yet")).to_be_visible()
