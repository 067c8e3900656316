"""Opening inputs: bytes that are unpacked, bounded and in UTF-8, whatever file, pipe or page they come from."""

from __future__ import annotations

import codecs
import contextlib
import io
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kg.sources.encoding import wide_encoding
from kg.sources.locate import Location
from kg.sources.record import HEAD, Kind, Problem, Source, suffix_of

__all__ = ["opened"]

_BUFFER = 1 << 18
_ZIPPED_CHUNK = 1 << 14
_GZIP = b"\x1f\x8b"
_BOMB_SIZE = 32 << 20
_BOMB_RATIO = 200
"""Text packs 3 to 10 times, very repetitive JSONL 50 times; 200 times over 32 MB is made to do harm."""


@contextlib.contextmanager
def opened(location: Location) -> Iterator[Source]:
    """The source at a location, closed afterwards. Raises :class:`Problem` for all that can't be opened."""
    with contextlib.ExitStack() as stack:
        page = None
        if location.kind == "stdin":
            raw: BinaryIO = sys.stdin.buffer
        elif location.kind == "url":
            from kg.sources.fetch import fetch  # the network stays out of programs that don't ask for it

            page = fetch(location.name)
            raw = io.BytesIO(page.body)
        else:
            raw = stack.enter_context(_open_file(location))
        stream = _prepared(raw, location.name)
        head, stream = _with_head(stream)
        yield Source(
            name=location.name,
            stream=stream,
            head=head,
            suffix=suffix_of(location.path.name) if location.path else "",
            url=page.url if page else None,
            retrieved=page.retrieved if page else None,
            charset=page.charset if page else None,
            position=raw.tell if location.kind == "file" and raw.seekable() else None,
        )


def _open_file(location: Location) -> BinaryIO:
    path = location.path or Path()
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Problem(location.name, "is a directory; name the files in it", Kind.UNREADABLE)
        # a pipe that the user named (as <(...) in a shell) is fine; one that lies in a directory would block for ever
        if not stat.S_ISREG(mode) and not (stat.S_ISFIFO(mode) and location.explicit):
            raise Problem(location.name, "is no regular file; give a file, or pipe its contents to -", Kind.UNREADABLE)
        return path.open("rb", buffering=0)
    except (OSError, ValueError) as error:
        raise Problem(location.name, unreadable(error), Kind.UNREADABLE) from None


def unreadable(error: Exception) -> str:
    """What to tell a user of an error of the operating system."""
    if isinstance(error, FileNotFoundError):
        return "no such file; check the path"
    if isinstance(error, PermissionError):
        return "permission denied; make it readable (chmod +r) or leave it out"
    if isinstance(error, OSError) and error.strerror:
        return f"can't be read ({error.strerror.lower()}); check the file and its disk"
    return f"can't be read ({error}); check the path"


def _prepared(raw: BinaryIO, name: str) -> io.BufferedReader:
    """The bytes after unpacking, without byte order mark, in UTF-8 if they were in UTF-16 or UTF-32."""
    head, stream = _with_head(_buffered(_Guarded(raw, name)))
    if head.startswith(_GZIP):
        head, stream = _with_head(_buffered(_Unzipped(stream, name)))
    if encoding := wide_encoding(head):
        stream = _buffered(_Recoded(stream, name, encoding))
    elif head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    return stream


def _buffered(raw: io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(raw, _BUFFER)


def _with_head(stream: io.BufferedReader) -> tuple[bytes, io.BufferedReader]:
    """The first bytes, and a stream that still gives them. A pipe may hand over less at a time than was asked for."""
    head = stream.peek(HEAD)
    if len(head) >= HEAD:
        return head[:HEAD], stream
    head = stream.read(HEAD)
    return head, _buffered(_Prefixed(head, stream))


class _Layer(io.RawIOBase):
    """A readable layer over another stream; subclasses hand out bytes by :meth:`_next`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            chunk = self._next()
            if not chunk:
                return 0
            self._ready = memoryview(chunk)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _next(self) -> bytes:
        """The next bytes; none at the end."""
        raise NotImplementedError


class _Guarded(_Layer):
    """Reads a file or pipe, and turns errors of the operating system into problems."""

    def __init__(self, raw: BinaryIO, name: str) -> None:
        super().__init__(name)
        # read1 of a buffered pipe hands over what has arrived; an unbuffered file has only read
        self._read = getattr(raw, "read1", raw.read)

    def _next(self) -> bytes:
        try:
            return bytes(self._read(_BUFFER) or b"")
        except (OSError, ValueError) as error:
            raise Problem(self._name, unreadable(error), Kind.UNREADABLE) from None


class _Prefixed(_Layer):
    """A stream with bytes put back in front of it."""

    def __init__(self, head: bytes, stream: io.BufferedReader) -> None:
        super().__init__("")
        self._ready = memoryview(head)
        self._stream = stream

    def _next(self) -> bytes:
        return self._stream.read1(_BUFFER)


class _Unzipped(_Layer):
    """A gzip stream of one or more members, refused when it unpacks to absurd sizes, ends early or is damaged."""

    def __init__(self, stream: io.BufferedReader, name: str) -> None:
        super().__init__(name)
        self._stream = stream
        self._member = zlib.decompressobj(31)
        self._packed = b""
        self._taken = self._given = 0
        self._begun = False

    def _next(self) -> bytes:
        while True:
            if not self._packed:
                self._packed = self._stream.read1(_ZIPPED_CHUNK)
                self._taken += len(self._packed)
                if not self._packed:
                    if self._begun:
                        raise self._problem(Kind.UNREADABLE, "the gzip file ends early; get a complete copy")
                    return b""
            if not self._begun and not (stripped := self._packed.lstrip(b"\0")):
                self._packed = stripped  # padding after the last member
                continue
            self._begun = True
            chunk = self._unpack()
            if chunk:
                return chunk

    def _unpack(self) -> bytes:
        try:
            chunk = self._member.decompress(self._packed, _BUFFER)
        except zlib.error:
            raise self._problem(Kind.UNREADABLE, "the gzip file is damaged; get another copy") from None
        self._packed = self._member.unconsumed_tail
        if self._member.eof:
            self._packed = self._member.unused_data.lstrip(b"\0")
            self._member = zlib.decompressobj(31)
            self._begun = bool(self._packed)
        self._given += len(chunk)
        if self._given > _BOMB_SIZE and self._given > _BOMB_RATIO * self._taken:
            what = f"unpacks to over {_BOMB_RATIO} times its size; unpack it yourself if you trust it"
            raise self._problem(Kind.UNSAFE, what)
        return chunk

    def _problem(self, kind: Kind, text: str) -> Problem:
        return Problem(self._name, text, kind)


class _Recoded(_Layer):
    """UTF-16 or UTF-32 handed on as UTF-8."""

    def __init__(self, stream: io.BufferedReader, name: str, encoding: str) -> None:
        super().__init__(name)
        self._stream = stream
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._ended = False

    def _next(self) -> bytes:
        try:
            while not self._ended:
                chunk = self._stream.read1(_BUFFER)
                self._ended = not chunk
                if text := self._decoder.decode(chunk, final=self._ended):
                    return text.encode("utf-8")
        except UnicodeDecodeError:
            what = f"begins as {self._encoding.upper()} but does not go on so; save it as UTF-8"
            raise Problem(self._name, what, Kind.ENCODING) from None
        return b""
