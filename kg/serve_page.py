"""What a browser sees of the endpoint: the start page, tables of results, and the service description for programs."""

from __future__ import annotations

import base64
import functools
import hashlib
import html

from kg.graph.answers import SparqlResult
from kg.graph.named import NamedQuery, Parameter, named_queries
from kg.graph.quads import prefixes

__all__ = ["description", "policy", "start", "table"]

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 68rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
textarea { width: 100%; box-sizing: border-box; font: 14px/1.45 ui-monospace, monospace; padding: .6rem; }
button { font: inherit; padding: .35rem .9rem; } input { font: inherit; padding: .2rem .4rem; width: 9rem; }
form.named { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin: 0 0 1.1rem; }
form.named p { flex: 1 0 100%; margin: 0; } label { display: flex; flex-direction: column; font-size: .8rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; } pre { overflow-x: auto; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #8886; }
td { max-width: 40rem; overflow-wrap: anywhere; }
"""

_EXAMPLE = """SELECT ?begin ?source ?category ?target ?quote WHERE {
  ?event kg:category ?kind ; kg:status "actual" ; sem:hasBeginTimeStamp ?begin ;
         kg:source/kg:code ?source ; kg:target/kg:code ?target ; kg:mention/kg:quote ?quote .
  BIND(STRAFTER(STR(?kind), "#") AS ?category)
}
ORDER BY DESC(?begin) LIMIT 25"""


@functools.cache
def policy() -> str:
    """The content security policy of all pages: this style sheet, forms to this server, and nothing else."""
    style = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>\n"
    )


@functools.cache
def start(timeout: float, rows: int) -> str:
    """The start page: a form for SPARQL, one for each named query, and how programs ask."""
    named = "\n".join(_form(query) for query in named_queries())
    known = "\n".join(f"PREFIX {html.escape(name)}: &lt;{html.escape(iri)}&gt;" for name, iri in prefixes().items())
    return _document(
        "SPARQL endpoint",
        f"""<main>
<h1>A graph of political events</h1>
<p>Ask in SPARQL 1.1. The graph can only be read.
A query may take {timeout:g} seconds and gives at most {rows:,} rows.</p>
<form action="/sparql" method="get">
<label for="query">Query</label>
<textarea id="query" name="query" rows="9" spellcheck="false">{html.escape(_EXAMPLE)}</textarea>
<p><button>Run</button></p>
</form>
<h2>Ready-made questions</h2>
{named}
<h2>From a program</h2>
<pre>curl -H 'Accept: text/csv' --data-urlencode 'query=SELECT * {{ ?s ?p ?o }} LIMIT 5' http://HOST:PORT/sparql
kg query between -p who=JPN -p whom=KOR --endpoint http://HOST:PORT/sparql</pre>
<p>Answers come as JSON, XML, CSV, TSV or HTML, those of CONSTRUCT and DESCRIBE as Turtle or N-Triples, as the header
<code>Accept</code> asks. Cut answers have the header <code>X-SPARQL-MaxRows</code>.</p>
<h2>Prefixes</h2>
<p>These need no declaration.</p>
<pre>{known}</pre>
</main>""",
    )


def _form(query: NamedQuery) -> str:
    fields = "".join(_field(parameter) for parameter in query.params)
    return (
        f'<form class="named" action="/named/{html.escape(query.name)}" method="get">'
        f"<p><strong>{html.escape(query.title)}.</strong> {html.escape(query.answers)}</p>{fields}"
        "<button>Ask</button></form>"
    )


def _field(parameter: Parameter) -> str:
    name, default = html.escape(parameter.name), html.escape(parameter.default or "")
    needed = " required" if parameter.default is None else ""
    hint = html.escape(f"{parameter.help} ({parameter.type})")
    return f'<label title="{hint}">{name}<input name="{name}" value="{default}"{needed}></label>'


def table(result: SparqlResult) -> str:
    """A page with the rows of a result."""
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in result.columns)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{'' if value is None else html.escape(str(value))}</td>" for value in row) + "</tr>"
        for row in result.rows
    )
    cut = " The answer was cut there." if result.truncated else ""
    return _document(
        "Answer",
        f'<main><p><a href="/">Ask again</a></p>\n<p>{len(result):,} rows.{cut}</p>\n'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div></main>',
    )


_FORMATS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle")


def description(url: str) -> str:
    """The SPARQL 1.1 Service Description of the endpoint, in Turtle."""
    formats = ", ".join(f"formats:{name}" for name in _FORMATS)
    functions = ", ".join(f"<{prefixes()['kg']}{name}>" for name in ("overlaps", "within", "monthOf", "days"))
    return (
        "@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .\n"
        "@prefix formats: <http://www.w3.org/ns/formats/> .\n"
        f"[] a sd:Service ; sd:endpoint <{url}> ; sd:supportedLanguage sd:SPARQL11Query ;\n"
        f"  sd:feature sd:UnionDefaultGraph ; sd:resultFormat {formats} ;\n  sd:extensionFunction {functions} .\n"
    )
