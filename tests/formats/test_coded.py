"""GDELT, ICEWS and POLECAT: rows written here in their documented layouts, and what becomes of them."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from graph_desk import build_at

from kg.errors import SourceError
from kg.extract.gazetteer import gazetteer
from kg.formats import import_coded
from kg.formats.coded import ImportReport, Item, read_coded
from kg.formats.coding_tables import codes
from kg.ontology import ontology


def gdelt(
    number: int, code: str, first: str = "JPN", second: str = "KOR", day: str = "20230316", added: str = "20230316",
    **fields: str,
) -> str:  # fmt: skip
    """A row of 61 columns. An actor is COUNTRY, COUNTRY+ROLE (JPNMIL), a group (/UNO), or nothing."""
    row = [""] * 61
    row[0], row[1], row[26], row[59] = str(number), day, code, f"{added}103000"
    for start, actor in ((5, first), (15, second)):
        country, _, group = actor.partition("/")
        row[start], row[start + 1] = actor.replace("/", ""), fields.get(f"name{start}", "SOMEBODY" if actor else "")
        row[start + 2], row[start + 3], row[start + 7] = country[:3], group, country[3:]
    row[30], row[31], row[52] = "1.0", "4", "Tokyo, Tokyo, Japan"
    row[60] = fields.get("url", f"https://www.paper.example/{number}")
    return "\t".join(row)


ICEWS = ("Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
         "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher",
         "City", "District", "Province", "Country", "Latitude", "Longitude")  # fmt: skip


def icews(number: int, source: str, code: str, target: str, day: str = "2014-03-16") -> str:
    """A row; an actor is written as name|sectors|country."""
    (a, a_sectors, a_country), (b, b_sectors, b_country) = (side.split("|") for side in (source, target))
    return "\t".join(
        [str(number), day, a, a_sectors, a_country, "Text", code, "1.0", b, b_sectors, b_country, "77", "3",
         "Some Paper", "Tokyo", "", "", "Japan", "35.7", "139.7"]
    )  # fmt: skip


POLECAT = ("Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
           "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
           "Wikipedia Actor ID", "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector",
           "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID", "Placename", "City",
           "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
           "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language",
           "Version")  # fmt: skip


def polecat(number: int, kind: str, mode: str, actor: str, recipient: str, **fields: str) -> str:
    """A row; a side is written as name|country|sector."""
    row = dict.fromkeys(POLECAT, "None") | {"Event ID": f"E{number}", "Event Date": "2023-03-16", "Event Type": kind}
    row |= {"Event Mode": mode, "Contexts": "diplomatic; cbrn; unheard", "Source": "Some Paper"}
    row |= {"Publication Date": "2023-03-17", "Placename": "Tokyo"}
    for side, given in (("Actor", actor), ("Recipient", recipient)):
        row |= dict(zip((f"{side} Name", f"{side} Country", f"Primary {side} Sector"), given.split("|"), strict=True))
    return "\t".join((row | fields).values())


Write = Callable[..., Path]
Read = Callable[..., tuple[list[Item], ImportReport]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Makes a file of rows of a coding."""

    def run(format: str, *rows: str) -> Path:
        head = {"gdelt": [], "icews": ["\t".join(ICEWS)], "polecat": ["\t".join(POLECAT)]}[format]
        path = tmp_path / f"{format}.txt"
        path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
        return path

    return run


@pytest.fixture
def read(write: Write) -> Read:
    """What rows of a coding come to, without a graph."""

    def run(format: str, *rows: str) -> tuple[list[Item], ImportReport]:
        report = ImportReport()
        return list(read_coded(write(format, *rows), format, report)), report

    return run


def told(items: list[Item]) -> list[tuple]:
    return [
        (m.source.id, m.category, m.mode, m.target.id if m.target else None) for _, found, _ in items for m in found
    ]


@pytest.mark.parametrize(
    ("code", "first", "second", "expected"),
    [
        ("190", "USA", "IRQ", ("USA", "ASSAULT", None, "IRQ")),
        ("042", "JPNGOV", "KOR", ("JPN", "CONSULT", "visit", "KOR")),
        ("043", "JPNGOV", "KOR", ("KOR", "CONSULT", "visit", "JPN")),
        ("036", "CHN", "RUSMIL", ("CHN", "AGREE", None, "RUS")),
        ("1723", "EGY", "EGYCVL", ("EGY", "COERCE", "curfew", "EGY:CVL")),
        ("141", "FRALAB", "FRA", ("FRA:LAB", "PROTEST", "demo", "FRA")),
        ("112", "ROM", "/UNO", ("ROU", "ACCUSE", "allege", "UN")),
        ("073", "/NAT", "UKR", ("NATO", "AID", None, "UKR")),
        ("1952", "ISR", "GZS", ("ISR", "ASSAULT", "drone", "PSE")),
        ("0871", "RUS", "", ("RUS", "RETREAT", "ceasefire", None)),
        ("193", "IRQXYZ", "IRQ", ("IRQ:UNK", "ASSAULT", "firearms", "IRQ")),
        ("115", "USAMED", "USA", ("USA:JRN", "ACCUSE", "allege", "USA")),
    ],
)
def test_a_row_of_gdelt(read: Read, code, first, second, expected):
    items, report = read("gdelt", gdelt(1, code, first, second))
    assert told(items) == [expected]
    assert (report.rows, report.problems, dict(report.skipped)) == (1, [], {})


