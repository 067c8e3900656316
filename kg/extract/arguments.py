"""Who acts and who is acted upon: the actor phrases in the argument slots of a trigger, read off the dependency
parse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extract.actors import Phrase
from kg.extract.lexicon import yaml_resource
from kg.extract.triggers import Frame, Trigger

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = ["Arguments", "subjects", "within"]

_OBJECT_CONTROL = frozenset(yaml_resource("modality.yaml")["object_control"])
_RELATIVE = frozenset({"who", "which", "that", "whom"})
_INNER = frozenset({"poss", "amod", "compound", "nmod", "appos", "nummod", "npadvmod"})
_NP_PREPS = frozenset(
    {"of", "by", "from", "between", "among", "against", "on", "to", "with", "for", "over", "in", "toward", "towards"}
)


def coordinated(token: Token) -> list[Token]:
    """A noun and what is coordinated to it ("Japan and South Korea")."""
    out = [token]
    for child in token.rights:
        if child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN", "PRON", "ADJ", "NUM"):
            out += coordinated(child)
    return out


def _passive(verb: Token) -> bool:
    return any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.children) or (
        verb.tag_ == "VBN" and verb.dep_ == "acl"
    )


def subjects(verb: Token, depth: int = 0) -> tuple[list[Token], bool]:
    """The nouns that stand as subject of a verb, and whether the verb is passive towards them."""
    if depth > 6:
        return [], False
    passive = _passive(verb)
    for child in verb.children:
        if child.dep_ in ("nsubj", "nsubjpass", "csubj"):
            if child.lower_ in _RELATIVE and verb.dep_ == "relcl":
                return coordinated(verb.head), child.dep_ == "nsubjpass"
            return coordinated(child), child.dep_ == "nsubjpass" or passive
    if verb.dep_ in ("acl", "relcl") and verb.head.pos_ in ("NOUN", "PROPN", "PRON"):
        if verb.tag_ == "TO" or any(c.dep_ == "aux" and c.lower_ == "to" for c in verb.children):
            carrier = verb.head.head
            if verb.head.dep_ in ("dobj", "pobj", "attr") and carrier.pos_ in ("VERB", "AUX"):
                return subjects(carrier, depth + 1)[0], passive
            return [], passive
        if verb.dep_ == "relcl" and any(c.lower_ in _RELATIVE for c in verb.children):
            return coordinated(verb.head), passive
        return coordinated(verb.head), passive
    if verb.dep_ == "conj" and verb.head.pos_ in ("VERB", "AUX"):
        heads, above = subjects(verb.head, depth + 1)
        return heads, passive or (above and verb.tag_ == "VBN" and verb.head.tag_ == "VBN")
    if verb.dep_ in ("xcomp", "ccomp", "pcomp", "advcl", "dep", "prep"):
        head = verb.head
        if head.dep_ == "prep" and head.head.pos_ in ("VERB", "AUX", "NOUN"):
            head = head.head
        if head.pos_ in ("VERB", "AUX"):
            if head.lemma_.lower() in _OBJECT_CONTROL:
                objects = [c for c in head.children if c.dep_ in ("dobj", "dative")]
                if objects:
                    return coordinated(objects[0]), passive
            return subjects(head, depth + 1)[0], passive
        if head.pos_ in ("NOUN", "PROPN") and verb.dep_ in ("pcomp", "advcl"):
            return coordinated(head), passive
    return [], passive


def agents(verb: Token) -> list[Token]:
    """The nouns after "by" of a passive verb."""
    for child in verb.children:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"):
            return [
                each for grandchild in child.children if grandchild.dep_ == "pobj" for each in coordinated(grandchild)
            ]
    return []


def within(token: Token, phrases: dict[int, Phrase], *, places: bool = False, depth: int = 0) -> list[Phrase]:
    """The actor phrase headed by a token, else the nearest ones inside its noun phrase."""
    own = phrases.get(token.i)
    if own is not None and (places or own.role != "place"):
        return [own]
    if depth > 3:
        return []
    found: list[Phrase] = []
    for child in token.children:
        if child.dep_ in _INNER:
            found += within(child, phrases, places=places, depth=depth + 1)
            found += [p for c in coordinated(child)[1:] for p in within(c, phrases, places=places, depth=depth + 1)]
    if found:
        return found
    for child in token.rights:
        if child.dep_ == "prep" and child.lower_ in _NP_PREPS:
            for obj in child.children:
                if obj.dep_ == "pobj":
                    for each in coordinated(obj):
                        found += within(each, phrases, places=places or child.lower_ == "in", depth=depth + 1)
            if found:
                return found
    return found


@dataclass(slots=True)
class Arguments:
    """Reads the slots of a frame from the parse around a trigger."""

    trigger: Trigger
    phrases: dict[int, Phrase]

    @property
    def frame(self) -> Frame:
        """The frame of the trigger."""
        return self.trigger.frame

    def read(self) -> tuple[list[Phrase], list[Phrase]]:
        """Sources and targets, each in text order, without repetition."""
        if self.trigger.noun is not None and self.frame.source:
            sources, targets = self._of_noun()
        else:
            sources, targets = self._of_verb()
        if self.frame.flip:
            sources, targets = targets, sources
        sources = _once(sources)
        taken = {p.head for p in sources}
        return sources, [p for p in _once(targets) if p.head not in taken]

    def _of_verb(self) -> tuple[list[Phrase], list[Phrase]]:
        verb = self.trigger.verb
        assert verb is not None
        heads, passive = subjects(verb)
        if passive:
            sources = self._all(agents(verb))
            targets = self._all(heads)
            if self.trigger.noun is not None:
                targets = self._slots(verb, self.frame.target)
            return sources, targets
        return self._all(heads), self._slots(verb, self.frame.target)

    def _of_noun(self) -> tuple[list[Phrase], list[Phrase]]:
        noun, verb = self.trigger.noun, self.trigger.verb
        assert noun is not None
        sources: list[Phrase] = []
        targets: list[Phrase] = []
        for slot in self.frame.source:
            if slot == "own":
                sources += self._before(noun)
            elif slot in ("by", "of", "from"):
                if slot not in self.frame.target or not sources:
                    sources += self._prep(noun, slot)
            elif slot == "between":
                sources += self._prep(noun, "between") + self._prep(noun, "among")
            elif slot == "light" and verb is not None and not sources:
                heads, passive = subjects(verb)
                reverse = verb.lemma_.lower() in ("face", "suffer", "receive", "undergo", "draw", "provoke")
                found = self._all(agents(verb)) if passive else self._all(heads)
                if reverse:
                    targets += found
                else:
                    sources += found
        for slot in self.frame.target:
            if slot in ("between", "party"):
                continue
            found = self._prep(noun, slot, places=slot in ("to", "in", "place"))
            if not found and verb is not None:
                found = self._prep(verb, slot, places=slot == "to")
            if slot == "place":
                found = self._prep(noun, "to", places=True)
            targets += found
            if targets:
                break
        return sources, targets

    def _before(self, noun: Token) -> list[Phrase]:
        """Actors among the words before a noun: "North Korean launch", "US-South Korea drills", "Iran's president's
        visit"."""
        out: list[Phrase] = []
        stack = [child for child in noun.lefts if child.dep_ in _INNER]
        while stack:
            here = stack.pop(0)
            phrase = self.phrases.get(here.i)
            if phrase is not None:
                out.append(phrase)
            stack += [c for c in here.children if c.dep_ in (*_INNER, "conj") and not (phrase and c.dep_ == "poss")]
        return out

    def _slots(self, verb: Token, slots: tuple[str, ...]) -> list[Phrase]:
        for slot in slots:
            found = self._slot(verb, slot)
            if found:
                return found
        return []

    def _slot(self, verb: Token, slot: str) -> list[Phrase]:
        if slot in ("obj", "dat"):
            wanted = ("dobj", "oprd") if slot == "obj" else ("dative", "iobj")
            out: list[Phrase] = []
            for child in verb.children:
                if child.dep_ in wanted:
                    for each in coordinated(child):
                        phrase = self.phrases.get(each.i)
                        if (phrase is not None and phrase.role != "place") or (
                            phrase is not None and phrase.role == "place" and self.frame.mode == "visit"
                        ):
                            out.append(phrase)
                elif slot == "dat" and child.dep_ == "dative" and child.pos_ == "ADP":
                    out += self._all([g for g in child.children if g.dep_ == "pobj"])
            if not out and slot == "obj" and verb.dep_ == "relcl" and self._object_gap(verb):
                out = self._all([verb.head])
            return out
        if slot == "in":
            out = []
            for child in verb.children:
                if child.dep_ in ("dobj", "oprd", "attr"):
                    out += [p for each in coordinated(child) for p in within(each, self.phrases)]
            if not out:
                for child in verb.children:
                    if child.dep_ in ("ccomp", "pcomp"):
                        continue
                    if child.dep_ == "prep" and child.lower_ in ("for", "over", "about", "at", "against"):
                        out += [p for g in child.children if g.dep_ == "pobj" for p in within(g, self.phrases)]
            return out
        if slot == "sub":
            for child in verb.children:
                if child.dep_ in ("ccomp", "xcomp"):
                    for grandchild in child.children:
                        if grandchild.dep_ in ("nsubj", "nsubjpass"):
                            return self._all(coordinated(grandchild))
                if child.dep_ == "prep" and child.lower_ == "for":
                    return self._all([g for g in child.children if g.dep_ == "pobj"])
            return []
        if slot == "place":
            out = []
            for child in verb.children:
                if child.dep_ in ("prep", "advmod") and child.lower_ in ("in", "to", "into", "for", "at", "from"):
                    out += [
                        p
                        for g in child.children
                        if g.dep_ == "pobj"
                        for each in coordinated(g)
                        for p in within(each, self.phrases, places=True)
                        if not p.person and (p.role == "place" or p.prep == "to")
                    ]
                if child.dep_ == "dobj":
                    out += [p for p in within(child, self.phrases, places=True) if not p.person]
            return out
        return self._prep(verb, slot, places=slot in ("to", "from"))

    @staticmethod
    def _object_gap(verb: Token) -> bool:
        marks = [c for c in verb.children if c.lower_ in _RELATIVE]
        has_subject = any(c.dep_ == "nsubj" and c.lower_ not in _RELATIVE for c in verb.children)
        return has_subject and (not marks or any(c.dep_ == "dobj" for c in marks))

    def _prep(self, token: Token, word: str, *, places: bool = False) -> list[Phrase]:
        out: list[Phrase] = []
        for child in token.children:
            if child.dep_ in ("prep", "agent", "dative", "prt") and child.lower_ == word:
                objects = [g for g in child.children if g.dep_ == "pobj"]
                for obj in objects:
                    for each in coordinated(obj):
                        found = within(each, self.phrases, places=places)
                        out += found
            elif child.dep_ == "prep" and child.lower_ != word:
                for inner in child.children:
                    if inner.dep_ == "prep" and inner.lower_ == word:
                        out += [
                            p
                            for g in inner.children
                            if g.dep_ == "pobj"
                            for p in within(g, self.phrases, places=places)
                        ]
        return out

    def _all(self, heads: list[Token]) -> list[Phrase]:
        return [phrase for head in heads for phrase in within(head, self.phrases)]


def _once(phrases: list[Phrase]) -> list[Phrase]:
    seen: dict[int, Phrase] = {}
    for phrase in phrases:
        seen.setdefault(phrase.head, phrase)
    return sorted(seen.values(), key=lambda p: p.start)


def ancestors(token: Token) -> Iterator[Token]:
    """A token's heads, nearest first."""
    while token.head.i != token.i:
        token = token.head
        yield token
