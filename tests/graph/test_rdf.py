"""The projection: what the RDF says, that it follows the tables, and that nothing is lost with it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from importlib import resources

import pytest
from graph_desk import Desk, lookup

from kg.graph.graph import Graph
from kg.graph.quads import compact, iri, prefixes

Build = Callable[..., Graph]
PREFIXES = "".join(f"PREFIX {name}: <{value}>\n" for name, value in prefixes().items())


def story(desk: Desk) -> list:
    """A small graph that has everything: a visit, a plan, a test, a denial, copies, roles, hostile words."""
    return [
        desk.tell("KOR", "AGREE", "JPN", "2023-03-16", status="future", published="2023-03-10"),
        desk.tell(
            "KOR", "CONSULT", "JPN", "2023-03-16", mode="visit", sectors=("GOV", "GOV"), contexts=("diplomatic",)
        ),
        desk.tell("JPN", "CONSULT", "KOR", "2023-03-16", mutual=True, publisher='"BBC"\\ <b>'),
        desk.tell("PRK", "MOBILIZE", None, "2023-03-16", mode="weapons", contexts=("military", "cbrn")),
        desk.tell("PRK", "MOBILIZE", None, ("2022-10-01", "2022-10-31")),
        desk.tell("JPN", "ACCUSE", "PRK", text='He said: "no"\nand \\ left\t<script>'),
        desk.tell("JPN", "CONSULT", "PRK", "2023-03-17", status="negated"),
        desk.tell("IRN", "COERCE", "IRN:CVL", (None, None), arrested=3, place="Tehran"),
        desk.tell("USA", "COOPERATE", "KOR", ("2023-03-13", None), mutual=True, id="odd id/ä"),
        desk.role("Fumio Kishida", "prime minister", "JPN", "2023-03-16"),
        desk.tell("person.kishida", "ACCUSE", "CHN", "2023-03-20"),
    ]


def quads(graph: Graph) -> set:
    import pyoxigraph as ox

    with graph.rdf() as path:
        return set(ox.Store.read_only(str(path)))


def as_rdflib(graph: Graph):
    """All triples in memory, the way that rdflib reads them from a file."""
    import pyoxigraph as ox
    import rdflib

    text = ox.serialize((q.triple for q in quads(graph)), format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=text, format="nt")


def test_ids_are_prefixed_names():
    assert iri("actor", "IRN:CVL") == "https://kg.example/actor/IRN:CVL"
    assert iri("article", "odd id/ä") == "https://kg.example/article/odd%20id%2F%C3%A4"
    assert compact("https://kg.example/actor/person.fumio-kishida") == "actor:person.fumio-kishida"


def corrected(graph: Graph) -> Graph:
    """The graph with a correction of every kind."""
    first, second, third, fourth, *_ = (e.id for e in graph.events())
    graph.correct(first, source="KOR", target="JPN", date="2023-03", status="future", reviewer="anna", note="so it is")
    graph.correct(second, no_event=True)
    graph.correct(third, confirmed=True)
    graph.correct(fourth, same_as=third)
    graph.correct(fourth, category="CONSULT", mode="visit")
    return graph


def test_the_whole_graph_fits_the_shapes(desk, build: Build):
    import pyshacl
    import rdflib

    data = as_rdflib(corrected(build(story(desk))))
    folder = resources.files("kg.resources")
    vocabulary = rdflib.Graph().parse(data=folder.joinpath("vocabulary.ttl").read_text("utf-8"), format="turtle")
    shapes = rdflib.Graph().parse(data=folder.joinpath("shapes.ttl").read_text("utf-8"), format="turtle")
    conforms, _, report = pyshacl.validate(data + vocabulary, shacl_graph=shapes)
    assert conforms, report
    assert (None, rdflib.URIRef(prefixes()["kg"] + "noEvent"), None) in data
    data.remove((None, rdflib.URIRef(prefixes()["kg"] + "source"), None))
    assert not pyshacl.validate(data + vocabulary, shacl_graph=shapes)[0]


def test_every_term_is_documented(desk, build: Build):
    import rdflib
    from rdflib.namespace import RDF, RDFS, SKOS

    text = resources.files("kg.resources").joinpath("vocabulary.ttl").read_text("utf-8")
    vocabulary = rdflib.Graph().parse(data=text, format="turtle")
    ours = (prefixes()["kg"], prefixes()["plover"])
    used = set()
    for _, p, o in as_rdflib(corrected(build(story(desk)))):
        used |= {term for term in (p, o) if isinstance(term, rdflib.URIRef) and str(term).startswith(ours)}
    assert len(used) > 40
    for term in used:
        assert (term, RDFS.label, None) in vocabulary or (term, SKOS.prefLabel, None) in vocabulary, term
        assert (term, RDFS.comment, None) in vocabulary or (term, SKOS.definition, None) in vocabulary, term
        if (term, RDF.type, RDF.Property) in vocabulary:
            assert (term, RDFS.range, None) in vocabulary, term


def test_plain_edges_are_for_actual_current_events(desk, build: Build):
    graph = build(story(desk))
    edges = "SELECT ?a ?p ?b { ?a ?p ?b FILTER(STRSTARTS(STR(?p), STR(plover:))) } ORDER BY ?a ?p ?b"
    assert graph.sparql(edges).rows == [
        ("actor:IRN", "plover:coerce", "actor:IRN:CVL"),
        ("actor:JPN", "plover:accuse", "actor:CHN"),
        ("actor:JPN", "plover:accuse", "actor:PRK"),
        ("actor:KOR", "plover:consult", "actor:JPN"),
        ("actor:KOR", "plover:cooperate", "actor:USA"),
        ("actor:USA", "plover:cooperate", "actor:KOR"),
    ]


def test_a_plain_edge_goes_with_its_last_support(desk, build: Build):
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", d) for d in ("2023-03-16", "2023-05-01")])
    edge = "ASK { actor:JPN plover:accuse actor:PRK }"
    answers = [bool(graph.sparql(edge))]
    for article in ("a1", "a2"):
        graph.remove(article=article)
        answers.append(bool(graph.sparql(edge)))
    assert answers == [True, True, False]


def test_mentions_are_in_the_graph_of_their_article(desk, build: Build):
    graph = build(story(desk))
    rows = graph.sparql("SELECT ?g ?quote { GRAPH ?g { ?m a kg:Mention ; kg:quote ?quote } } ORDER BY ?g").rows
    assert len(rows) == 10
    assert ("article:a6", 'He said: "no"\nand \\ left\t<script>') in rows


def test_steps_give_the_same_projection_as_a_rebuild(build: Build):
    desk, graph, dice = Desk(), build([]), random.Random(7)
    items = story(desk)
    for item in items:
        graph.ingest([item], lookup, "test")
        if dice.random() < 0.5:
            graph.sync()
        if dice.random() < 0.4:
            graph.remove(article=item[0].id)
    step_by_step = quads(graph)
    graph.reindex()
    assert quads(graph) == step_by_step
    assert graph.check() == []


@pytest.mark.parametrize("harm", ["missing", "torn state", "torn work", "no pointer", "nonsense pointer", "torn data"])
def test_a_damaged_projection_is_rebuilt(desk, build: Build, harm):
    graph = build(story(desk))
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    before = graph.sparql(count).rows
    rdf = graph.layout.rdf
    state = next(p for p in rdf.glob("state-*") if p.is_dir())
    match harm:
        case "missing":
            shutil.rmtree(rdf)
        case "torn state":
            (state / "CURRENT").unlink()
        case "torn work":
            for path in (rdf / "work").iterdir():
                path.write_bytes(b"torn")
            graph.ingest([desk.tell("JPN", "ACCUSE", "PRK", "2024-01-01")], lookup, "test")
            graph.remove(article=f"a{desk.count}")
        case "no pointer":
            (rdf / "CURRENT.json").unlink()
        case "nonsense pointer":
            (rdf / "CURRENT.json").write_text("{]")
        case "torn data":
            for path in state.glob("MANIFEST*"):
                path.write_bytes(b"torn")
    assert graph.sparql(count).rows == before
    assert graph.check() == []


def test_as_of_projects_the_tables_of_that_day(desk, build: Build, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1678924800")  # 2023-03-16
    graph = build([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-16")])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1680307200")
    graph.ingest([desk.tell("JPN", "ACCUSE", "PRK", "2023-03-20")], lookup, "test")
    count = "SELECT (COUNT(*) AS ?n) { ?e a kg:Event }"
    assert [graph.sparql(count, as_of=d).rows[0][0] for d in (None, "2023-03-16", "2023-03-15")] == [2, 1, 0]


def test_rdflib_reads_the_same_and_writes_nothing(desk, build: Build):
    import rdflib

    dataset = build(story(desk)).to_rdflib()
    rows = list(dataset.query(PREFIXES + "SELECT ?e WHERE { ?e kg:category plover:MOBILIZE }"))
    assert len(rows) == 2
    with pytest.raises(Exception, match="read-write"):
        dataset.add((rdflib.URIRef("urn:a"), rdflib.URIRef("urn:b"), rdflib.URIRef("urn:c")))


def test_events_of_a_pair_in_a_month_are_found_by_one_value(desk, build: Build):
    graph = build([*story(desk), desk.tell("JPN", "AID", "KOR", "2023-04-02")])
    found = graph.sparql('SELECT ?c { ?e kg:dyadMonth "JPN..KOR 2023-03" ; kg:category ?c } ORDER BY ?c')
    assert [row[0] for row in found.rows] == ["plover:AGREE", "plover:CONSULT"]
    without = graph.sparql("SELECT ?c { ?e kg:category ?c FILTER NOT EXISTS { ?e kg:dyadMonth ?m } } ORDER BY ?c")
    assert [row[0] for row in without.rows] == ["plover:COERCE", "plover:MOBILIZE", "plover:MOBILIZE"]


def test_check_finds_a_statement_too_many_and_one_too_few(desk, build: Build):
    import pyoxigraph as ox

    graph = build(story(desk))
    graph.sync()
    state = next(p for p in graph.layout.rdf.glob("state-*") if p.is_dir())
    store = ox.Store(str(state))
    store.remove(next(store.quads_for_pattern(None, ox.NamedNode(prefixes()["kg"] + "month"), None)))
    store.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c")))
    store.flush()
    del store
    problems = graph.check()
    assert len(problems) == 2
    assert "lacks 1 statements" in problems[0]
    assert "has 1 statements too many" in problems[1]


def test_check_is_content_with_a_sound_graph(desk, build: Build):
    graph = build(story(desk))
    graph.remove(article="a3")
    assert graph.check() == []
