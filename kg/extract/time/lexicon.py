"""Words to classes: the alphabet in which the rules of time expressions are written.

Every word, number and sign of a text is replaced by one character of Unicode's private use area that stands for the set
of classes to which it belongs. A rule is then an ordinary regular expression over such characters, which can't
be led astray by spaces or spelling and takes a time linear in the text.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from kg.errors import ResourceError

__all__ = ["Lexicon", "Tokens", "load_yaml", "tokenize"]

_FIRST_CODE = 0xE000
_TOKEN = re.compile(
    r"(?P<break>\n[ \t\r]*\n\s*)"
    r"|(?P<dotted>[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}(?![0-9]))"
    r"|(?P<big>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9]))"
    r"|(?P<nth>[0-9]{1,3}(?:st|nd|rd|th|ST|ND|RD|TH)(?![^\W_]))"
    r"|(?P<decade>(?:[0-9]{3})?0['’]?s(?![^\W_])|[0-9]0['’]?s(?![^\W_]))"
    r"|(?P<number>[0-9]{1,18}(?P<fraction>\.[0-9]{1,9})?)"
    r"|(?P<half_day>[AaPp]\.[Mm](?![^\W_])\.?)"
    r"|(?P<word>[Oo]['’]clock(?![^\W_])|[^\W\d_]+)"
    r"|(?P<sign>[^\s])"
)
_LEADING = re.compile(r"[0-9]+")
_SIGNS = {
    "-": "HYPHEN",
    "\u2010": "HYPHEN",
    "\u2011": "HYPHEN",
    "\u2013": "HYPHEN",
    "\u2012": "HYPHEN",
    "/": "SLASH",
    ":": "COLON",
}
_APOSTROPHES = frozenset("'’‘`")
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014_")


def load_yaml(name: str) -> dict[str, Any]:
    """A shipped resource as a dictionary; ResourceError when it is missing or malformed."""
    try:
        text = resources.files("kg.resources").joinpath(name).read_text(encoding="utf-8")
        loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (OSError, yaml.YAMLError) as error:
        raise ResourceError(f"kg/resources/{name}: {error}; reinstall the package") from None
    if not isinstance(loaded, dict):
        raise ResourceError(f"kg/resources/{name}: not a mapping; reinstall the package")
    return loaded


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as tokens: ``code`` holds one class character a token, ``starts`` and ``ends`` its offsets in the text."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    code: str

    def between(self, left: int, right: int) -> str:
        """The characters from the start of one token to the end of another."""
        return self.text[self.starts[left] : self.ends[right]]


class Lexicon:
    """Classes of words and of numbers, and the values that words have in a class."""

    def __init__(self, entries: dict[str, dict[str, Any]], literals: frozenset[str]) -> None:
        self._codes: dict[frozenset[str], str] = {}
        self.values: dict[str, dict[str, Any]] = {}
        classes: dict[str, set[str]] = {}
        cased: dict[str, set[str]] = {}
        for name, entry in entries.items():
            given = entry.get("values") or dict.fromkeys(entry["words"], True)
            self.values[name] = {str(word).lower(): value for word, value in given.items()}
            for word in given:
                (cased if entry.get("cased") else classes).setdefault(str(word).lower(), set()).add(name)
        for word in literals:
            classes.setdefault(word, set()).add(f"={word}")
        self.words: dict[str, str] = {}
        for word in classes.keys() | cased.keys():
            low, high = classes.get(word, set()), classes.get(word, set()) | cased.get(word, set())
            for form, found, shape in (
                (word, low, "LOW"),
                (word.upper(), high, "CAP"),
                (word.capitalize(), high, "CAP"),
            ):
                self.words[form] = self._code(found | {shape if word[0].isalpha() else "SIGN"})
        self.low, self.cap, self.sign = self._code({"LOW"}), self._code({"CAP"}), self._code({"SIGN"})
        self.signs = {name: self._code({name}) for name in ("HYPHEN", "SLASH", "COLON", "DASH", "BREAK", "QUOTE")}
        kinds = ("dotted", "big", "nth", "decade", "half_day", "fraction")
        self.kinds = {kind: self._code({kind.upper()}) for kind in kinds}
        self.kinds["half_day"] = self._code({"AMPM"})
        self.numbers = {text: self._code(_number_classes(text)) for text in _all_numbers()}
        self.long_number = self._code({"LONGINT"})
        self.nths = {str(n): self._code({"NTH", "DAYNTH"} if 1 <= n <= 31 else {"NTH"}) for n in range(1000)}

    def _code(self, classes: set[str]) -> str:
        return self._codes.setdefault(frozenset(classes), chr(_FIRST_CODE + len(self._codes)))

    def charset(self, name: str) -> str:
        """The characters of all tokens in a class, for use inside a regular expression's brackets."""
        found = "".join(code for classes, code in self._codes.items() if name in classes)
        if not found:
            raise ResourceError(
                f"kg/resources/time_rules.yaml: no token can be of the class {name}; reinstall the package"
            )
        return found

    def is_a(self, code: str, name: str) -> bool:
        """Whether a token's character belongs to a class."""
        return bool(code) and code in self._members(name)

    @functools.cache  # noqa: B019 - one lexicon lives as long as the process
    def _members(self, name: str) -> frozenset[str]:
        return frozenset(self.charset(name))


