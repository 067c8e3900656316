"""Throws damaged and made-up input at every reader and looks for crashes, hangs and growth of memory.

    python benchmarks/fuzz.py                       two minutes, all targets, a mutation fuzzer of our own
    python benchmarks/fuzz.py --seconds 600 html feed
    python benchmarks/fuzz.py --atheris html        guided by coverage, where atheris is installed (pip install atheris)

A reader must end each input in articles or in named problems; an exception that is not ours, more than ten seconds
for one input, or 500 MB more memory over all of them is a finding. The input is kept beside this file's working
directory as `fuzz-<target>-<hash>`, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import gzip
import hashlib
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kg.errors import KgError
from kg.sources import FORMATS, ReadReport, read

SAMPLES = Path(__file__).parent.parent / "tests" / "sources" / "samples"
PATIENCE = 10
GROWTH = 500 << 20
LONGEST = 200_000
DAY = dt.date(2023, 3, 16)

NASTY = [
    b"\0", b"\0" * 100, b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"PK\x03\x04", b"\xed\xa0\x80",
    b"\\ud800",
    b"&#xD800;", b"&#0;", b"&#x110000;", b"&#99999999999;", b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xd7\xa9\xd7\x9c",
    b"<!ENTITY a 'b'>", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", b"&b;", b"<![CDATA[", b"]]>",
    b"<!--",
    b"<div>" * 300, b"<" * 500, b"[" * 3000, b'{"a":' * 2000, b'"' * 99, b"," * 999, b"\r", b"\r\n\r\n", b"\t" * 50,
    b"\x1b[2J",
    b"0000-00-00", b"2023-02-31", b"99999-01-01", b"-0001-01-01", b"2023-03-16T25:61:61+99:99", b"1e400", b"NaN",
    b"2023-03-16T23:59:60Z", b"2023-03-16T00:00:00-14:00", b"9" * 400, b"\xcc\x81" * 200, b"javascript:alert(1)",
    b"file:///",
    b"=cmd|'/C calc'!A0", b"../../etc/passwd", b"---\n", b"&a [*a,*a,*a]", b"!!python/object:os.system", b"\xc3",
    b"\x80" * 9,
    b"<script>", b"</", b"a" * 5000, b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"Content-Length: -1\r\n",
]  # fmt: skip


def seeds(name: str) -> list[bytes]:
    """Good files of a format."""
    own = [path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.stem.startswith(name)]
    return own or [path.read_bytes() for path in sorted(SAMPLES.iterdir())]


def reader(name: str) -> Callable[[bytes], None]:
    """Reads the bytes as a file of one format, chosen by name and by content."""
    ending = (*FORMATS[name].suffixes, "")[0]

    def go(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"a{ending}"
            path.write_bytes(data)
            for format_ in (name, None):
                report = ReadReport()
                count = 0
                for article in read(path, format=format_, report=report):
                    count += 1
                    assert 1800 <= article.published.year <= 2100
                    (article.id + article.title + article.text).encode()
                    json.dumps(article.extra, allow_nan=False)
                assert count or report.problems, "neither an article nor a problem"
                for problem in report.problems:
                    assert "please report it" not in str(problem), str(problem)
                    assert str(problem).isprintable(), str(problem)

    return go


def packed(data: bytes) -> None:
    """A gzip file that may be damaged, with JSON lines in it."""
    raw = bytearray(gzip.compress(data))
    for place in data[:3]:
        raw[place % len(raw)] ^= 0x40
    reader("jsonl")(bytes(raw[: len(raw) - (data[3] if len(data) > 3 else 0) % 16]))


def imported(suffix: str) -> Callable[[bytes], None]:
    """A file for `kg import`."""

    def go(data: bytes) -> None:
        from kg.formats.plover_jsonl import read_graph
        from kg.formats.tables import read_table

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"a{suffix}"
            path.write_bytes(data)
            with contextlib.suppress(KgError):
                list(read_graph(path) if suffix == ".jsonl" else read_table(path))

    return go


def dates(data: bytes) -> None:
    """Time expressions in any text: inside it, in order of their kind, with sane days."""
    from kg.extract.time import tag

    text = data.decode("utf-8", "replace")[:20_000]
    for found in tag(text, DAY):
        assert 0 <= found.start < found.end <= len(text)


def bytes_to_text(data: bytes) -> None:
    """Encodings, declared or not."""
    from kg.sources.encoding import UndecodableError, decode

    for declared in (None, "utf-16", "shift_jis", "iso-2022-kr", "hz", "utf-7", "x" * 99):
        with contextlib.suppress(UndecodableError):
            decode(data, declared).encode("utf-8", "surrogatepass")


def sparql(data: bytes) -> None:
    """The guard and the binding of parameters: an error of ours or a text, whatever the query."""
    from kg.graph.sparql import bind, guard, literal

    text = data.decode("utf-8", "replace")
    with contextlib.suppress(KgError):
        guard(text)
        bind(text, {"who": literal(text[:50])})


def targets() -> dict[str, tuple[Callable[[bytes], None], list[bytes]]]:
    found = {name: (reader(name), seeds(name)) for name in FORMATS}
    found["gzip"] = (packed, seeds("jsonl"))
    found["import-jsonl"] = (imported(".jsonl"), [b'{"id": "x", "article_info": {}}\n', b"{}\n"])
    found["import-csv"] = (imported(".csv"), [b"source,target,category,begin\nJPN,KOR,CONSULT,2023-03-16\n"])
    found["import-parquet"] = (imported(".parquet"), [b"PAR1" + b"\0" * 40 + b"PAR1"])
    phrases = b"They met on 12 June 2018, three days after the second week of last March, and again two years ago."
    found["dates"] = (dates, [phrases, *seeds("text")])
    found["encoding"] = (bytes_to_text, seeds("text"))
    found["sparql"] = (sparql, [b"PREFIX a: <b> SELECT ?x WHERE { ?x a kg:Event . FILTER(?who = 'x') } # end\n"])
    return found


def mutated(rng: random.Random, good: list[bytes]) -> bytes:
    """A seed with pieces cut out, doubled, swapped, flipped or replaced by something nasty."""
    data = rng.choice(good)
    for _ in range(rng.randint(1, 8)):
        start = rng.randint(0, len(data))
        end = min(len(data), start + rng.choice([0, 0, 1, 2, 8, 64, 512]))
        what = rng.randrange(6)
        if what == 0:
            piece = rng.choice(NASTY)
        elif what == 1:
            piece = rng.randbytes(rng.randint(1, 16))
        elif what == 2:
            piece = data[start : start + 200] * rng.choice([2, 3, 50])
        elif what == 3:
            other = rng.choice(good)
            at = rng.randint(0, len(other))
            piece = other[at : at + rng.randint(0, 300)]
        elif what == 4 and end > start:
            piece = bytes(b ^ (1 << rng.randrange(8)) for b in data[start:end])
        else:
            piece = b""
        data = data[:start] + piece + data[end:]
    return data[:LONGEST]


class TooSlowError(Exception):
    """One input took too long."""


def _alarm(*_: object) -> None:
    raise TooSlowError(f"more than {PATIENCE} s")


def memory() -> int:
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * 4096


def fuzz(name: str, target: Callable[[bytes], None], good: list[bytes], seconds: float, seed: int) -> tuple[int, int]:
    """Inputs tried and findings of one target."""
    rng = random.Random(f"{name} {seed}")
    signal.signal(signal.SIGALRM, _alarm)
    tried = findings = 0
    for data in _inputs(rng, good):
        if tried == 20:
            before = memory()
        if tried >= 20 and (time.monotonic() > seconds or findings >= 5):
            break
        tried += 1
        signal.alarm(PATIENCE)
        try:
            target(data)
        except Exception as error:
            findings += 1
            kept = Path(f"fuzz-{name}-{hashlib.sha256(data).hexdigest()[:8]}")
            kept.write_bytes(data)
            print(f"{name}: {type(error).__name__}: {str(error)[:200]} ({kept})", flush=True)
        finally:
            signal.alarm(0)
    if memory() - before > GROWTH:
        findings += 1
        print(f"{name}: {(memory() - before) >> 20} MB more memory after {tried} inputs")
    return tried, findings


def _inputs(rng: random.Random, good: list[bytes]) -> Iterator[bytes]:
    yield from good
    yield from NASTY
    while True:
        yield mutated(rng, good)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="*")
    parser.add_argument("--seconds", type=float, default=120, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true", help="one target, guided by coverage")
    args = parser.parse_args()
    known = targets()
    if unknown := set(args.target) - set(known):
        parser.error(f"no target {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = {name: known[name] for name in args.target or known}
    if args.atheris:
        return _atheris(chosen, args.seconds)
    total = bad = 0
    for name, (target, good) in chosen.items():
        begun = time.monotonic()
        tried, findings = fuzz(name, target, good, begun + args.seconds / len(chosen), args.seed)
        total, bad = total + tried, bad + findings
        took = time.monotonic() - begun
        print(f"{name:<16} {tried:>8} inputs {findings:>3} findings {tried / took:>8.0f}/s", flush=True)
    print(f"{'all':<16} {total:>8} inputs {bad:>3} findings")
    return 1 if bad else 0


def _atheris(chosen: dict[str, tuple[Callable[[bytes], None], list[bytes]]], seconds: float) -> int:
    import atheris

    ((name, (target, good)),) = chosen.items()
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate([*good, *NASTY]):
            Path(folder, str(number)).write_bytes(data)
        atheris.instrument_all()
        limits = [f"-max_total_time={seconds:.0f}", f"-timeout={PATIENCE}", "-rss_limit_mb=4000", f"-max_len={LONGEST}"]
        atheris.Setup([name, *limits, folder], target)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
