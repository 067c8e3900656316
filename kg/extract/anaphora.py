"""Whom a definite description or a pronoun means.

What was named last, and as a subject, is the likeliest antecedent; the kind of noun or pronoun says what it may be: a
person, a state, an organisation, an armed group, or two of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kg.extract.lexicon import yaml_resource
from kg.extract.phrases import Phrase, Ref
from kg.extract.possession import owners
from kg.extract.reading import Reading, coordinated
from kg.extract.roles import Person
from kg.extract.triggers import lexicon
from kg.model import ActorKind

if TYPE_CHECKING:
    from spacy.tokens import Token

__all__ = [
    "body_meant",
    "country_meant",
    "definite_person",
    "doer_meant",
    "first_person",
    "group_meant",
    "half_of_korea",
    "matrix_state",
    "other_party",
    "pair_meant",
    "pronoun",
    "speaker",
]

_SUBJECTS = ("nsubj", "nsubjpass")
_PAIRED = (ActorKind.STATE, ActorKind.GROUP, ActorKind.ORGANISATION)
_REACH = 80
"""How many tokens back an antecedent may be."""
_SENTENCES = 2
"""How many sentences back "they" may have been named."""
_MEETING = frozenset({"meet", "talk", "confer", "discuss", "speak", "hold", "agree"})
_TAKES_UP = frozenset({"the", "this", "that", "these", "those"})
_FIRST = ("i", "we", "us", "me")


def _base(r: Reading, ref: Ref) -> Ref:
    """The state or body that a reference belongs to (``IRN:CVL`` belongs to ``IRN``)."""
    key = ref.id.split(":")[0]
    return r.context.refs.get(key, ref)


def _last(r: Reading, token: Token, fits: Callable[[Phrase], bool], reach: int = _REACH) -> Phrase | None:
    """The last phrase before a token that fits, of those in one sentence the subject first."""
    best: Phrase | None = None
    for phrase in reversed(r.order):
        if phrase.head >= token.i:
            continue
        head = r.doc[phrase.head]
        if token.i - phrase.head > reach or (best is not None and head.sent.start != r.doc[best.head].sent.start):
            break
        if fits(phrase):
            if head.dep_ in _SUBJECTS:
                return phrase
            best = best or phrase
    return best


def _marks(token: Token) -> set[str]:
    return {child.lower_ for child in token.lefts}


def pair_meant(r: Reading, token: Token, lemma: str) -> tuple[Ref, ...]:
    """The two parties that "the two leaders", "both countries" or "the neighbours" mean.

    They are the two that the sentence names before, else the sentence before it, else those named most so far.
    """
    table = r.context.table
    marks = _marks(token)
    if lemma in table.pair_nouns and marks & {"two", "both"}:
        pass
    elif not (lemma in table.rivals and "the" in marks and token.tag_ in ("NNS", "NNPS")):
        return ()
    owned = {s.actor for s, _ in owners(r, token) if s is not None}
    if owned:
        return ()
    states_only = lemma in table.countries or lemma in ("government", "military", "militaries", "neighbour", "neighbor")
    kinds = (ActorKind.STATE,) if states_only else _PAIRED
    near: dict[int, dict[str, Ref]] = {}
    for phrase in r.order:
        start = r.doc[phrase.head].sent.start
        if phrase.head < token.i and token.i - phrase.head <= _REACH and not phrase.pronoun:
            for ref in phrase.refs:
                base = _base(r, ref)
                if base.kind in kinds and phrase.role != "place" and not base.id.startswith("org."):
                    near.setdefault(start, {})[base.id] = base
    apart = _between(r, token.i) if lemma in ("side", "party") else ()
    for start in sorted(near, reverse=True):
        if start < token.sent.start and apart:
            return apart
        if len(near[start]) == 2 and not _only_beside(r, start):
            return tuple(near[start][key] for key in sorted(near[start]))
    known = r.context.refs
    ranked = sorted(
        (key for key in r.context.counts if key in known),
        key=lambda key: (-r.context.counts[key], r.context.first[key]),
    )
    states = [key for key in ranked if known[key].kind in (ActorKind.STATE, ActorKind.GROUP)]
    return tuple(known[key] for key in sorted(states[:2])) if len(states) >= 2 else ()


def _only_beside(r: Reading, start: int) -> bool:
    """Whether the two parties of a sentence act side by side on something else ("Japan and India condemned it")."""
    for token in r.doc[start : r.doc[start].sent.end]:
        if token.dep_ == "conj" and token.head.dep_ in _SUBJECTS and token.i in r.found and token.head.i in r.found:
            verb = token.head.head
            return verb.lemma_ not in _MEETING and any(c.dep_ == "dobj" for c in verb.rights)
    return False


def _between(r: Reading, before: int) -> tuple[Ref, ...]:
    """The last two parties named with "between"."""
    for phrase in reversed(r.order):
        head = r.doc[phrase.head]
        if before - phrase.head > 3 * _REACH:
            break
        if head.dep_ == "pobj" and head.head.lower_ == "between" and phrase.head < before:
            others = [r.found[c.i] for c in head.conjuncts if c.i in r.found]
            if len(others) == 1:
                return tuple(sorted((_base(r, p.refs[0]) for p in (phrase, *others)), key=lambda ref: ref.id))
    return ()


def doer_meant(r: Reading, token: Token, lemma: str) -> tuple[Ref, ...]:
    """Who did what "the attack" or "the decision" takes up, where no word beside it tells: the subject of the last
    sentence before that tells of such a thing, of "the decision" of the last that not only says something."""
    kind = r.context.table.deeds.get(lemma)
    sentence = token.sent
    if kind is None or not sentence.start or token.dep_ not in ("dobj", "pobj") or not _marks(token) & _TAKES_UP:
        return ()
    if any(t.i in r.owner or t.i in r.persons or t.pos_ in ("ADP", "PART") for t in token.subtree):
        return ()
    if token.dep_ == "pobj" and (
        token.head.lower_ not in ("to", "for", "at", "against") or token.head.head.pos_ != "VERB"
    ):
        return ()
    mine = {ref.id for above in token.ancestors for c in above.lefts if c.i in r.found for ref in r.found[c.i].refs}
    start = sentence.start
    for _ in range(_SENTENCES):
        root = _root_of(r, start - 1)
        if root is None:
            return ()
        refs = _doer(r, root, kind)
        if refs is not None:
            return () if mine & {ref.id for ref in refs} else refs
        start = root.sent.start
    return ()


def _doer(r: Reading, root: Token, kind: str) -> tuple[Ref, ...] | None:
    """Who does something of a kind in a sentence; None where nothing of it is told, nobody where it is not clear."""
    table = r.context.table
    for noun in (t for t in root.sent if t.pos_ == "NOUN" and table.deeds.get(t.lemma_.lower()) == kind):
        for child in noun.lefts:
            if child.i in r.found:  # "Israeli strikes"
                return r.found[child.i].refs
    said = root.lemma_.lower() in table.saying
    clause = next((c for c in root.children if c.dep_ == "ccomp"), root) if said else root
    told = _deeds_told(clause)
    if not (kind in told or (kind == "any" and (told or not said))):
        return None
    subjects = [r.found[c.i] for c in clause.lefts if c.dep_ == "nsubj" and c.i in r.found]
    return subjects[0].refs if subjects and subjects[0].role == "actor" else ()


def _deeds_told(root: Token) -> set[str]:
    """The categories that the verb of a sentence and the words that hang on it tell of."""
    words = [word for word in (root, *root.children) if word.pos_ in ("VERB", "NOUN", "AUX")]
    return {t.frame.category for w in words for t in (lexicon().verb(w), lexicon().noun(w)) if t is not None}


def half_of_korea(r: Reading, token: Token) -> Ref | None:
    """Which Korea "the North" or "the South" is, where the article speaks of Korea."""
    if token.text not in ("North", "South") or token.dep_ not in (*_SUBJECTS, "dobj", "pobj", "poss"):
        return None
    if not token.i or r.doc[token.i - 1].lower_ != "the" or not {"KOR", "PRK"} & r.context.named:
        return None
    return r.state("PRK" if token.text == "North" else "KOR", None)


def other_party(r: Reading, token: Token, lemma: str) -> Ref | None:
    """Whom "its neighbour" means: the last state named that is not its own."""
    if lemma not in r.context.table.rivals or token.tag_ in ("NNS", "NNPS"):
        return None
    own = {ref.id.split(":")[0] for _, ref in owners(r, token) if ref is not None}
    own |= {sense.actor for sense, _ in owners(r, token) if sense is not None}
    if not own or not any(child.dep_ == "poss" for child in token.lefts):
        return None

    def fits(phrase: Phrase) -> bool:
        bases = {_base(r, ref).id for ref in phrase.refs}
        kinds = {_base(r, ref).kind for ref in phrase.refs}
        return phrase.role != "place" and not bases & own and kinds == {ActorKind.STATE}

    phrase = _last(r, token, fits)
    return _base(r, phrase.refs[0]) if phrase is not None else None


def country_meant(r: Reading, token: Token) -> Ref | None:
    """Which state "the country" or "his country" means."""
    for child in token.lefts:
        if child.dep_ == "poss" and child.lower_ in ("his", "her", "its", "their", "our", "my"):
            phrase = _last(r, token, lambda p: bool(p.refs[0].country) and p.role == "actor")
            return r.state(phrase.refs[0].id.split(":")[0], None) if phrase is not None else None
    if not _marks(token) & {"the", "this"} or token.tag_ in ("NNS", "NNPS"):
        return None
    described = [child for child in token.lefts if child.dep_ in ("amod", "compound", "nmod")]
    if any(_a_state(r, child) for child in described):
        return None
    if token.lemma_ == "state" and (not described or any(child.lower_ == "of" for child in token.rights)):
        return None  # "the pariah state" is a country, neither "the state" nor "the natural state of" is
    called = " ".join([*(child.lower_ for child in described[-1:]), token.lemma_.lower()])
    if called in r.context.table.epithets:
        states = r.context.table.epithets[called]
        named = [p.refs[0].country for p in reversed(r.order) if p.refs[0].country in states]
        return r.state(named[0] if named and named[0] else states[0], None)
    used = _subjects_of(r, token) if described else set()

    def fits(phrase: Phrase) -> bool:
        base = _base(r, phrase.refs[0])
        return base.kind is ActorKind.STATE and phrase.role != "modifier" and base.id not in used

    phrase = _last(r, token, fits, 40)
    if phrase is not None:
        return _base(r, phrase.refs[0]) if phrase.refs[0].id in r.gaz.actors else r.state(phrase.refs[0].id, None)
    default = r.context.default
    return r.state(default, None) if default and not (described and default in used) else None


def _a_state(r: Reading, token: Token) -> bool:
    return token.i in r.owner and r.gaz.actors[r.owner[token.i][1].actor].kind is ActorKind.STATE


def _subjects_of(r: Reading, token: Token) -> set[str]:
    """The states that are subjects in the clauses above a token: "the pariah state" is another one."""
    return {key.split(":")[0] for key in _named_bodies(r, token)} if token.dep_ not in _SUBJECTS else set()


def body_meant(r: Reading, token: Token, lemma: str) -> Ref | None:
    """Which organisation "the agency" or "the bloc" means: the last one named that is called so."""
    if not _marks(token) & {"the", "this"} or token.tag_ in ("NNS", "NNPS"):
        return None
    table = r.context.table.bodies.get(lemma, frozenset())

    def called(ident: str) -> bool:
        actor = r.gaz.actors.get(ident)
        if actor is None or actor.kind is not ActorKind.ORGANISATION:
            return False
        return ident in table or any(lemma in alias.name.lower().split() for alias in actor.aliases)

    for phrase in reversed(r.order):
        if phrase.head < token.i and token.i - phrase.head <= 3 * _REACH:
            for ref in phrase.refs:
                if called(ref.id):
                    return r.context.refs.get(ref.id, ref)
    fits = [key for key in r.context.counts if called(key)]
    if fits:
        return r.context.refs.get(max(fits, key=lambda k: r.context.counts[k]))
    return next((ref for ref in r.context.headline.bodies if called(ref.id)), None)


def group_meant(r: Reading, token: Token, sector: str | None, country: str | None) -> Ref | None:
    """Which armed or political group "the rebels" or "the group" means: the last one named, of that country."""
    if sector is not None and sector not in ("REB", "PRM"):
        return None

    def fits(phrase: Phrase) -> bool:
        ref = phrase.refs[0]
        actor = r.gaz.actors.get(ref.id)
        armed = sector is None or (actor is not None and actor.sector in ("REB", "PRM"))
        return ref.kind is ActorKind.GROUP and armed and (country is None or ref.country in (country, None))

    phrase = _last(r, token, fits, 3 * _REACH)
    if phrase is not None:
        return phrase.refs[0]
    if sector is None and token.lemma_.lower() in ("group", "organisation", "organization"):
        phrase = _last(r, token, lambda p: p.refs[0].kind is ActorKind.ORGANISATION and p.role == "actor")
        if phrase is not None:
            return phrase.refs[0]
    titled = [ref for ref in r.context.headline.bodies if ref.kind is ActorKind.GROUP]
    return titled[0] if len(titled) == 1 and country in (None, titled[0].country) else None


def definite_person(r: Reading, token: Token, lemma: str, left: int) -> Person | None:
    """Whom "the president" or "the secretary of state" means: who was named so, or is known to hold the office."""
    if not _marks(token) & {"the", "this"}:
        return None
    start = r.doc[left].idx
    words = r.text[start : start + 60].lower().removeprefix("the ").removeprefix("this ")
    subjects = _named_bodies(r, token)
    found: list[Person] = []
    for known in r.context.surnames.values():
        for person in known:
            term = r.gaz.term_of(person.known, r.context.day) if person.known else None
            title = (person.title if person.stated and person.title else term.title if term else "").lower()
            if title and words.startswith(title) and not words[len(title) : len(title) + 1].isalpha():
                found.append(person)
    if found:
        return next((p for p in found if p.actor in subjects), found[0])
    called = r.context.titles.get(lemma) or r.context.titles.get(token.lower_)
    fits = called is None or not subjects or called.actor in subjects or not called.actor
    return called if fits else None


def _named_bodies(r: Reading, token: Token) -> set[str]:
    """The states that are subjects of the clauses around a token ("The Pentagon said that ... the president")."""
    out: set[str] = set()
    for above in token.ancestors:
        for child in above.lefts:
            if child.dep_ in _SUBJECTS and child.i in r.found and child.i < token.i and not r.found[child.i].pronoun:
                out |= {ref.id.split(":")[0] for ref in r.found[child.i].refs if r.found[child.i].role == "actor"}
    return out


def matrix_state(r: Reading, token: Token) -> str | None:
    """The state whose statement or act a clause belongs to, when there is just one."""
    states = {key for key in _named_bodies(r, token) if key in r.gaz.actors}
    if not states and token.dep_ == "nsubj":
        for said in token.head.lefts:
            if said.dep_ == "ccomp":
                subjects = [child for child in said.lefts if child.dep_ in _SUBJECTS and child.i in r.found]
                states = {ref.id.split(":")[0] for child in subjects for ref in r.found[child.i].refs}
        states = {key for key in states if key in r.gaz.actors}
    only = next(iter(states)) if len(states) == 1 else None
    return only if only and r.gaz.actors[only].kind is ActorKind.STATE else None


def pronoun(r: Reading, token: Token) -> Phrase | None:
    """Whom "he", "she", "it" or "they" means, or None where that is not clear."""
    if token.dep_ not in (*_SUBJECTS, "dobj", "pobj", "dative"):
        return None
    if token.lower_ in ("it", "they", "them"):
        return _thing(r, token)
    clause = token.head if token.dep_ != "pobj" else token.head.head
    for above in token.ancestors:
        if above.dep_ == "relcl":  # "Trump's speech, in which he threatened"
            whose = next((r.found[c.i] for c in above.head.lefts if c.dep_ == "poss" and c.i in r.found), None)
            if whose is not None and whose.person and token.dep_ in _SUBJECTS:
                return r.make(token, token.i, token.i + 1, whose.refs, named=False, pronoun=True, person=True)
    best: tuple[tuple[bool, bool, int], Phrase] | None = None
    female = token.lower_ in ("she", "her")
    for phrase in r.order:
        head = r.doc[phrase.head]
        if not phrase.person or len(phrase.refs) != 1 or phrase.head >= token.i or token.i - phrase.head > 60:
            continue
        subject = head.dep_ in _SUBJECTS
        if subject and head.head.i in _governing(clause) and token.dep_ not in _SUBJECTS:
            continue
        woman = _woman(phrase.refs[0])
        if woman is not None and woman != female:
            continue
        key = (bool(woman), subject, phrase.head)
        if best is None or key > best[0]:
            best = (key, phrase)
    if best is None:
        person = r.context.headline.person
        refs: tuple[Ref, ...] = (r.person_ref(person),) if person is not None else ()
    else:
        refs = best[1].refs
    return r.make(token, token.i, token.i + 1, refs, named=False, pronoun=True, person=True) if refs else None


def _woman(ref: Ref) -> bool | None:
    """Whether a person is a woman, as far as the first name tells; None where it doesn't."""
    first = (ref.agent or "").split()
    return _sexes().get(first[0]) if len(first) > 1 else None


