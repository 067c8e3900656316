"""What a graph forgets: articles that are erased for good, and texts that are never kept."""

from __future__ import annotations

import shutil

from kg.errors import GraphError
from kg.graph import erase as erasing
from kg.graph import textless
from kg.graph.files import one, write_connection
from kg.graph.ingest import close_ingest, current_rows, next_seq, retract, settle
from kg.graph.rdf import RdfStore
from kg.graph.review import ReviewStore
from kg.graph.store import IngestReport

__all__ = ["PrivacyStore"]


class PrivacyStore(ReviewStore, RdfStore):
    """The part of a graph that forgets."""

    def remove(
        self, article: str | None = None, source: str | None = None, command: str = "", erase: bool = False
    ) -> IngestReport:
        """Take one article by id, or all articles of a source (a publisher, an input file, or a url's host), out.

        History keeps them: ``as_of`` an earlier day they are still there. With ``erase`` nothing keeps them: they go
        from all tables, from all moments of record time and from the bytes of all files in the graph's directory, with
        the corrections of their words and the actors that only they named. Events that other articles tell of stay, as
        those tell it; of their history only what these articles had no part in. ``removed`` of the report counts the
        articles. One that is ingested again is taken in again.

        Raises:
            GraphError: neither or both are given, nothing matches, or the graph can't be written to.
            StoreBusy: another process is writing.
        """
        if not erase:
            return super().remove(article, source, command)
        if (article is None) == (source is None):
            raise GraphError("remove takes either an article or a source; give one of the two")
        with erasing.rewritten(self.layout, "remove --erase") as connection:
            self.check_schema(connection, write=True)
            rows = connection.execute(
                """
                SELECT DISTINCT id FROM article
                WHERE id = ? OR publisher = ? OR origin_file = ? OR regexp_extract(url, '^[a-z]+://([^/]+)', 1) = ?
                ORDER BY id
                """,
                [article, source, source, source],
            ).fetchall()
            if not rows:
                what = f"article {article!r}" if article is not None else f"source {source!r}"
                raise GraphError(f"{self.directory}: {what} is not in the graph, nor was it ever; nothing to erase")
            seq = next_seq(connection)
            report = IngestReport(removed=len(rows), seq=seq)

            def leave(current: list[str]) -> None:
                settle(connection, retract(connection, current, seq), seq)

            erasing.delete_articles(connection, [row[0] for row in rows], leave)
            report.events = current_rows(connection, "event")
            # The record of it does not name what was erased.
            close_ingest(connection, seq, "remove --erase", None, report)
        for spilled in self.directory.glob("events.*.tmp"):
            shutil.rmtree(spilled, ignore_errors=True)
        self.sync()
        return report

    def keep_no_text(self) -> None:
        """From now on keep of each article its quotes, offsets and links, and a hash of each quote, but no text.

        Title, publisher, date and address stay, so that it can be cited. Texts that the graph has already stay too;
        :meth:`remove` with ``erase`` takes them out. What needs a text (coding anew) can't be done any more.

        Raises:
            StoreBusy: another process is writing.
            GraphError: the graph can't be written to.
        """
        with write_connection(self.layout, "no text") as connection:
            self.check_schema(connection, write=True)
            textless.forbid(connection)

    def without_text(self) -> int:
        """How many articles of the graph are kept without their text."""
        with self.read() as connection:
            row = one(connection, "SELECT count(*) FROM article WHERE retracted IS NULL AND text IS NULL")
        return int(row[0]) if row else 0
