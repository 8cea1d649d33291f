"""Spark for the tests: one session on two cores, left running for all tests of a process that want it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.bulk.servers import java


@pytest.fixture(scope="session")
def spark() -> Iterator[None]:
    """A session that the engine finds and uses. Skips where Java or pyspark is missing."""
    if not java():
        pytest.skip("Spark needs Java, and there is none here")
    pytest.importorskip("pyspark", reason="Spark is an optional extra: pip install bailiwick[spark]")
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    options: dict[str, Any] = {
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
    }
    session = SparkSession.builder.master("local[2]").config(map=options).getOrCreate()
    yield
    session.stop()
