"""What the tests of the bulk path share: the lawbook, random cases, a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bailiwick.engine.decide import Decider, decider
from bailiwick.engine.lawbook import Lawbook, default_lawbook
from tests.bulk.servers import NoServer, postgres_server

if TYPE_CHECKING:
    import psycopg


@pytest.fixture(scope="session")
def book() -> Lawbook:
    return default_lawbook()


@pytest.fixture(scope="session")
def single(book: Lawbook) -> Decider:
    """The single path."""
    return decider(book)


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    try:
        with postgres_server() as uri:
            yield uri
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture
def postgres(postgres_uri: str) -> Iterator[psycopg.Connection]:
    """A connection to a database of its own."""
    import psycopg

    with psycopg.connect(postgres_uri, autocommit=True) as connection:
        yield connection
