"""The same article twice, a new version of it, and two articles under one id."""

import json

A = {"id": "a", "date": "2023-03-16", "title": "T", "text": "One.", "url": "https://example.org/1"}


def rows(*changes):
    return "\n".join(json.dumps({**A, **change}) for change in changes)


def test_the_same_content_is_given_once_and_counted(reading):
    outcome = reading("a.jsonl", rows({}, {}, {"language": "en"}))
    assert (len(outcome.articles), outcome.report.duplicates, outcome.problems) == (1, 2, [])


def test_a_new_version_is_given_too_and_only_once(reading):
    outcome = reading("a.jsonl", rows({}, {"text": "Two."}, {}, {"text": "Two."}, {"date": "2023-03-17"}))
    assert [(a.id, a.text) for a in outcome.articles] == [("a", "One."), ("a", "Two."), ("a", "One.")]
    assert outcome.report.duplicates == 2


def test_the_same_id_with_another_url_names_both_places(tmp_path, reading_inputs):
    (tmp_path / "a.jsonl").write_text(rows({}, {"id": "b", "url": None}))
    (tmp_path / "b.jsonl").write_text("\n" + rows({"url": "https://example.org/2"}))
    outcome = reading_inputs(tmp_path)
    assert [a.id for a in outcome.articles] == ["a", "b"]
    assert outcome.problems == [
        "b.jsonl:2: has the id a of a.jsonl:1 but another url; give each article its own id, or none"
    ]
    assert outcome.report.kinds == {"conflict": 1}


def test_without_ids_the_address_tells_articles_apart(reading):
    outcome = reading("a.jsonl", rows({"id": None}, {"id": None, "url": "https://example.org/2"}))
    assert (len(outcome.articles), outcome.report.duplicates) == (2, 0)


def test_the_same_text_of_two_publishers_is_two_articles(reading):
    same = {"id": None, "url": None}
    assert len(reading("a.jsonl", rows({**same, "source": "X"}, {**same, "source": "Y"})).articles) == 2