@pytest.mark.parametrize(
    ("code", "first", "second", "reason"),
    [
        ("010", "JPN", "KOR", "CAMEO 01 is no category of PLOVER"),
        ("042", "", "KOR", "no actor is named as the source"),
        ("042", "AFR", "KOR", "an actor that is a part of the world"),
        ("042", "QQQ", "KOR", "the country code QQQ is of no known state"),
        ("042", "JPNGOV", "JPNMIL", "source and target act for the same state or organisation"),
    ],
)
def test_rows_that_have_no_place_are_counted_by_reason(read: Read, code, first, second, reason):
    items, report = read("gdelt", gdelt(1, code, first, second), gdelt(2, "042"))
    assert dict(report.skipped) == {reason: 1}
    assert told(items) == [("JPN", "CONSULT", "visit", "KOR")]


def test_provenance_of_a_row(read: Read):
    (((article, (mention,), _),), _) = read("gdelt", gdelt(1093847, "042", day="20230314"))
    assert (mention.coder, mention.evidence.quote) == ("GDELT 2.0", "No quote: 1093847 (GDELT record)")
    assert (article.id, article.publisher, article.url) == (
        "gdelt-2.0.1093847", "paper.example", "https://www.paper.example/1093847",
    )  # fmt: skip
    assert (str(article.published), str(mention.time.begin), mention.time.origin) == (
        "2023-03-16", "2023-03-14", "text",
    )  # fmt: skip
    assert (article.origin.file, article.origin.line) == ("gdelt.txt", 1)
    assert (article.extra["cameo"], article.extra["coded_by"], article.extra["quote"]) == ("042", "GDELT 2.0", "none")


def test_bad_rows_are_named_and_the_rest_goes_on(read: Read):
    rows = [gdelt(1, "042"), "garbage", gdelt(2, "04X"), gdelt(3, "042", day="20231399"), "", "x" * 1_100_000,
            gdelt(4, "036"), gdelt(5, "99")]  # fmt: skip
    items, report = read("gdelt", *rows)
    assert sorted(str(problem) for problem in report.problems) == [
        "gdelt.txt:2: not a row of GDELT 2.0 (1 columns, not 61)",
        "gdelt.txt:3: not a row of GDELT 2.0 ('04X' is no CAMEO code)",
        "gdelt.txt:4: not a row of GDELT 2.0 (month must be in 1..12)",
        "gdelt.txt:6: the row is longer than 1 MB",
        "gdelt.txt:8: not a row of GDELT 2.0 ('99' is no CAMEO code)",
    ]
    assert [row[1] for row in told(items)] == ["CONSULT", "AGREE"]


def test_the_same_file_again_changes_nothing(write: Write, tmp_path: Path):
    graph, path = build_at(tmp_path / "g"), write("gdelt", gdelt(1, "042"), gdelt(2, "1012", "USA", "IRN"))
    import_coded(graph, path, "gdelt")
    again = import_coded(graph, path, "gdelt")
    assert (again.stored.new, again.stored.unchanged, again.stored.events) == (0, 2, 2)


def test_equal_rows_with_other_ids_are_no_copies_of_one_text(write: Write, tmp_path: Path):
    rows = [gdelt(n, "190", "USA", "IRQ", url=f"https://p{n}.example/") for n in range(1, 31)]
    graph = build_at(tmp_path / "g")
    import_coded(graph, write("gdelt", *rows), "gdelt")
    (event,) = graph.events().to_dicts()
    assert (event["mentions"], event["articles"], event["publishers"]) == (30, 30, 30)
    assert graph.check() == []


@pytest.mark.parametrize(
    ("source", "code", "target", "expected"),
    [
        ("Fumio Kishida|Elite,Executive,Executive Office,Government|Japan", "042", "South Korea||South Korea",
         ("JPN", "CONSULT", "visit", "KOR")),
        ("Police (India)|Government,Police|India", "173",
         "Citizen (India)|General Population / Civilian / Social|India", ("IND", "COERCE", "arrest", "IND:CVL")),
        ("UN Security Council|Global,International Government Organization|", "163", "North Korea||North Korea",
         ("UN", "SANCTION", "discontinue", "PRK")),
        ("Ministry (Russia)|Government,Ministry|Russian Federation", "51", "Government (Iran)|Government|Iran",
         ("RUS", "SUPPORT", None, "IRN")),
        ("A Party (Iraq)|Parties,Ideological|Iraq", "112", "Military (Iraq)|Government,Military|Iraq",
         ("IRQ:PTY", "ACCUSE", "allege", "IRQ")),
        ("Some Body (Iraq)|Never Heard Of|Iraq", "112", "Iraq||Iraq", ("IRQ:UNK", "ACCUSE", "allege", "IRQ")),
    ],
)  # fmt: skip
def test_a_row_of_icews(read: Read, source, code, target, expected):
    items, _ = read("icews", icews(1, source, code, target))
    assert told(items) == [expected]
    assert (items[0][1][0].coder, items[0][0].publisher) == ("ICEWS", "Some Paper")


