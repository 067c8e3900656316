"""What spaCy's attribute ruler does, in a fifth of its time.

The ruler of the English pipelines sets part of speech and morphology by some 180 rules, nearly all of one token:
"tagged MD and written *could*". spaCy matches every rule at every token. How such a rule ends depends on a few of the
token's attributes only, and only on whether they have a value that some rule names, so that the answers for the few
hundred kinds of tokens that differ in this are found once, by the ruler itself. Rules of several tokens are matched
as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from spacy.language import Language
    from spacy.matcher import Matcher
    from spacy.tokens import Doc

__all__ = ["quicken"]

_NAME = "kg_attribute_ruler"
_ASKED = ("ORTH", "TEXT", "LOWER", "TAG", "POS", "DEP", "LEMMA", "MORPH", "IS_SPACE", "IS_PUNCT", "IS_DIGIT")
"""Attributes that a rule of one token may ask for."""
_SET = ("TAG", "POS", "MORPH", "LEMMA", "NORM", "DEP")
"""Attributes that a rule may set."""


def quicken(nlp: Language) -> None:
    """Put :class:`_Ruler` in the place of a pipeline's attribute ruler; other rulers than spaCy's own stay."""
    from spacy.language import Language
    from spacy.pipeline import AttributeRuler

    if "attribute_ruler" not in nlp.pipe_names or _NAME in nlp.pipe_names:
        return
    ruler: Any = nlp.get_pipe("attribute_ruler")
    if type(ruler) is not AttributeRuler or not all(_settable(rule["attrs"]) for rule in ruler.patterns):
        return
    if not Language.has_factory(_NAME):

        def create(nlp: Language, name: str) -> _Ruler:
            return _Ruler(nlp.get_pipe("attribute_ruler"))

        Language.factory(_NAME, func=create)
    nlp.add_pipe(_NAME, after="attribute_ruler")
    nlp.disable_pipe("attribute_ruler")


def _settable(attrs: Any) -> bool:
    """Whether a rule sets nothing but what documents give and take as arrays."""
    return all(str(name).upper() in _SET for name in attrs)


def _named(value: Any) -> list[Any] | None:
    """The values that the condition of a rule names; nothing if it is of another kind (a regular expression)."""
    if isinstance(value, dict):
        if set(value) <= {"IN", "NOT_IN"}:
            return [one for values in value.values() for one in values]
        return None
    return [value]


def _of_one_token(rule: dict[str, Any]) -> bool:
    """Whether a rule asks for nothing but attributes of the token that it changes, by values that it names."""
    return rule["index"] in (0, -1) and all(
        len(pattern) == 1
        and all(str(key).upper() in _ASKED and _named(value) is not None for key, value in pattern[0].items())
        for pattern in rule["patterns"]
    )


class _Ruler:
    """A component that annotates documents just as ``ruler`` does."""

    def __init__(self, ruler: Any) -> None:
        from spacy.attrs import IDS
        from spacy.matcher import Matcher

        self.ruler = ruler
        self.alone: Matcher = Matcher(ruler.vocab)
        self.several: Matcher = Matcher(ruler.vocab)
        named: dict[int, set[int]] = {}
        for number, rule in enumerate(ruler.patterns):
            alone = _of_one_token(rule)
            (self.alone if alone else self.several).add(str(number), rule["patterns"])
            for key, value in ((k, v) for pattern in rule["patterns"] if alone for k, v in pattern[0].items()):
                asked = IDS["ORTH" if str(key).upper() == "TEXT" else str(key).upper()]
                named.setdefault(asked, set()).update(self._number(asked, one) for one in _named(value) or ())
        self.asked: Any = list(named)
        self.values = [np.array(sorted(values), dtype=np.uint64) for values in named.values()]
        self.set: Any = [IDS[name] for name in _SET]
        self.known: dict[int, int] = {}
        self.rules: list[list[int]] = []
        self.change = np.zeros((0, len(_SET)), dtype=np.uint64)
        self.changed = np.zeros((0, len(_SET)), dtype=bool)

    def _number(self, asked: int, value: Any) -> int:
        """The value as a document's array has it."""
        from spacy.attrs import IDS, intify_attrs

        if isinstance(value, str):
            if asked == IDS["MORPH"]:
                return int(self.ruler.vocab.morphology.add(value))
            strings = self.ruler.vocab.strings
            strings.add(value)
            return int(next(iter(intify_attrs({asked: value}, strings_map=strings).values())))
        return int(value)

    def __call__(self, doc: Doc) -> Doc:
        """Set the attributes of every token that a rule matches."""
        if not len(doc):
            return doc
        kinds = self._kinds(doc)
        before: Any = doc.to_array(self.set)
        after = np.where(self.changed[kinds], self.change[kinds], before)
        further: dict[int, list[int]] = {}
        for rule, start, end in self._matches(self.several, doc):
            index = self.ruler.indices[rule]
            further.setdefault(start + index if index >= 0 else end + index, []).append(rule)
        for token, more in further.items():
            values, changed = self._outcome(sorted({*self.rules[kinds[token]], *more}))
            after[token] = np.where(changed, values, before[token])
        different = np.flatnonzero((after != before).any(axis=0))
        if len(different):
            array: Any = np.ascontiguousarray(after[:, different])
            doc.from_array([self.set[n] for n in different], array)
        return doc

    def pipe(self, stream: Any, *, batch_size: int = 128) -> Any:
        """Documents one by one."""
        for doc in stream:
            yield self(doc)

    def _matches(self, matcher: Matcher, doc: Any) -> list[tuple[int, int, int]]:
        strings = self.ruler.vocab.strings
        return [(int(strings[key]), s, e) for key, s, e in matcher(doc, allow_missing=True)]

    def _kinds(self, doc: Doc) -> NDArray[np.intp]:
        """For every token the row of :attr:`change` with what its kind gets."""
        code = np.zeros(len(doc), dtype=np.int64)
        for asked, values in zip(doc.to_array(self.asked).T, self.values, strict=True):
            at = np.minimum(np.searchsorted(values, asked), len(values) - 1)
            code = code * (len(values) + 1) + np.where(values[at] == asked, at + 1, 0)
        distinct, first, inverse = np.unique(code, return_index=True, return_inverse=True)
        new = [(int(one), int(token)) for one, token in zip(distinct, first, strict=True) if int(one) not in self.known]
        for one, token in new:
            self.known[one] = len(self.rules)
            self.rules.append(sorted(rule for rule, _, _ in self._matches(self.alone, doc[token : token + 1])))
            values, changed = self._outcome(self.rules[-1])
            self.change = np.vstack([self.change, values])
            self.changed = np.vstack([self.changed, changed])
        return np.array([self.known[int(one)] for one in distinct], dtype=np.intp)[inverse]

    def _outcome(self, rules: list[int]) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
        """What these rules set, the later over the earlier ones, and which attributes that is."""
        values, changed = np.zeros(len(_SET), dtype=np.uint64), np.zeros(len(_SET), dtype=bool)
        for rule in rules:
            for attribute, value in self.ruler.attrs[rule].items():
                column = self.set.index(attribute)
                values[column], changed[column] = value, True
        return values, changed
