"""The quick attribute ruler: the annotations of spaCy's own, and the parse on one thread."""

import importlib

import numpy as np
import spacy
from spacy.language import Language
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc, Token
from threadpoolctl import threadpool_info

from kg.extract import parse
from kg.extract.ruler import quicken
from kg.sources import read

RULES = [
    {"patterns": [[{"TAG": "VB"}], [{"TAG": "VBD"}]], "attrs": {"POS": "VERB", "MORPH": "Mood=Ind"}},
    {"patterns": [[{"TAG": "MD", "LOWER": {"IN": ["can", "may"]}}]], "attrs": {"POS": "AUX", "LEMMA": "able"}},
    {"patterns": [[{"TAG": {"NOT_IN": ["VB", "VBD", "MD", "_SP"]}}]], "attrs": {"POS": "NOUN"}},
    {"patterns": [[{"LOWER": {"REGEX": "^x+$"}}]], "attrs": {"POS": "X"}},
    {"patterns": [[{"LOWER": "of"}, {"LOWER": "course"}]], "attrs": {"POS": "ADV"}, "index": 1},
    {"patterns": [[{"LOWER": "course"}]], "attrs": {"MORPH": "Number=Sing"}},
    {"patterns": [[{"LOWER": "may"}, {"TAG": "VB"}]], "attrs": {"LEMMA": "might"}},
    {"patterns": [[{"IS_SPACE": True}]], "attrs": {"POS": "SPACE"}},
]


def with_rules(rules) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("attribute_ruler").add_patterns(rules)
    quicken(nlp)
    return nlp


def annotated(nlp: Language, words: list[str], tags: list[str]) -> list[tuple[str, str, str]]:
    doc = Doc(nlp.vocab, words=words, tags=tags)
    for _, component in nlp.pipeline:
        doc = component(doc)
    return [(token.pos_, str(token.morph), token.lemma_) for token in doc]


def test_rules_of_one_token_of_several_and_of_patterns_are_kept_and_the_later_one_wins():
    nlp = with_rules(RULES)
    words = ["They", "Can", "go", "May", "xx", "of", "course", "may", "go", "\n"]
    tags = ["PRP", "MD", "VB", "MD", "NN", "IN", "NN", "MD", "VB", "_SP"]
    expected = [
        ("NOUN", "", ""),
        ("AUX", "", "able"),
        ("VERB", "Mood=Ind", ""),
        ("AUX", "", "able"),
        ("X", "", ""),
        ("NOUN", "", ""),
        ("ADV", "Number=Sing", ""),
        ("AUX", "", "might"),
        ("VERB", "Mood=Ind", ""),
        ("SPACE", "", ""),
    ]
    assert nlp.pipe_names == ["kg_attribute_ruler"]
    assert annotated(nlp, words, tags) == expected
    assert annotated(nlp, words, tags) == expected  # kinds of tokens are known now
    assert annotated(nlp, words[::-1], tags[::-1])[1] == ("VERB", "Mood=Ind", "")


def test_an_empty_document_stays_empty():
    nlp = with_rules(RULES)
    assert len(nlp.get_pipe("kg_attribute_ruler")(nlp.make_doc(""))) == 0


def test_rulers_that_set_more_than_token_attributes_are_left_to_spacy():
    Token.set_extension("marked", default=False, force=True)
    nlp = with_rules([{"patterns": [[{"TAG": "VB"}]], "attrs": {"_": {"marked": True}}}])
    assert nlp.pipe_names == ["attribute_ruler"]
    assert nlp.get_pipe("attribute_ruler")(Doc(nlp.vocab, words=["go"], tags=["VB"]))[0]._.marked


def test_rulers_of_another_kind_are_left_as_they_are():
    class Own(AttributeRuler):
        pass

    Language.factory("own_ruler", func=lambda nlp, name: Own(nlp.vocab))
    nlp = spacy.blank("en")
    nlp.add_pipe("own_ruler", name="attribute_ruler")
    quicken(nlp)
    assert nlp.pipe_names == ["attribute_ruler"]


def test_articles_are_annotated_as_by_spacy_itself():
    columns = ["TAG", "POS", "MORPH", "LEMMA", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "NORM"]
    own = importlib.import_module(parse.DEFAULT_MODEL).load()
    parse._split_paragraphs(own)
    texts = [text for article in read(["data/articles"]) for text in (article.text, article.title) if text]
    texts += ["", "  \n\n Well,\tthere is   nothing -- of course -- that they 'd have got.\n"]
    for doc, known in zip(parse.parse_batch(texts, parse.DEFAULT_MODEL), own.pipe(texts), strict=True):
        assert [t.text for t in doc] == [t.text for t in known]
        assert np.array_equal(doc.to_array(columns), known.to_array(columns)), doc.text


def test_parsing_uses_one_thread_and_leaves_the_program_its_own(monkeypatch):
    def threads() -> set[int]:
        return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}

    before, seen = threads(), []
    blank = spacy.blank("en")

    @Language.component("seen_threads")
    def look(doc: Doc) -> Doc:
        seen.append(threads())
        return doc

    blank.add_pipe("seen_threads")
    monkeypatch.setattr(parse, "load", lambda model: blank)
    assert [doc.text for doc in parse.parse_batch(["a b", "c"], "any")] == ["a b", "c"]
    assert seen == [{1}, {1}]
    assert threads() == before