def test_an_icews_id_on_two_days_is_two_events(read: Read):
    rows = [icews(1, "Japan||Japan", "036", "South Korea||South Korea", day) for day in ("2014-03-16", "2014-06-01")]
    assert len({article.id for article, _, _ in read("icews", *rows)[0]}) == 2


@pytest.mark.parametrize(
    ("kind", "mode", "actor", "recipient", "expected"),
    [
        ("CONSULT", "visit", "Fumio Kishida|JPN|GOV", "Yoon Suk Yeol|KOR|GOV", [("JPN", "CONSULT", "visit", "KOR")]),
        ("consult", "third-party", "Japan|JPN|GOV", "South Korea|KOR|GOV", [("JPN", "CONSULT", "third-party", "KOR")]),
        ("ASSAULT", "aerial", "Israel|ISR|MIL", "Hamas|PSE|REB", [("ISR", "ASSAULT", "aerial", "hamas")]),
        ("AID", "None", "European Union|IGO|None", "Ukraine|UKR|None", [("EU", "AID", None, "UKR")]),
        ("PROTEST", "unheard-of", "Protesters|IRN|CVL", "None|None|None", [("IRN:CVL", "PROTEST", None, None)]),
        ("SANCTION", "discontinue", "United States; Japan|USA; JPN|GOV; GOV", "Russia|RUS|GOV",
         [("JPN", "SANCTION", "discontinue", "RUS"), ("USA", "SANCTION", "discontinue", "RUS")]),
    ],
)  # fmt: skip
def test_a_row_of_polecat(read: Read, kind, mode, actor, recipient, expected):
    items, report = read("polecat", polecat(1, kind, mode, actor, recipient))
    assert (sorted(told(items)), report.problems, dict(report.skipped)) == (expected, [], {})
    ((article, (mention, *_), _),) = items
    assert (mention.contexts, mention.coder, mention.place) == (("diplomatic", "cbrn"), "POLECAT", "Tokyo")
    assert (str(mention.time.begin), str(article.published)) == ("2023-03-16", "2023-03-17")


def test_bad_rows_with_a_header(read: Read):
    good = polecat(1, "AID", "None", "Japan|JPN|GOV", "Ukraine|UKR|GOV")
    _, report = read("polecat", good, "a\tb", polecat(3, "SMILE", "None", "Japan|JPN|GOV", "Ukraine|UKR|GOV"))
    assert [str(problem) for problem in report.problems] == [
        "polecat.txt:3: not a row of POLECAT (2 columns, not 40)",
        "polecat.txt:4: not a row of POLECAT (event type 'SMILE' is not of PLOVER)",
    ]


def test_another_table_is_refused(tmp_path: Path):
    path = tmp_path / "x.tab"
    path.write_text("a\tb\n1\t2\n")
    with pytest.raises(SourceError, match="not a table of ICEWS: it has no column 'Event ID'"):
        import_coded(build_at(tmp_path / "g"), path, "icews")
    with pytest.raises(SourceError, match="no format 'acled'; use one of gdelt, icews, polecat"):
        import_coded(build_at(tmp_path / "g"), path, "acled")


def test_packed_files(tmp_path: Path):
    text = (gdelt(1, "042") + "\n").encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("20230316.export.CSV", text)
    for name, data in (("a.zip", packed.getvalue()), ("a.gz", gzip.compress(text)), ("a.CSV", text)):
        (tmp_path / name).write_bytes(data)
        assert len(list(read_coded(tmp_path / name, "gdelt", ImportReport()))) == 1
    (tmp_path / "torn.gz").write_bytes(gzip.compress(text * 1000)[:-20])
    report = ImportReport()
    list(read_coded(tmp_path / "torn.gz", "gdelt", report))
    assert "the file is damaged" in str(report.problems[-1])


def test_the_tables_of_codes_name_what_there_is():
    onto, found = ontology(), codes()
    for code, mode in found["cameo_modes"].items():
        assert mode in onto.categories[onto.from_cameo(code)].modes, code
    assert {*found["cameo_groups"].values(), *found["cameo_countries"].values()} <= gazetteer().actors.keys()
    assert {*found["cameo_roles"].values(), *(s for s, _ in found["icews_sectors"])} <= onto.sectors.keys()