@functools.cache
def _sexes() -> dict[str, bool]:
    """Whether a first name is a woman's."""
    names = yaml_resource("names.yaml")
    return dict.fromkeys(names["men"], False) | dict.fromkeys(names["women"], True)


def _thing(r: Reading, token: Token) -> Phrase | None:
    plural = token.lower_ != "it"
    clause = token.head if token.dep_ != "pobj" else token.head.head
    clausal = any(child.dep_ in ("ccomp", "advcl") and child.i > token.i for child in token.head.children)
    if not plural and clausal and token.dep_ == "nsubjpass":
        return None
    if token.dep_ == "dobj" and (meant := _object_before(r, token)) is not None:
        return meant
    if not plural and (token.head.lemma_ in ("be", "seem", "appear", "take", "become") or token.dep_ not in _SUBJECTS):
        return None

    for phrase in _last_subjects(r, token):
        head = r.doc[phrase.head]
        if phrase.role == "place":
            return None
        if token.dep_ not in _SUBJECTS and head.head.i in _governing(clause):
            continue
        if not plural:
            single = not (phrase.person or head.tag_ == "NNS" or len(phrase.refs) > 1)
            made = r.make(token, token.i, token.i + 1, phrase.refs, named=False, pronoun=True)
            return made if single else None
        refs = _together(r, phrase)
        many = len(refs) > 1 or head.tag_ in ("NNS", "NNPS") or head.lemma_ in ("police", "people", "family")
        if many or head.lower_ in ("they", "we"):
            return r.make(token, token.i, token.i + 1, refs, named=False, pronoun=True)
    return None


