"""Files and folders wherever Spark finds them: on this machine, HDFS, object stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.errors import SourceError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["delete", "exists", "first_file", "size"]


def _hadoop(spark: SparkSession, path: str) -> tuple[Any, Any]:
    jvm: Any = spark._jvm
    place = jvm.org.apache.hadoop.fs.Path(path)
    return place.getFileSystem(spark._jsc.hadoopConfiguration()), place


def exists(spark: SparkSession, path: str) -> bool:
    """Whether a path is there."""
    system, place = _hadoop(spark, path)
    return bool(system.exists(place))


def size(spark: SparkSession, path: str) -> int:
    """Bytes of everything at a path, which may be a pattern; 0 if there is nothing."""
    system, place = _hadoop(spark, path)
    return sum(int(system.getContentSummary(found.getPath()).getLength()) for found in system.globStatus(place) or ())


def delete(spark: SparkSession, path: str) -> None:
    """Remove a path and what is in it."""
    system, place = _hadoop(spark, path)
    system.delete(place, True)


def first_file(spark: SparkSession, path: str) -> str:
    """The name of some file at a path, which may be a folder or a pattern.

    Raises:
        SourceError: there is none.
    """
    system, place = _hadoop(spark, path)
    for found in system.globStatus(place) or ():
        if not found.isDirectory():
            return str(found.getPath().getName())
        files = system.listFiles(found.getPath(), True)
        while files.hasNext():
            name = str(files.next().getPath().getName())
            if not name.startswith(("_", ".")):
                return name
    raise SourceError(path, "no such file or folder, or nothing in it; check the path")
