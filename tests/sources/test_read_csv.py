"""CSV and TSV: the header names the fields; a broken row is named and costs itself only."""

import datetime as dt
import hashlib

import pytest

ROW = '2023-03-16,Leaders meet,"They met, ""again"",\nand talked."'


def test_quoted_fields_over_several_lines(reading):
    outcome = reading("a.csv", f"date,title,text\n{ROW}\n2023-03-17,Second,More.\n")
    first, second = outcome.articles
    assert first.text == 'They met, "again",\nand talked.'
    assert (first.origin.line, second.origin.line) == (2, 4)
    assert first.origin.sha256 == hashlib.sha256(f"{ROW}\n".encode()).hexdigest()
    assert second.published == dt.date(2023, 3, 17)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(reading, delimiter):
    rows = [["Headline", "Body", "Pub_Date", "Outlet", "Link", "Section"],
            ["Leaders meet", "They met.", "2023-03-16", "Herald", "https://e.org/1", "world"]]  # fmt: skip
    article = reading("a.csv", "\r\n".join(delimiter.join(row) for row in rows)).only
    assert (article.title, article.text, article.publisher) == ("Leaders meet", "They met.", "Herald")
    assert (article.url, article.extra) == ("https://e.org/1", {"Section": "world"})


def test_excel_s_separator_line_and_encoding(reading):
    article = reading("a.csv", "sep=;\r\ndate;title\r\n2023-03-16;Café “talks”\r\n".encode("cp1252")).only
    assert (article.title, article.origin.line) == ("Café “talks”", 3)


def test_a_mapping_names_the_columns(reading):
    article = reading(
        "a.csv", "day,story,headline\n2023-03-16,They met.,T\n", mapping={"date": "day", "text": "story"}
    ).only
    assert (article.text, article.published, article.cluster) == ("They met.", dt.date(2023, 3, 16), None)


def test_tab_separated_rows_without_quoting(reading):
    article = reading("a.tsv", 'date\ttitle\ttext\n2023-03-16\tT\t"Enough," he said.\n').only
    assert article.text == '"Enough," he said.'


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2023-03-16,T", "has 2 columns where the header has 3; check quotes and delimiters"),
        ("2023-03-16,T,a,b", "has 4 columns where the header has 3; check quotes and delimiters"),
        ('2023-03-16,T,"quoted" and more', "not CSV (',' expected after '\"'); check the quotes of this row"),
        ('2023-03-16,T,"never closed', "not CSV (a quote is opened and never closed); check the quotes of this row"),
        ("31 February 2018,T,a", "the date '31 February 2018' does not exist; write it as YYYY-MM-DD"),
        (",T,a", "no publication date; give one as YYYY-MM-DD"),
        ("2023-03-16,,", "neither title nor text; nothing to read"),
    ],
)
def test_a_bad_row_costs_that_row_only(reading, row, problem):
    outcome = reading("a.csv", f"date,title,text\n2023-03-15,first,a\n{row}\n\n2023-03-17,last,b\n")
    assert [a.title for a in outcome.articles] == ["first", "last"]
    assert outcome.problems == [f"a.csv:3: {problem}"]


def test_an_undecodable_row_is_named(reading):
    outcome = reading("a.csv", b"date,title\n2023-03-16,\xe9 \xe2\x80\x9c\n2023-03-17,last\n")
    assert [a.title for a in outcome.articles] == ["last"]
    assert outcome.problems[0].startswith("a.csv:2: neither UTF-8 nor one other encoding")


def test_a_quote_left_open_does_not_swallow_the_thousands_of_rows_below(reading):
    rows = "".join(f"2023-03-16,title {i},text\n" for i in range(3000))
    outcome = reading("a.csv", f'date,title,text\n2023-03-16,bad,"open\n{rows}')
    assert len(outcome.articles) == 3000
    assert outcome.problems == ["a.csv:2: not CSV (a quote is opened and never closed); check the quotes of this row"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("day,words\n1,2\n", "a.csv:1: no column is the date (columns: day, words); "
         "name it with --map, as in --map text=body,date=day"),
        ("date,words\n1,2\n", "a.csv:1: no column is the text or title (columns: date, words); "
         "name it with --map, as in --map text=body,date=day"),
        ("date,body,content\n1,2,3\n", "a.csv:1: body and content could each be the text; choose with --map text=body"),
        ("date,title,x,x\n1,2,3,4\n", "a.csv:1: two columns have the same name; rename one"),
        ("date,title\n", "a.csv: holds no articles; check the file, or give --format"),
    ],
)  # fmt: skip
def test_headers_that_do_not_do(reading, content, problem):
    assert reading("a.csv", content).problems == [problem]


def test_a_table_is_told_by_its_header_whatever_the_ending(reading):
    assert reading("a.txt", "title;date;body\nT;2023-03-16;B\n").report.formats == {"csv": 1}