def _object_before(r: Reading, token: Token) -> Phrase | None:
    """ "Condemned Iran and urged it to sign": the object of the verb before, under the same subject."""
    verb = token.head
    if verb.dep_ != "conj" or any(c.dep_ in _SUBJECTS for c in verb.lefts):
        return None
    objects = [c for c in verb.head.rights if c.dep_ == "dobj" and c.i < verb.i and c.i in r.found]
    phrase = r.found[objects[0].i] if len(objects) == 1 else None
    if phrase is None or phrase.person or phrase.role != "actor":
        return None
    return r.make(token, token.i, token.i + 1, phrase.refs, named=False, pronoun=True)


def _governing(clause: Token) -> set[int]:
    """A verb and those above it whose subject is its own ("began attacking them": who began attacks others)."""
    verbs = {clause.i}
    while clause.dep_ in ("xcomp", "conj", "advcl") and not any(c.dep_ in _SUBJECTS for c in clause.lefts):
        clause = clause.head
        verbs.add(clause.i)
    return verbs


def _together(r: Reading, phrase: Phrase) -> tuple[Ref, ...]:
    """A subject's parties with those that are listed after it or act with it ("Li and Kim", "Li met with Kim")."""
    head = r.doc[phrase.head]
    tokens = [t for t in coordinated(head) if t.dep_ == "conj"]
    verb = head.head
    objects = [t for t in verb.children if t.dep_ == "dobj"]
    if verb.lemma_ in _MEETING:
        joint = [p for t in (verb, *objects) for p in t.children if p.lower_ == "with"]
        tokens += [t for prep in joint for t in prep.children if t.dep_ == "pobj"]
    if verb.lemma_ == "meet":
        tokens += objects
    refs = {ref.id: ref for ref in phrase.refs}
    for token in tokens:
        other = r.found.get(token.i)
        if other is not None and other.role != "place":
            refs.update({ref.id: ref for ref in other.refs})
    return tuple(refs.values())


