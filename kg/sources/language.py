"""Is a text English? A cheap, certain answer: it must be *clearly* something else to be left out.

Measured by scripts and by the share of function words, after Grefenstette (1995), *Comparing two language
identification schemes*: function words make up a third to a half of running English and almost nothing of other
languages' texts. The word lists are in ``stopwords.yaml``.
"""

from __future__ import annotations

import functools
import re
from importlib import resources

import yaml

__all__ = ["UNDETERMINED", "is_english", "language_code", "language_of"]

UNDETERMINED = "und"
"""The code for a text that is not English and whose language nobody named (ISO 639-2)."""

_WINDOW = 500
"""Characters looked at in the beginning, middle and end of a longer text."""
_ENOUGH_TO_ACCEPT, _ENOUGH_TO_REFUSE = 20, 40
_NAMES = {
    "english": "en", "eng": "en", "korean": "ko", "kor": "ko", "japanese": "ja", "jpn": "ja", "chinese": "zh",
    "zho": "zh", "chi": "zh", "french": "fr", "fra": "fr", "fre": "fr", "german": "de", "deu": "de", "ger": "de",
    "spanish": "es", "spa": "es", "russian": "ru", "rus": "ru", "arabic": "ar", "ara": "ar", "portuguese": "pt",
    "por": "pt", "italian": "it", "ita": "it", "turkish": "tr", "tur": "tr", "persian": "fa", "fas": "fa",
    "ukrainian": "uk", "ukr": "uk", "hindi": "hi", "hin": "hi", "dutch": "nl", "nld": "nl", "polish": "pl", "pol": "pl",
}  # fmt: skip
_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")


@functools.cache
def _stopwords() -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """English function words, and those of other languages that are no English words."""
    raw = yaml.safe_load(resources.files("kg.sources").joinpath("stopwords.yaml").read_text("utf-8"))
    words = {language: frozenset(text.split()) for language, text in raw.items()}
    english = words.pop("en")
    return english, {language: entries - english for language, entries in words.items()}


def language_code(name: str) -> str | None:
    """The ISO 639 code of a declared language (``en-US``, ``English``), or None if it names none.

    >>> language_code("en-US"), language_code("Korean"), language_code("?")
    ('en', 'ko', None)
    """
    name = name.strip().lower()
    if name in _NAMES:
        return _NAMES[name]
    match = _CODE.fullmatch(name)
    return match[1] if match else None


def is_english(text: str) -> bool | None:
    """True or False where the text clearly is or is not English, None where it is too short or too odd to tell."""
    if len(text) > 3 * _WINDOW:
        middle = len(text) // 2
        text = f"{text[:_WINDOW]} {text[middle : middle + _WINDOW]} {text[-_WINDOW:]}"
    if not text.isascii():
        letters = len(_LETTER.findall(text))
        if letters >= 8 and len(_LATIN.findall(text)) < 0.5 * letters:
            return False
    words = [*filter(str.isalpha, text.lower().split())]  # function words seldom have punctuation on them
    english, others = _stopwords()
    own = sum(map(english.__contains__, words))
    if len(words) >= _ENOUGH_TO_ACCEPT and own >= 0.2 * len(words):
        return True
    other = max(sum(map(entries.__contains__, words)) for entries in others.values())
    if other >= 3 and other >= 0.12 * len(words) and other > 2 * own:
        return False
    if len(words) >= _ENOUGH_TO_REFUSE and own < 0.02 * len(words):
        return False
    return None


def language_of(declared: str | None, text: str, *, hint: bool = False) -> str:
    """The language of an article: English unless declared otherwise or clearly something else (then ``und``).

    With ``hint`` the declaration comes from a template, which often is wrong: clearly English text is ``en``.
    """
    code = language_code(declared) if declared else None
    if declared and code is None and not hint:
        code = UNDETERMINED
    if code is not None and code != "en":
        return "en" if hint and is_english(text) else code
    return UNDETERMINED if is_english(text) is False else "en"
