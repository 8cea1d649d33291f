"""Every address × everybody: what is open to whom, as `matrix.yaml` declares. Each cell is asked for real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver

from tests.rights.world import ROLES, Somebody, World, world

TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8")
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WORDS = {"nobody", "all", "closed", "officer", *ROLES}


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address of the project, as the table of addresses writes it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)


@dataclass(frozen=True)
class Place:
    """One row of the table."""

    route: str

    @property
    def row(self) -> dict[str, Any]:
        return TABLE[self.route]

    @property
    def program(self) -> bool:
        return self.route.startswith("api/")

    @property
    def names_a_thing(self) -> bool:
        return any(isinstance(self.row.get(name), str) for name in self._parameters())

    def _parameters(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.route)

    def path(self, things: dict[str, int]) -> str:
        path = re.sub(r"\(\?P<(\w+)>.*?\)(?=/|\$|$)", r"<\1>", self.route).replace("^", "").replace("$", "")
        for name in self._parameters():
            given = self.row[name]
            value = (
                given["as"] if isinstance(given, dict) else things[given] if isinstance(given, str) else given
            )
            path = re.sub(rf"<(\w+:)?{name}>", str(value), path)
        query = self.row.get("query")
        return f"/{path}?{query}" if query else f"/{path}"

    def who(self, method: str) -> set[str]:
        """The names of the people it is open to."""
        words = set(str(self.row.get(method, "closed")).split())
        assert words <= WORDS, f"{self.route} {method}: {words - WORDS}"
        if "nobody" in words:
            return {"nobody", "officer", "disabled", *ROLES}
        if "all" in words:
            return {"officer", *ROLES}
        words -= {"closed"}
        return words | ({"officer"} if "reporter" in words else set())


def is_open(answer: Any) -> bool:
    """Whether an answer let somebody through. Sent to the log-in page is not."""
    if answer.status_code in (301, 302) and answer["Location"].partition("?")[0] == "/accounts/login/":
        return False
    return answer.status_code not in (401, 403, 404, 405)


@pytest.fixture(scope="module")
def here(_server: str) -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture(autouse=True)
def _one_cell(here: World) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(who: Somebody, method: str, place: Place, here: World, **more: Any) -> Any:
    """One cell; what it changed is undone."""
    body = place.row.get("body", {}) if method != "GET" else None
    with transaction.atomic():
        answer = who.ask(method, place.path(here.things), body=body, program=place.program, **more)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


PLACES = [Place(route) for route in TABLE]
ids = [place.route or "/" for place in PLACES]


def test_every_address_stands_in_the_table_and_nothing_else_does() -> None:
    text = Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8")
    rows = re.findall(r'^(?!#)"?(.*?)"?:(?: |$)', text, re.MULTILINE)
    top = [row for row in rows if not row.startswith(" ")]
    assert len(top) == len(set(top)), "an address has two rows"
    found = set(routes())
    assert sorted(found - set(TABLE)) == [], "addresses without a row in matrix.yaml"
    assert sorted(set(TABLE) - found) == [], "rows in matrix.yaml without an address"


@pytest.mark.parametrize("place", PLACES, ids=ids)
def test_it_is_open_to_whom_the_table_says_and_to_nobody_else(place: Place, here: World) -> None:
    wrong = []
    for method in METHODS[:2] if not place.program else METHODS:
        allowed = place.who(method)
        if method not in place.row:
            # Not offered: asked by one who may do most, and by nobody.
            for name in ("supervisor", "nobody"):
                answer = ask(here.people[name], method, place, here)
                if is_open(answer):
                    wrong.append(f"{method} {name}: expected refused, found {answer.status_code}")
            continue
        for name, who in here.people.items():
            answer = ask(who, method, place, here)
            said = f"{method} {name}: found {answer.status_code} {answer.headers.get('Location', '')}"
            if answer.status_code >= 500:
                wrong.append(f"{said}: it failed")
            elif (name in allowed) != is_open(answer):
                wrong.append(f"{said}: expected {'open' if name in allowed else 'refused'}")
    assert wrong == []


@pytest.mark.parametrize("place", [p for p in PLACES if p.names_a_thing], ids=lambda p: p.route)
def test_what_belongs_to_another_agency_is_not_found(place: Place, here: World) -> None:
    wrong = []
    for method in METHODS:
        allowed = place.who(method)
        for name in sorted(allowed & set(here.elsewhere)):
            answer = ask(here.elsewhere[name], method, place, here)
            if answer.status_code != 404:
                wrong.append(f"{method} {name} of another agency: expected 404, found {answer.status_code}")
    assert wrong == []


FORMS = [p for p in PLACES if "POST" in p.row and not p.program and p.row.get("token") != "none"]


@pytest.mark.parametrize("place", FORMS, ids=lambda p: p.route)
def test_a_form_without_its_token_is_refused(place: Place, here: World) -> None:
    for name in sorted(place.who("POST") - {"disabled"}):
        answer = ask(here.people[name], "POST", place, here, checks=True)
        assert answer.status_code == 403, (name, answer.status_code)


#: Written down by a look, and by nothing else: who looked.
_LOOKS = "kind NOT IN ('file.seen', 'file.viewed', 'export.made', 'paper.viewed')"


def state() -> dict[str, str]:
    """A fingerprint of every table of ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(custody|mfa)_'"
        )
        tables = [row[0] for row in cursor.fetchall()]
        row = "(to_jsonb(x) - 'last_active_at' - 'last_used_at')::text"  # when somebody was last at work is no change
        parts = [
            f"SELECT '{t}', md5(coalesce(string_agg({row}, '|' ORDER BY {row}), '')) FROM {t} x"
            for t in tables
        ]
        parts.append(f"SELECT 'record', count(*)::text FROM record_event WHERE {_LOOKS}")
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def test_looking_changes_nothing(here: World) -> None:
    wrong = []
    for place in PLACES:
        names = place.who("GET")
        name = next(
            (one for one in ("supervisor", "administrator", "clerk", "officer", "nobody") if one in names),
            None,
        )
        if name is None:
            continue
        before = state()
        with transaction.atomic():
            here.people[name].ask("GET", place.path(here.things), program=place.program)
            after = state()
            transaction.set_rollback(True)
        changed = [t for t in before if before[t] != after[t] and t != place.row.get("looks")]
        wrong += [f"GET {place.route} changed {', '.join(changed)}"] if changed else []
    assert wrong == []
