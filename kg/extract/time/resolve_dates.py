"""Calendar dates: full and partial ones, ranges of them, months, years, decades and centuries."""

from __future__ import annotations

import datetime as dt

from kg.extract.time import days, periods
from kg.extract.time.context import Context, Found, date_found, unresolved
from kg.extract.time.grammar import Hit
from kg.extract.time.periods import Period
from kg.extract.time.registry import resolver

__all__ = ["day_number", "full_year", "modified", "month_number", "nearest_day", "nearest_month", "ordinal"]

_PIVOT = 10
_NEAR = 75
_FAR = 290
_BESIDE = 6


def full_year(text: str, dct: dt.date) -> int:
    """A year in figures; two figures mean the latest such year up to ten years after publication."""
    if len(text) > 2:
        return int(text)
    year = dct.year // 100 * 100 + int(text)
    return year - 100 if year > dct.year + _PIVOT else year


def ordinal(words: list[str], hit: Hit) -> int | None:
    """ "12", "12th", "twelfth", "twenty-first" as a number."""
    if not words:
        return None
    if words[-1][0].isdigit():
        return int("".join(c for c in words[-1] if c.isdigit()))
    total = 0
    for word in words:
        total += hit.lexicon.values["ORDINAL"].get(word, 0) or hit.lexicon.values["CARDINAL"].get(word, 0)
    return total or None


def month_number(hit: Hit, group: str = "month") -> int:
    """The number of the month named in a group."""
    value = hit.value(group, "MONTH")
    return value if isinstance(value, int) else 0


def day_number(hit: Hit, group: str = "day") -> int:
    """The day of the month in a group; 0 if it isn't one."""
    return ordinal(hit.words(group), hit) or 0


def modified(hit: Hit, period: Period) -> Period:
    """The period narrowed by "early", "mid", "late", "the end of" ... when the match has such a word."""
    part = hit.value("mod", "EARLY")
    return periods.narrowed(period, part) if isinstance(part, str) else period


