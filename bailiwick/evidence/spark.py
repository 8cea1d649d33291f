"""The counts of a store on Spark: the same statement, over the same files, past one machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bailiwick.engine.bulk_spark import session
from bailiwick.evidence.columns import CANONICAL
from bailiwick.evidence.store import Store

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def count(
    store: Store, release: str, statement: str, master: str | None = None, law: Path | None = None
) -> list[tuple[Any, ...]]:
    """Run a counting statement (`outcomes.statement`) over the detainers of a release, as the view `detainers`.

    Args:
        master: address of the Spark master; none: all cores of this machine. The files of the store must be readable there.
        law: the law's answers (`law.decisions`), to be joined as the view `detainers_law`.

    Raises BadSource where Spark or Java is missing.
    """
    with session(master) as spark:
        detainers = _detainers(spark, store, release)
        detainers.createOrReplaceTempView("detainers")
        if law is not None:
            answers = spark.read.parquet(str(law))
            detainers.join(answers, ["part", "row"], "left").createOrReplaceTempView("detainers_law")
        return [tuple(row) for row in spark.sql(statement).collect()]


def _detainers(spark: SparkSession, store: Store, release: str) -> DataFrame:
    from functools import reduce

    from pyspark.sql import functions as f

    columns = [*CANONICAL["detainers"], "row", "part"]
    frames = [
        # the file alone, so that the folders' names do not become columns of their own
        spark.read.option("recursiveFileLookup", "true").parquet(str(path)).select(*columns)
        for path in store.files("detainers", release)
    ]
    return reduce(lambda a, b: a.unionByName(b), frames).withColumn("release", f.lit(release))
