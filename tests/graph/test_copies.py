"""Signatures of articles are stored, so they are the same in every release."""

from __future__ import annotations

import pytest

from kg.graph.copies import PERMUTATIONS, Sketcher


@pytest.mark.parametrize(("word", "crc"), [("hello", 0x3610A686), ("a", 0xE8B7BE43)])
def test_the_signature_of_a_word_is_what_datasketch_makes_of_its_crc(word, crc):
    datasketch = pytest.importorskip("datasketch")
    expected = datasketch.MinHash(num_perm=PERMUTATIONS, hashfunc=int, scheme="affine32")
    expected.update(crc)
    assert list(Sketcher()(word, "")) == list(expected.hashvalues)