def _valid(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def nearest_day(hit: Hit, ctx: Context, month: int, day: int, weekday: int | None = None) -> dt.date | None:
    """The year of a day and month by weekday if one is named, else by tense, else by nearness to publication.

    A date within 75 days of publication beats one that the tense would put ten months away, unless the verb stands close by. In "the
    Jan. 14 deadline" the verb around it tells little.
    """
    around = [_valid(ctx.dct.year + step, month, day) for step in range(-8, 9)]
    found = [date for date in around if date and (weekday is None or date.isoweekday() == weekday)]
    if not found:
        return None
    closest = min(found, key=lambda date: abs(date - ctx.dct))
    if weekday is not None or abs(closest - ctx.dct).days <= 1:
        return closest
    tense, distance = ctx.tense_and_distance(hit)
    if tense is None:
        return closest
    fitting = [date for date in found if (date <= ctx.dct) == (tense == "past")]
    best = min(fitting, key=lambda date: abs(date - ctx.dct), default=closest)
    likelier = abs(closest - ctx.dct).days <= _NEAR and abs(best - ctx.dct).days >= _FAR
    attributive = hit.first > 0 and hit.tokens.words[hit.first - 1].lower() in ("the", "a", "an", "their", "its", "his")
    return closest if likelier and (distance > _BESIDE or attributive) else best


def nearest_month(hit: Hit, ctx: Context, month: int) -> Period:
    """The latest such month not after publication, the next one when the clause looks ahead, the nearest if neither."""
    year, tense = ctx.dct.year, ctx.tense(hit)
    if tense is None:
        choices = [periods.month(year + step, month) for step in (-1, 0, 1)]
        return min(choices, key=lambda period: abs(period.begin - ctx.dct.replace(day=1)))
    if tense == "future":
        return periods.month(year if month >= ctx.dct.month else year + 1, month)
    return periods.month(year if month <= ctx.dct.month else year - 1, month)


@resolver
def full_date(hit: Hit, ctx: Context) -> Found | None:
    date = _valid(full_year(hit.word("year"), ctx.dct), month_number(hit), day_number(hit))
    return date_found(hit, periods.day(date)) if date else None


@resolver
def iso_date(hit: Hit, ctx: Context) -> Found | None:
    date = _valid(int(hit.word("year")), int(hit.word("m")), int(hit.word("day")))
    return date_found(hit, periods.day(date)) if date else None


def _figures(hit: Hit, ctx: Context, first: int, second: int, year: int, certain: bool) -> Found | None:
    """Day and month in either order: only a figure above 12, or two equal ones, makes the reading sure."""
    readings = {date for date in (_valid(year, second, first), _valid(year, first, second)) if date}
    if len(readings) == 1:
        return date_found(hit, periods.day(readings.pop()))
    return date_found(hit, periods.year(year)) if readings and certain else None


@resolver
def figures(hit: Hit, ctx: Context) -> Found | None:
    written = hit.word("year")
    return _figures(hit, ctx, int(hit.word("a")), int(hit.word("b")), full_year(written, ctx.dct), len(written) == 4)


@resolver
def dotted(hit: Hit, ctx: Context) -> Found | None:
    first, second, year = map(int, hit.word("all").split("."))
    date = _valid(year, second, first)  # the dot is the continent's sign, where the day comes first
    return date_found(hit, periods.day(date)) if date and year >= 1000 else None


@resolver
def named_figures(hit: Hit, ctx: Context) -> Found | None:
    date = days.figures().get(f"{hit.word('a')}/{hit.word('b')}")
    return date_found(hit, periods.day(date)) if date and date <= ctx.dct else None


def _stepped_day(hit: Hit, ctx: Context, month: int, day: int) -> dt.date | None:
    """ "last Oct. 23" is the latest before publication, "next March 12" the first after it, "this May 5" that of the year."""
    around = [date for date in (_valid(ctx.dct.year + n, month, day) for n in range(-4, 5)) if date]
    step = hit.words("step")[-1]
    if step in ("last", "past"):
        return max((date for date in around if date < ctx.dct), default=None)
    if step in ("next", "coming", "upcoming"):
        return min((date for date in around if date > ctx.dct), default=None)
    return _valid(ctx.dct.year, month, day)


@resolver
def month_day(hit: Hit, ctx: Context) -> Found | None:
    month, day = month_number(hit), day_number(hit)
    after = [word.lower() for word in hit.tokens.words[hit.last + 1 : hit.last + 4]]
    weekday = hit.value("wd", "WEEKDAY") or hit.value("wd", "WEEKDAYABBR")
    date = days.named_day(month, day, after, ctx.dct)
    if hit.has("step"):
        date = _stepped_day(hit, ctx, month, day)
    date = date or nearest_day(hit, ctx, month, day, weekday if isinstance(weekday, int) else None)
    if date is None and weekday:
        date = nearest_day(hit, ctx, month, day)
    return date_found(hit, periods.day(date)) if date else None


@resolver
def day_of_step(hit: Hit, ctx: Context) -> Found | None:
    """ "Sept. 30 this year"."""
    year = ctx.dct.year + {"last": -1, "next": 1}.get(hit.word("step"), 0)
    date = _valid(year, month_number(hit), day_number(hit))
    return date_found(hit, periods.day(date)) if date else None


@resolver
def day_of_month(hit: Hit, ctx: Context) -> Found | None:
    """ "the 12th": of the month of publication, or the one before or after it by tense."""
    number = day_number(hit)
    base = ctx.dct.replace(day=1)
    step = hit.word("step")
    if step:
        months = [periods.shift(base, "month", {"last": -1, "next": 1}.get(step, 0))]
    else:
        ahead = ctx.tense(hit) == "future"
        months = [base, periods.shift(base, "month", 1 if ahead else -1)]
    for month in months:
        date = _valid(month.year, month.month, number)
        if date and (step or (date >= ctx.dct if months[-1] > base else date <= ctx.dct)):
            return date_found(hit, periods.day(date))
    return None


@resolver
def month_year(hit: Hit, ctx: Context) -> Found | None:
    return date_found(hit, modified(hit, periods.month(full_year(hit.word("year"), ctx.dct), month_number(hit))))


@resolver
def month_of_step(hit: Hit, ctx: Context) -> Found | None:
    anchor = ctx.anchor(hit, "year")
    base = anchor.begin.year if anchor else ctx.dct.year
    year = {"last": ctx.dct.year - 1, "next": ctx.dct.year + 1, "this": ctx.dct.year, "current": ctx.dct.year}.get(hit.word("step"))
    if year is None:
        year = base + {"following": 1, "ensuing": 1, "subsequent": 1, "previous": -1, "preceding": -1}.get(hit.word("step"), 0)
    return date_found(hit, modified(hit, periods.month(year, month_number(hit))))


@resolver
def month_step(hit: Hit, ctx: Context) -> Found | None:
    """ "last October" is the latest one that is over, "next May" the first to come, "this January" that of the year."""
    month, step, now = month_number(hit), hit.words("step"), ctx.dct
    anchor = ctx.anchor(hit, "month")
    if step[0] in ("following", "previous", "preceding", "ensuing", "subsequent") and anchor:
        now = anchor.begin
    if step[-1] in ("last", "past", "previous", "preceding"):
        year = now.year if month < now.month else now.year - 1
    elif step == ["this"] or step == ["current"]:
        year = now.year
    else:
        year = now.year if month > now.month else now.year + 1
    return date_found(hit, modified(hit, periods.month(year, month)))


@resolver
def bare_month(hit: Hit, ctx: Context) -> Found | None:
    """A month alone. "May", "March" and short forms need a preposition, and no name may stand beside it."""
    tokens, lexicon = hit.tokens, hit.lexicon
    span = hit.span("month")
    if span is None:
        return None
    at = span[0]
    before = tokens.words[hit.first - 1].lower() if hit.first else ""
    word, after = tokens.words[at], tokens.code[at + 1 : at + 2]
    follows = tokens.words[at + 1].lower() if after else ""
    sure = lexicon.is_a(tokens.code[at], "MONTHNAME") and not lexicon.is_a(tokens.code[at], "MONTHABBR")
    led = hit.has("mod") or before in _MONTH_LEADS or (sure and before in ("and", "or", "to", "on"))
    named = bool(after) and lexicon.is_a(after, "CAP") and not _known(after, hit)
    if not led and not sure and before == "the" and not lexicon.is_a(tokens.code[at], "MONTHABBR"):
        led = bool(after) and lexicon.is_a(after, "LOW") and follows not in _MONTH_LEADS  # "the March accession"
    if before == "-" or (named and not (led and sure)):
        return None
    if not led and (not sure or word.isupper() or (hit.first and tokens.code[hit.first - 1] == lexicon.cap)):
        return None  # "they March", "APRIL", "Black September"
    return date_found(hit, modified(hit, nearest_month(hit, ctx, month_number(hit))))


def _known(code: str, hit: Hit) -> bool:
    """A capital word of the lexicon ("October Monday") is no surname."""
    return any(hit.lexicon.is_a(code, name) for name in ("MONTH", "WEEKDAY", "DEICTIC"))


_MONTH_LEADS = frozenset(
    "in of by since until till last next this early late mid during from between through for before after around about "
    "every each beginning ending starting".split()
)


@resolver
def bare_year(hit: Hit, ctx: Context) -> Found | None:
    """A year in four figures; what it stands beside tells it from other numbers."""
    if hit.has("era"):
        return era_year(hit, ctx)
    span = hit.span("year")
    if span is None:
        return None
    tokens, lexicon, at = hit.tokens, hit.lexicon, span[0]
    number = int(hit.word("year"))
    before = tokens.code[hit.first - 1] if hit.first else ""
    after = tokens.code[span[1]] if span[1] < len(tokens.code) else ""
    word_after = tokens.words[span[1]] if after else ""
    near = 1800 <= number <= ctx.dct.year + 60
    led = hit.has("mod") or bool(before) and lexicon.is_a(before, "YEARPREP") or tokens.words[at - 1].lower() in ("pre", "-")
    if before and (lexicon.is_a(before, "NOTYEAR") and not (led and near)):
        if tokens.words[hit.first - 1].lower() not in ("and", "or", "with", "around", "over", "about") or not near:
            return None
    counted = bool(after) and (
        lexicon.is_a(after, "COUNTED") or (word_after.islower() and word_after.endswith("s") and not word_after.endswith("ss"))
    )
    if word_after in ("was", "is", "has", "as", "this", "his", "its", "of"):
        counted = word_after == "of" and not led
    definite = bool(before) and (lexicon.is_a(before, "THE") or tokens.words[hit.first - 1].lower() in ("s", "its", "his", "their", "a"))
    if counted and not (near and definite) and not (near and led and tokens.words[hit.first - 1].lower() in ("in", "since")):
        return None
    if not near and not (led and number >= 1400):
        return None
    if before and before == lexicon.cap and not led and after != lexicon.words["."] and not near:
        return None
    if not led and not definite and tokens.words[at - 1 : at] and tokens.words[at - 1] in ("-", "/", ":", "."):
        return None
    return date_found(hit, modified(hit, periods.year(number)))


@resolver
def short_year(hit: Hit, ctx: Context) -> Found | None:
    tokens, at = hit.tokens, hit.first
    spaced = at == 0 or tokens.ends[at - 1] < tokens.starts[at]
    closed = tokens.ends[at] == tokens.starts[at + 1]
    after = tokens.words[hit.last + 1] if hit.last + 1 < len(tokens.words) else "."
    if not (spaced and closed) or tokens.words[at] in "‘`" and after.isalpha():
        return None
    if after.islower() and (after.endswith("s") or (hit.lexicon.is_a(tokens.code[hit.last + 1], "COUNTED"))):
        return None
    return date_found(hit, periods.year(full_year(hit.word("year"), ctx.dct)))


@resolver
def era_year(hit: Hit, ctx: Context) -> Found | None:
    number = int(hit.word("year"))
    if hit.value("era", "ERA") == "BC":
        return unresolved(hit, f"BC{number:04d}")
    return date_found(hit, periods.year(number)) if 1 <= number <= 2199 else None


@resolver
def decade_of(hit: Hit, ctx: Context) -> Found | None:
    """ "the 1990s", "the '90s", "the nineties": without a century, the latest such decade that has begun."""
    text = hit.word("year")
    tens = hit.value("year", "TENSNOUN")
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) == 4:
        number = int(digits) // 10
        if not digits.startswith(("1", "20", "21")):
            return None
    else:
        if not (hit.tokens.words[hit.first].lower() == "the" or "'" in hit.tokens.between(hit.first, hit.last)):
            return None
        short = int(digits) // 10 if digits else int(str(tens)) // 10
        number = ctx.dct.year // 100 * 10 + short
        number -= 10 if number > ctx.dct.year // 10 else 0
    return date_found(hit, modified(hit, periods.decade(number)))


@resolver
def century_of(hit: Hit, ctx: Context) -> Found | None:
    nth = ordinal(hit.words("nth"), hit)
    before = hit.tokens.words[hit.first - 1].lower() if hit.first else ""
    if not nth or nth > 30 or before in ("his", "her", "their", "a", "its"):
        return None  # a batsman's fifth century
    if hit.value("era", "ERA") == "BC":
        return unresolved(hit, f"BC{nth - 1:02d}")
    return date_found(hit, modified(hit, periods.century(nth)))
