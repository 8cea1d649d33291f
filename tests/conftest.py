"""Fixtures of the desk: a real PostgreSQL, made once for a run of the tests, and a small county jail in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

# A busy machine is no failure: time is measured in benchmarks/, never here. A run says what the run before said: other examples
# than the same ones are looked for by `make proof`.
hypothesis_settings.register_profile("bailiwick", deadline=None, derandomize=True)
hypothesis_settings.register_profile("other_examples", deadline=None)
hypothesis_settings.load_profile("bailiwick")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.desk.settings")
os.environ.setdefault("BAILIWICK_SECRET_KEY", "only for the tests, never for a jail")
os.environ.setdefault("BAILIWICK_TLS", "0")
os.environ.setdefault("BAILIWICK_HOSTS", "localhost,127.0.0.1,testserver")
os.environ.setdefault("BAILIWICK_EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
# Playwright keeps a loop in the test's thread, where Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
# Most tests log in without a second factor and from one address; those about either set them.
os.environ.setdefault("BAILIWICK_SECOND_FACTOR", "")
os.environ.setdefault("BAILIWICK_LIMITS", "off")
os.environ.pop("DATABASE_URL", None)
# Named here, connected to by the fixture: models are imported before any server runs.
os.environ["DATABASE_URL"] = "postgresql://postgres@/desk?host=/nonexistent"

import django

django.setup()

from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from bailiwick.custody.models import Agency, Role, User
from bailiwick.desk.postgres import embedded
from bailiwick.desk.settings import _database
from tests.serving import serving

PASSWORD = "a long sentence for the tests"


def _point_at(url: str) -> None:
    """Let Django's default connection, in every thread from now on, mean this database."""
    connections.close_all()
    django_settings.DATABASES = {"default": _database(url)}
    connections.settings = connections.configure_settings(django_settings.DATABASES)
    del connections["default"]


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
    import psycopg

    with embedded() as uri:
        with psycopg.connect(uri, autocommit=True) as admin:
            for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                admin.execute("ALTER SYSTEM SET " + setting)
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("CREATE DATABASE empty_desk")
        _point_at(_named(uri, "empty_desk"))
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
        _fresh(uri)
        _point_at(_named(uri, "desk"))
        try:
            yield uri
        finally:
            connections.close_all()


def _named(uri: str, name: str) -> str:
    head, _, query = uri.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}?{query}"


def _fresh(uri: str) -> None:
    """A new copy of the empty, migrated database."""
    import psycopg

    with psycopg.connect(uri, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS desk WITH (FORCE)")
        admin.execute("CREATE DATABASE desk TEMPLATE empty_desk")


@pytest.fixture
def db(_server: str) -> Iterator[None]:
    """The test runs inside one transaction that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def transactional_db(_server: str) -> Iterator[str]:
    """Commits are real; afterwards the database is made anew. Gives its address."""
    yield _named(_server, "desk")
    connections.close_all()
    _fresh(_server)


def make_agency(
    name: str = "Example County Jail", place: str = "us/ca/los-angeles-county", **more: Any
) -> Agency:
    words = {"custodian": "county_jail", "zone": "America/Los_Angeles"} | more
    return Agency.objects.create(name=name, place=place, **words)


def make_user(agency: Agency | None, role: str, username: str | None = None, **more: Any) -> User:
    user = User(username=username or role, agency=agency, role=role, last_active_at=timezone.now(), **more)
    user.set_password(PASSWORD)
    user.save()
    return user


class People:
    """One person in every role of an agency; made when first asked for."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency

    def __getattr__(self, role: str) -> User:
        user = User.objects.filter(agency=self.agency, role=role).first()
        return user or make_user(self.agency, role, f"{role}-{self.agency.pk}")


@pytest.fixture
def agency(request: pytest.FixtureRequest) -> Agency:
    """Example County Jail in Los Angeles County. Ask for `db` or `transactional_db` too; without either, `db` is meant."""
    if "transactional_db" not in request.fixturenames:
        request.getfixturevalue("db")
    return make_agency()


@pytest.fixture
def people(agency: Agency) -> People:
    return People(agency)


@pytest.fixture
def clerk(people: People) -> User:
    return people.clerk


@pytest.fixture
def supervisor(people: People) -> User:
    return people.supervisor


@pytest.fixture
def counsel(people: People) -> User:
    return people.counsel


@pytest.fixture
def actor(agency: Agency, clerk: User) -> Any:
    """The clerk, now."""
    from bailiwick.custody.acting import Actor

    return Actor(agency, timezone.now(), clerk)


@pytest.fixture
def client(db: None) -> Client:
    return Client()


@pytest.fixture(scope="session")
def _desk_address(_server: str) -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def live_desk(transactional_db: str, _desk_address: str) -> str:
    """The address of the desk on loopback, over the test's database. `standing_at` sets its clock: it is the same process."""
    return _desk_address


CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def launch(playwright: Any) -> Any:
    """Debian's Chromium, or the test is skipped and says what to install."""
    from playwright.sync_api import expect

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("needs Debian's Chromium (apt-get install chromium)")
    expect.set_options(timeout=15_000)  # as long as a click may wait: a busy machine is no failure
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)


@pytest.fixture(scope="session")
def chromium(_server: str) -> Iterator[Any]:
    """A browser, one for a run of the tests: Playwright allows one loop in a thread. It comes after the server: Django keeps
    other connections where a loop runs."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


__all__ = ["PASSWORD", "People", "Role", "make_agency", "make_user"]