def _last_subjects(r: Reading, token: Token) -> Iterator[Phrase]:
    """Subjects before a token: the nearest one in its sentence, then the main subjects of the sentences before it."""
    sentence = token.sent
    for here in reversed(r.doc[sentence.start : token.i]):
        if here.dep_ in _SUBJECTS and here.pos_ != "DET":
            if here.i in r.found:
                yield r.found[here.i]
            if token.lower_ == "it":
                return
            break
    start = sentence.start
    for _ in range(_SENTENCES):
        before = _root_of(r, start - 1)
        if before is None:
            return
        yield from (r.found[c.i] for c in before.lefts if c.dep_ in _SUBJECTS and c.i in r.found)
        start = before.sent.start
        if token.lower_ == "it":
            return


def first_person(token: Token) -> bool:
    """Whether a word is a pronoun for the speaker in a clause's subject or object."""
    return token.lower_ in _FIRST and token.text != "US" and token.dep_ in (*_SUBJECTS, "dobj", "pobj", "dative")


def speaker(r: Reading, token: Token) -> Phrase | None:
    """Who says "I" or "we": the subject of the verb that the quotation hangs on, else of the sentence next to it."""
    for above in token.ancestors:
        if above.dep_ in ("ccomp", "parataxis") or above.dep_ == "ROOT":
            saying = above.head if above.dep_ != "ROOT" else above
            for child in saying.children:
                if child.dep_ == "nsubj" and child.i in r.found and child.i != token.i and saying.i != token.head.i:
                    return _echo(r, token, r.found[child.i])
    sentence = token.sent
    for root in (_root_of(r, sentence.end), _root_of(r, sentence.start - 1)):
        if root is None or root.lemma_.lower() not in r.context.table.saying:
            continue
        for child in root.children:
            if child.dep_ == "nsubj" and child.i in r.found:
                return _echo(r, token, r.found[child.i])
    return None


def _echo(r: Reading, token: Token, phrase: Phrase) -> Phrase:
    return r.make(token, token.i, token.i + 1, phrase.refs, named=False, pronoun=True, person=phrase.person)


def _root_of(r: Reading, at: int) -> Token | None:
    return r.doc[at].sent.root if 0 <= at < len(r.doc) else None
