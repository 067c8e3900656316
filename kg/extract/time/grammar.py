"""The rules of ``time_rules.yaml``, compiled to regular expressions over token characters."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.errors import ResourceError
from kg.extract.time.lexicon import Lexicon, Tokens, load_yaml

__all__ = ["Grammar", "Hit", "Rule", "grammar"]

_NAME = re.compile(
    r"(?P<group>[a-z]\w*)=|'(?P<literal>[^']+)'|(?P<name>[A-Z][A-Z0-9]*)|(?P<sign>\(\?(?:<?[=!]|:)|[()|?*+]|\{[\d,]+\})|\s+"
)
_MACRO = re.compile(r"%([A-Z]+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to write a time expression; ``do`` names the function that turns a match into dates."""

    name: str
    do: str
    order: int
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A match of a rule: its tokens, and its named groups by their words or values."""

    rule: Rule
    tokens: Tokens
    lexicon: Lexicon
    match: re.Match[str]

    @property
    def first(self) -> int:
        """Index of the first token."""
        return self.match.start()

    @property
    def last(self) -> int:
        """Index of the last token."""
        return self.match.end() - 1

    def unit(self, group: str = "unit") -> str:
        """The unit of time named in a group ("day", "year"); empty if it names none."""
        found = self.value(group, "UNIT") or self.value(group, "UNITS") or self.value(group, "SECOND")
        return str(found or "")

    def step(self) -> int:
        """How many periods on the words of the group ``step`` lead: -1 for "last" and "this past", 1 for "next"."""
        words = self.words("step")
        return int(self.lexicon.values["STEP"].get(words[-1], 0)) if words else 0

    def anchored(self) -> bool:
        """Whether the group ``step`` counts from the date said last ("the following week")."""
        words = self.words("step")
        return bool(words) and words[-1] in self.lexicon.values["ANCHORED"]

    def led_by(self, class_name: str) -> bool:
        """Whether the token before the match belongs to a class."""
        return self.lexicon.is_a(self.before()[1], class_name)

    def followed_by(self, class_name: str) -> bool:
        """Whether the token after the match belongs to a class."""
        return self.lexicon.is_a(self.tokens.code[self.last + 1 : self.last + 2], class_name)

    def before(self) -> tuple[str, str]:
        """The word before the match in small letters, and its character; empty at the start of the text."""
        at = self.first - 1
        return (self.tokens.words[at].lower(), self.tokens.code[at]) if at >= 0 else ("", "")

    def has(self, group: str) -> bool:
        """Whether a group took part in the match."""
        return self.span(group) is not None

    def span(self, group: str) -> tuple[int, int] | None:
        """Indices of the first token of a group and of the token after it; None if it took no part in the match."""
        groups = self.match.re.groupindex
        name, number = group, 1
        while name in groups:
            start, end = self.match.span(name)
            if start >= 0:
                return start, end
            number += 1
            name = f"{group}_{number}"
        return None

    def words(self, group: str) -> list[str]:
        """The words of a group in small letters; none if it took no part."""
        span = self.span(group)
        return [word.lower() for word in self.tokens.words[slice(*span)]] if span else []

    def word(self, group: str) -> str:
        """The words of a group, joined by spaces."""
        return " ".join(self.words(group))

    def value(self, group: str, class_name: str) -> object:
        """What the first word of a group means in a class, None if it took no part."""
        words = self.words(group)
        return self.lexicon.values[class_name].get(words[0]) if words else None


class Grammar:
    """All rules with the lexicon whose characters they are written in."""

    def __init__(self, rules: dict[str, object], words: dict[str, dict[str, object]]) -> None:
        entries = rules["rules"]
        macros = rules["macros"]
        if not isinstance(entries, list) or not isinstance(macros, dict):
            raise ResourceError(
                "kg/resources/time_rules.yaml: needs a list of rules and a mapping of macros; reinstall the package"
            )
        expanded = [(str(e["name"]), str(e["do"]), _expand(str(e["pattern"]), macros)) for e in entries]
        literals = {m["literal"] for _, _, pattern in expanded for m in _NAME.finditer(pattern) if m["literal"]}
        self.lexicon = Lexicon(words, frozenset(literals))
        self.rules = [
            Rule(name, do, order, _compiled(name, pattern, self.lexicon))
            for order, (name, do, pattern) in enumerate(expanded)
        ]

    def hits(self, tokens: Tokens) -> list[Hit]:
        """Every match of every rule, those that begin first and are longest before the others."""
        code, found = tokens.code, []
        for rule in self.rules:
            found += [Hit(rule, tokens, self.lexicon, match) for match in rule.pattern.finditer(code)]
        found.sort(key=lambda hit: (hit.match.start(), -hit.match.end(), hit.rule.order))
        return found


def _expand(pattern: str, macros: dict[str, str]) -> str:
    for _ in range(5):
        pattern = _MACRO.sub(lambda m: macros[m[1]], pattern)
    return pattern


def _compiled(name: str, pattern: str, lexicon: Lexicon) -> re.Pattern[str]:
    parts, at, group = [], 0, ""
    times: dict[str, int] = {}
    while at < len(pattern):
        match = _NAME.match(pattern, at)
        if match is None:
            raise ResourceError(
                f"kg/resources/time_rules.yaml: rule {name!r} can't be read at {pattern[at : at + 20]!r}"
            )
        at = match.end()
        if match["group"]:
            wanted = match["group"]
            times[wanted] = times.get(wanted, 0) + 1
            group += f"(?P<{wanted if times[wanted] == 1 else f'{wanted}_{times[wanted]}'}>"
            continue
        if match["literal"] or match["name"]:
            charset = lexicon.charset(match["name"] or f"={match['literal']}")
            parts.append(group + f"[{charset}]" + ")" * group.count("(?P<"))
        elif match["sign"] in ("(", "(?:"):
            parts.append(group or "(?:")
        elif match["sign"]:
            parts.append(match["sign"])
        else:
            continue
        group = ""
    try:
        return re.compile("".join(parts))
    except re.error as error:
        raise ResourceError(f"kg/resources/time_rules.yaml: rule {name!r}: {error}") from None


def _festival_rule(names: Iterable[str]) -> dict[str, str]:
    """One rule for all festivals, the longer names first."""
    signs = {"'": "QUOTE", ".": "DOT", "-": "HYPHEN"}
    forms = [
        " ".join(signs.get(part) or f"'{part}'" for part in re.findall(r"[^\W\d_]+|['.-]", name.lower()))
        for name in sorted(names, key=len, reverse=True)
    ]
    named = f"festival=({'|'.join(forms)})"
    pattern = f"(step=(LAST|NEXT|THIS) ('year' QUOTE 's')?)? {named} (COMMA? year=YEAR)? (?!NAMEAFTER)"
    return {"name": "festival", "do": "festival", "pattern": pattern}


@functools.cache
def grammar() -> Grammar:
    """The shipped grammar, loaded once a process."""
    rules = load_yaml("time_rules.yaml")
    festival = _festival_rule(load_yaml("time_days.yaml")["festivals"])
    return Grammar({**rules, "rules": [festival, *rules["rules"]]}, load_yaml("time_words.yaml"))
