"""From bytes to characters, strictly: what can't be decoded with certainty is an error and never a guess of letters.

UTF-8 is tried first, then the encoding that the document declares, then Windows-1252 if the result reads like prose,
then whatever charset-normalizer finds without contradictions.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Callable

__all__ = ["UndecodableError", "decode", "line_decoder", "wide_encoding"]

logging.getLogger("charset_normalizer").addHandler(logging.NullHandler())

_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})|<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""",
    re.IGNORECASE,
)
_ALIASES = {"iso8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "euc_kr": "cp949"}
"""Labels that in practice mean a superset, as browsers take them (WHATWG Encoding Standard)."""
_NEVER = {"utf-8", "utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
_ASCII_PROBE = b"<aZ 09>"

_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# symbols inside words, and capitals after small letters, are what other encodings look like when read as Windows-1252
_IMPLAUSIBLE_1252 = re.compile(
    "[A-Za-zÀ-ÿ][\u20ac\u0192\u2020-\u2022\u02c6\u2030\u2039\u02dc\u2122\u203a¡-¶¸-¿×÷][A-Za-zÀ-ÿ]"
    "|[a-zß-öø-ÿ][À-ÖØ-ÞŠŒŽŸ]|[À-ÖØ-ÞŠŒŽ][a-z]*[À-ÖØ-ÞŠŒŽ]"
)
_HIGH_SHARE = 0.2
_SAMPLE = 1 << 16


class UndecodableError(ValueError):
    """Bytes that are text in no encoding that could be established."""


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32, by byte order mark or by the zeros between Latin letters, or None."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:512]
    sample = sample[: len(sample) & ~1]
    if len(sample) < 8:
        return None
    for zeros, letters, name in ((sample[1::2], sample[0::2], "utf-16-le"), (sample[0::2], sample[1::2], "utf-16-be")):
        printable = sum(32 <= b < 127 or b in b"\t\r\n" for b in letters)
        if zeros.count(0) > 0.9 * len(zeros) and printable > 0.9 * len(letters):
            return name
    return None


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of ``data``; ``declared`` an encoding named outside of it. Raises :class:`UndecodableError`."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start
    found = _DECLARED.search(data[:4096])
    inside = (found[1] or found[2]).decode("ascii") if found else None
    for label in (declared, inside):
        if label and (text := _decode_as(data, label)) is not None:
            return text
    encoding = _detect(data)
    if encoding and (text := _decode_as(data, encoding)) is not None:
        return text
    raise UndecodableError(f"neither UTF-8 nor one other encoding (byte 0x{data[at]:02X} at {at}); save it as UTF-8")


def line_decoder(head: bytes) -> Callable[[bytes], str]:
    """A function that decodes the lines of a file which begins with ``head``; it raises :class:`UndecodableError`."""
    whole = head[: head.rfind(b"\n") + 1] or head
    try:
        whole.decode("utf-8")
        guess = None
    except UnicodeDecodeError:
        guess = _detect(whole)

    def decode_line(line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            return decode(line, guess)

    return decode_line


def _decode_as(data: bytes, label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _ALIASES.get(name, name)
    if name in _NEVER:
        return None
    try:
        # the declaration was read as ASCII, so an encoding in which ASCII means something else can't be true
        return data.decode(name) if _ASCII_PROBE.decode(name) == _ASCII_PROBE.decode("ascii") else None
    except (UnicodeError, LookupError, ValueError):
        return None


def _detect(data: bytes) -> str | None:
    """An encoding other than UTF-8, or None when the bytes are binary, mixed or contradict every one."""
    sample = data[:_SAMPLE]
    if len(_BINARY.findall(sample)) > len(sample) // 1000:
        return None
    high = len(_HIGH.findall(data))
    if _UTF8_SEQUENCE.search(data) and _mixed(data, high):
        return None
    if high <= _HIGH_SHARE * len(data):
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            pass
        else:
            if not _IMPLAUSIBLE_1252.search(text):
                return "cp1252"
    return _normalizer(sample)


def _mixed(data: bytes, high: int) -> bool:
    """Whether at least half of the high bytes form UTF-8 characters: then the file is UTF-8 with other bytes in it."""
    return 2 * sum(len(sequence) for sequence in _UTF8_SEQUENCE.findall(data)) >= high


def _normalizer(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, threshold=0.1).best()
    if best is None or best.encoding in {"utf_8", "ascii"} or len(_HIGH.findall(sample)) < 8:
        return None  # a handful of odd bytes proves nothing
    return best.encoding
