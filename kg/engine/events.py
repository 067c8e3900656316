"""What a cluster extracted as a table of events, made on one machine without keeping a graph."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import kg.graph
from kg.engine.load import load
from kg.errors import SourceError
from kg.graph.consolidate import EVENT_COLUMNS

if TYPE_CHECKING:
    from kg.graph.versions import Item

__all__ = ["consolidate"]

_TABLES = {
    "events": ("event", ", ".join(EVENT_COLUMNS), "source, target, begin_day, id"),
    "event_mentions": ("event_mention", "event, mention", "event, mention"),
}


def consolidate(
    folder: Path, output: Path, *, watch: Callable[[Iterable[Item]], Iterable[Item]] = lambda items: items
) -> tuple[int, int]:
    """Write the tables of :func:`kg.engine.spark_events.consolidate_on_spark` by a graph that is removed afterwards.

    Returns the numbers of events and mentions; ``watch`` sees the articles go by (for progress).

    Raises:
        SourceError: ``folder`` is no result of an extraction by Spark, or ``output`` is there already.
        GraphError: there is not enough room beside ``output``.
    """
    import pyarrow.parquet as pq

    if output.exists():
        raise SourceError(str(output), "is there already; choose another output, or remove it")
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".kg-") as name:
        graph = kg.graph.open(Path(name) / "graph", create=True)
        load(graph, folder, lambda ids: (), command="consolidate", watch=watch)
        made = Path(name) / "made"
        counts = []
        with graph.read() as connection:
            for table, (kept, columns, order) in _TABLES.items():
                query = f"SELECT {columns} FROM {kept} WHERE retracted IS NULL ORDER BY {order}"  # noqa: S608 (names)
                (made / table).mkdir(parents=True)
                reader = connection.sql(query).to_arrow_reader(100_000)
                with pq.ParquetWriter(made / table / "part-0.parquet", reader.schema) as writer:
                    rows = 0
                    for batch in reader:
                        writer.write_batch(batch)
                        rows += batch.num_rows
                counts.append(rows)
        # The output appears when it is whole.
        made.rename(output)
    return counts[0], counts[1]
