"""Extraction on one machine: in this process, or in several with bounded queues and results in order."""

from __future__ import annotations

import gc
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import connection, get_context, parent_process
from typing import TYPE_CHECKING

from kg.errors import ExtractError, KgError

if TYPE_CHECKING:
    from kg.extract.pipeline import Extraction, Extractor
    from kg.model import Article, Mention, Role

__all__ = ["CHUNK", "Told", "default_processes", "extract", "failed", "guarded"]

CHUNK = 32
"""Articles that are parsed together, and that a worker gets at a time."""

Result = tuple[tuple["Mention", ...], tuple["Role", ...], str | None]
"""An extraction without its article, which the parent has already."""

_FAILED = "extraction failed"

_worker: Extractor | None = None


@dataclass(slots=True)
class Told:
    """What users are told of articles beside the result: numbers of those not read, and of those with a note."""

    skipped: dict[str, int] = field(default_factory=dict)
    """By reason."""
    notes: dict[str, int] = field(default_factory=dict)
    """By what is to be told of them."""

    def count(self, one: Extraction) -> None:
        """Add an extraction."""
        if one.skipped:
            self.skipped[one.skipped] = self.skipped.get(one.skipped, 0) + 1
        if one.note:
            self.notes[one.note] = self.notes.get(one.note, 0) + 1


def default_processes() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def guarded(articles: Iterable[Article], extractor: Extractor) -> Iterator[Extraction]:
    """Extractions in the order of the articles; an article on which extraction fails is skipped with the reason.

    Raises:
        KgError: a resource is missing, which no other article would be spared from. Any other error too is raised if
            it spares none of several articles that are parsed together.
    """
    source = iter(articles)
    while chunk := list(islice(source, CHUNK)):
        try:
            done = list(extractor.stream(chunk, batch_size=CHUNK))
        except (KgError, OSError, MemoryError):
            raise
        except Exception:  # one article must not cost the others; which one it is shows when each is alone
            done = [_alone(article, extractor) for article in chunk]
            if len(done) > 1 and all(failed(one) for one in done):
                raise
        yield from done


def extract(articles: Iterable[Article], extractor: Extractor, processes: int = 1) -> Iterator[Extraction]:
    """Extractions in the order of the articles, whatever the number of processes.

    With more than one process the models are loaded once before the workers are forked, and at most two chunks for each
    worker are under way, so that memory does not grow with the input.

    Raises:
        ExtractError: the language pipeline can't be loaded, or a worker was ended from outside.
    """
    if processes <= 1:
        yield from guarded(articles, extractor)
        return
    from kg.extract.pipeline import Extraction

    extractor.warm()
    # What is loaded by now stays in pages that all workers share: the collector must not write into them.
    gc.collect()
    gc.freeze()
    method = "fork" if os.name == "posix" else "spawn"
    source = iter(articles)
    pool = ProcessPoolExecutor(processes, get_context(method), _start, (extractor,))
    pending: deque[tuple[list[Article], Future[list[Result]]]] = deque()
    try:
        pool.submit(_work, []).result()  # fork now, before the source opens files or starts threads
        while True:
            while len(pending) < 2 * processes and (chunk := list(islice(source, CHUNK))):
                pending.append((chunk, pool.submit(_work, chunk)))
            if not pending:
                break
            chunk, future = pending.popleft()
            for article, result in zip(chunk, future.result(), strict=True):
                yield Extraction(article, *result)
    except BrokenProcessPool as error:
        what = "a worker process was ended from outside, perhaps for want of memory"
        raise ExtractError(f"{what}; what is done is kept, go on with fewer --processes") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        gc.unfreeze()


def _alone(article: Article, extractor: Extractor) -> Extraction:
    from kg.extract.pipeline import Extraction

    try:
        return extractor.extract(article)
    except (KgError, OSError, MemoryError):
        raise
    except Exception as error:
        return Extraction(article, skipped=f"{_FAILED} ({type(error).__name__}); please report it")


def failed(one: Extraction) -> bool:
    """Whether an article was skipped because extraction failed on it, which another try or machine may not."""
    return one.skipped is not None and one.skipped.startswith(_FAILED)


def _start(extractor: Extractor) -> None:
    import signal

    global _worker
    _worker = extractor
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    """End this worker with its parent, also when that was killed: nobody else would."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _work(articles: Sequence[Article]) -> list[Result]:
    assert _worker is not None
    return [(one.mentions, one.roles, one.skipped) for one in guarded(articles, _worker)]
