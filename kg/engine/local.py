"""Extraction on one machine: in this process, or in several with bounded queues and results in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.extract.pipeline import Extraction, Extractor
    from kg.model import Article

__all__ = ["CHUNK", "default_processes", "extract"]

CHUNK = 32
"""Articles that a worker gets at a time."""

_worker: Extractor | None = None


def default_processes() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _start(extractor: Extractor) -> None:
    global _worker
    _worker = extractor


def _work(articles: list[Article]) -> list[Extraction]:
    assert _worker is not None
    return list(_worker.stream(articles, batch_size=CHUNK))


def extract(articles: Iterable[Article], extractor: Extractor, processes: int = 1) -> Iterator[Extraction]:
    """Extractions in the order of the articles, whatever the number of processes.

    With more than one process the models are loaded once before the workers are forked, and at most two chunks for each
    worker are under way, so that memory does not grow with the input.
    """
    if processes <= 1:
        yield from extractor.stream(articles, batch_size=CHUNK)
        return
    extractor.warm()
    method = "fork" if os.name == "posix" else "spawn"
    source = iter(articles)
    with ProcessPoolExecutor(processes, get_context(method), _start, (extractor,)) as pool:
        pending: deque[Future[list[Extraction]]] = deque()
        try:
            while True:
                while len(pending) < 2 * processes and (chunk := list(islice(source, CHUNK))):
                    pending.append(pool.submit(_work, chunk))
                if not pending:
                    return
                yield from pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()