def _all_numbers() -> list[str]:
    return [f"{n:0{width}d}" for width in (1, 2, 3, 4) for n in range(10**width)]


def _number_classes(text: str) -> set[str]:
    number, width = int(text), len(text)
    found = {"INT"}
    if width <= 2:
        found |= {"DAY"} if 1 <= number <= 31 else set()
        found |= {"HOUR"} if number <= 24 else set()
        found |= {"MONTHNUM"} if 1 <= number <= 12 else set()
        found |= {"FOUR"} if width == 1 and 1 <= number <= 4 else set()
    if width == 2:
        found |= {"YY", "MINUTE"} if number <= 59 else {"YY"}
    if width == 3:
        found.add("YEAR3")
    if width == 4:
        found |= {"YEAR"} if 1000 <= number <= 2199 else set()
        found |= {"NEARYEAR"} if 1850 <= number <= 2059 else set()
        found |= {"CLOCK"} if number // 100 <= 24 and number % 100 <= 59 else set()
    return found


def tokenize(text: str, lexicon: Lexicon) -> Tokens:
    """Split a text and look every token up."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    codes: list[str] = []
    known, numbers = lexicon.words, lexicon.numbers
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match.group()
        if kind == "word":
            code = known.get(word)
            if code is None:
                code = known.get(word.replace("’", "'")) or (lexicon.cap if word[0].isupper() else lexicon.low)
        elif kind == "sign":
            code = _sign(word, match.start(), text, lexicon)
        elif kind == "number" or kind == "fraction":
            code = lexicon.kinds["fraction"] if match["fraction"] else numbers.get(word, lexicon.long_number)
        elif kind == "nth":
            leading = _LEADING.match(word)
            code = lexicon.nths[str(int(leading.group()))] if leading else lexicon.sign
        elif kind == "break":
            code = lexicon.signs["BREAK"]
        else:
            code = lexicon.kinds[kind or "big"]
        words.append(word)
        starts.append(match.start())
        ends.append(match.end())
        codes.append(code)
    return Tokens(text, words, starts, ends, "".join(codes))


def _sign(word: str, at: int, text: str, lexicon: Lexicon) -> str:
    """Hyphens, slashes and colons count as such between characters; a free-standing or doubled one is a dash."""
    if word in _APOSTROPHES:
        return lexicon.signs["QUOTE"]
    name = _SIGNS.get(word)
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    tight = before.strip() and after.strip() and word not in (before, after)
    if name and tight:
        return lexicon.signs[name]
    if word in _DASHES:
        return lexicon.signs["DASH"]
    return lexicon.words.get(word, lexicon.sign)
