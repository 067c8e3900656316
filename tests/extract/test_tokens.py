"""Sentences as the transformer reads them: once for all of their pairs."""

import numpy as np
import pytest

from kg.extract.classifier import classifier
from kg.extract.tokens import MOST_PAIRS, batch_arrays, unmarked
from kg.extract.tokens import encode as tokens_of

LONG = "word " * 150


@pytest.fixture(scope="module")
def tokenizer():
    return classifier().transformer.tokenizer


def encode(texts, tokenizer, length):
    """The tokens of marked sentences."""
    return tokens_of([unmarked(text) for text in texts], tokenizer, length)


def test_what_is_written_like_a_mark_is_text(tokenizer):
    (tokens,) = tokens_of([("Mail @ Iran @ Chad and Mali.", (14, 18), (23, 27))], tokenizer, 112)
    assert phrases(tokens, tokenizer) == [("chad", "mali")]
    assert tokenizer.decode(tokens.ids) == "mail @ iran @ chad and mali."


def phrases(tokens, tokenizer):
    """The words of source and target of each pair; nobody is no word."""
    return [tuple(tokenizer.decode(tokens.ids[a:b]) for a, b in pair) for pair in tokens.pairs]


def test_pairs_of_one_sentence_are_read_together(tokenizer):
    (tokens,) = encode(["@ Iran @ met # Iraq #'s aide.", "# Iran # met @ Iraq @'s aide.", "@ Iran @ met Iraq's aide."],
                       tokenizer, 112)  # fmt: skip
    assert tokenizer.decode(tokens.ids) == "iran met iraq ' s aide."
    assert phrases(tokens, tokenizer) == [("iran", "iraq"), ("iraq", "iran"), ("iran", "")]
    assert tokens.numbers == [0, 1, 2]


def test_sentences_keep_the_numbers_of_their_texts(tokenizer):
    found = encode(["@ Iran @ met Iraq.", "@ Chad @ met # Mali #.", "Iran met @ Iraq @."], tokenizer, 112)
    assert sorted(t.numbers for t in found) == [[0, 2], [1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{LONG}@ Iran @ met # Iraq #. {LONG}", ("iran", "iraq")),
        (f"{LONG}# Iran # was met by @ Iraq @.", ("iraq", "iran")),
        (f"@ Iran @ met Iraq. {LONG}", ("iran", "")),
    ],
    ids=["middle", "end", "begin"],
)
def test_a_long_sentence_is_cut_around_its_pair(text, expected, tokenizer):
    (tokens,) = encode([text], tokenizer, 40)
    assert len(tokens.ids) == 40
    assert phrases(tokens, tokenizer) == [expected]


def test_a_target_too_far_from_its_source_in_a_long_sentence_is_nobody(tokenizer):
    (tokens,) = encode([f"@ Iran @ {LONG} met # Iraq #."], tokenizer, 40)
    assert phrases(tokens, tokenizer) == [("iran", "")]


def test_a_sentence_of_very_many_pairs_is_read_more_than_once(tokenizer):
    names = [f"Name{n}" for n in range(MOST_PAIRS + 5)]
    texts = [" ".join(f"@ {name} @" if name == one else name for name in names) for one in names]
    found = encode(texts, tokenizer, 400)
    assert [len(t.pairs) for t in found] == [MOST_PAIRS, 5]
    assert [n for t in found for n in t.numbers] == list(range(len(texts)))


def test_marks_are_seen_by_their_own_pair_only(tokenizer):
    (tokens,) = encode(["@ Iran @ met # Iraq #.", "# Iran # met @ Iraq @."], tokenizer, 112)
    arrays = batch_arrays([tokens])
    text, first, second = len(tokens.ids), [0, 2], [1, 3]
    attention = arrays["attention"][0]
    assert attention[:, :text].all()
    assert not attention[:text, text:].any()
    marks = attention[text:, text:]
    assert marks[np.ix_(first, first)].all() and marks[np.ix_(second, second)].all()
    assert not marks[np.ix_(first, second)].any() and not marks[np.ix_(second, first)].any()


SENTENCES = [
    unmarked("@ Iran @ attacked # Iraq # on Monday."),
    unmarked("# Iran # attacked @ Iraq @ on Monday."),
    unmarked("@ Iran @ attacked Iraq on Monday."),
]


def test_the_answer_for_a_pair_hardly_depends_on_the_other_pairs():
    model = classifier().transformer
    alone, together = model.predict(SENTENCES[:1])[0], model.predict(SENTENCES)[0]
    assert np.abs(alone - together).max() < 0.05  # computed in 8 bits by the range of the values in a sentence
    assert classifier().classes[int(together.argmax())] == "ASSAULT"


def test_the_answer_for_a_pair_does_not_depend_on_other_sentences():
    model = classifier().transformer
    others = ["@ Ministers @ from # Chad # and Niger signed a treaty in Nairobi.", "@ Peru @ thanked # Chile #."]
    others = [unmarked(text) for text in others]
    together = model.predict([others[0], *SENTENCES, others[1]])
    assert (together[1:4] == model.predict(SENTENCES)).all()
