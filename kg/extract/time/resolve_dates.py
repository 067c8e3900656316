"""Calendar dates: full and partial ones, ranges of them, months, years, decades and centuries."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kg.extract.time import days, periods
from kg.extract.time.context import Context, Found, date_found, unresolved
from kg.extract.time.grammar import Hit
from kg.extract.time.periods import Period
from kg.extract.time.registry import resolver
from kg.extract.time.tense import cues, simple_past, was_ahead

__all__ = [
    "day_number",
    "full_year",
    "modified",
    "month_number",
    "nearest_day",
    "nearest_month",
    "ordinal",
    "second_year",
]

_PIVOT = 10
_NEAR = 75
_FAR = 290
_SURE = 31
_PLANNED = 120
_BESIDE = 6
_JUST_OVER = 3  # months
_FIGURE_REACH = 6
_HAPPENED_AT = frozenset({"in", "at", "during", "since", "after", "from"})
_EARLIEST_NEAR = 1800
_EARLIEST_LED = 1400
_TIGHT = frozenset("-/:")


def full_year(text: str, dct: dt.date) -> int:
    """A year in figures; two figures mean the latest such year up to ten years after publication."""
    if len(text) > 2:
        return int(text)
    year = dct.year // 100 * 100 + int(text)
    return year - 100 if year > dct.year + _PIVOT else year


def second_year(first: int, tail: str) -> int:
    """The second year of "1999-00" or "1990-1994"."""
    if len(tail) > 2:
        return int(tail)
    year = first // 100 * 100 + int(tail)
    return year if year >= first else year + 100


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

    A date within 75 days of publication beats one that the tense would put ten months away, unless the verb stands
    close by and the date is more than a month off. In "the Jan. 14 deadline" the verb around it tells little.
    """
    around = [_valid(ctx.dct.year + step, month, day) for step in range(-8, 9)]
    found = [date for date in around if date and (weekday is None or date.isoweekday() == weekday)]
    if not found:
        return None
    closest = min(found, key=lambda date: abs(date - ctx.dct))
    if weekday is not None or abs(closest - ctx.dct).days <= 1:
        return closest
    tense, distance = ctx.tense_and_distance(hit)
    noun = hit.tokens.words[hit.last + 1].lower() if hit.last + 1 < len(hit.tokens.words) else ""
    near = abs(closest - ctx.dct).days
    if tense is None or (noun in cues().scheduled and near <= _PLANNED):  # "the March 28 election"
        return closest
    fitting = [date for date in found if (date <= ctx.dct) == (tense == "past")]
    best = min(fitting, key=lambda date: abs(date - ctx.dct), default=closest)
    likelier = near <= _NEAR and abs(best - ctx.dct).days >= _FAR
    return closest if likelier and (near <= _SURE or distance > _BESIDE or hit.led_by("DEFINITE")) else best


def nearest_month(hit: Hit, ctx: Context, month: int) -> Period:
    """The latest such month not after publication, the next one when the clause looks ahead, the nearest if neither."""
    year = ctx.dct.year
    first = _month_beside(hit, ctx)
    if first is not None:
        return periods.month(first.year + (month < first.month), month)
    tense, distance = ctx.tense_and_distance(hit)
    if (hit.before()[0] == "for" and _next_word(hit) in cues().deliveries) or _moved_to(hit):
        tense, distance = "future", 0
    elif _compared_with(hit):
        tense, distance = "past", 0
    choices = [periods.month(year + step, month) for step in (-1, 0, 1)]
    nearest = min(choices, key=lambda period: abs(period.begin - ctx.dct.replace(day=1)))
    lead = [word.lower() for word in hit.tokens.words[max(hit.first - 2, 0) : hit.first - 1]]
    told = bool(lead) and (lead[0] in _HAPPENED_AT or simple_past(lead[0]))  # "the win in the May elections"
    soon = 0 < (nearest.begin - ctx.dct).days <= _PLANNED and hit.led_by("DEFINITE") and not told
    if tense is None or (soon and _next_word(hit) in cues().scheduled):  # "their rally before the June referendum"
        return nearest
    if tense == "future":
        just_over = 0 < ctx.dct.month - month <= _JUST_OVER and was_ahead(hit.tokens, max(hit.first - distance, 0))
        return periods.month(year if month >= ctx.dct.month or just_over else year + 1, month)
    return periods.month(year if month <= ctx.dct.month else year - 1, month)


def _month_beside(hit: Hit, ctx: Context) -> dt.date | None:
    """The first of two months that "and" or "or" joins."""
    if not ctx.said or hit.first < 2 or hit.before()[0] not in ("and", "or"):
        return None
    at, period = ctx.said[-1]
    beside = hit.tokens.starts[hit.first - 2] == at or hit.tokens.ends[hit.first - 2] == at
    return period.begin if period.unit == "month" and beside else None


def _next_word(hit: Hit) -> str:
    return hit.tokens.words[hit.last + 1].lower() if hit.last + 1 < len(hit.tokens.words) else ""


def _moved_to(hit: Hit) -> bool:
    """ "The case was adjourned to February"."""
    lead = [word.lower() for word in hit.tokens.words[max(hit.first - _FIGURE_REACH, 0) : hit.first]]
    return lead[-1:] in (["to"], ["until"], ["till"]) and bool(cues().moved & set(lead))


def _compared_with(hit: Hit) -> bool:
    """Whether a figure of the month is what another is compared with: "down from 20 percent in October"."""
    lead = hit.tokens.words[max(hit.first - _FIGURE_REACH, 0) : hit.first]
    figures = [at for at, word in enumerate(lead) if word[0].isdigit() and lead[at - 1 : at] == ["from"]]
    return bool(figures) and lead[-1].lower() == "in"


@resolver
def full_date(hit: Hit, ctx: Context) -> Found | None:
    date = _valid(full_year(hit.word("year"), ctx.dct), month_number(hit), day_number(hit))
    return date_found(hit, periods.day(date)) if date else None


@resolver
def iso_date(hit: Hit, ctx: Context) -> Found | None:
    date = _valid(int(hit.word("year")), int(hit.word("m")), int(hit.word("day")))
    return date_found(hit, periods.day(date)) if date else None


@resolver
def iso_time(hit: Hit, ctx: Context) -> Found | None:
    """ "2018-06-12T10:30:00Z"."""
    found = iso_date(hit, ctx)
    return (
        replace(found, type="TIME", value=f"{found.value}T{int(hit.word('h')):02d}:{hit.word('mi')}") if found else None
    )


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
    """ "last Oct. 23" is the latest before publication, "next May 5" the first after it, "this May 5" this year's."""
    around = [date for date in (_valid(ctx.dct.year + n, month, day) for n in range(-4, 5)) if date]
    if hit.step() < 0:
        return max((date for date in around if date < ctx.dct), default=None)
    if hit.step() > 0:
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
    year = ctx.dct.year + hit.step()
    date = _valid(year, month_number(hit), day_number(hit))
    return date_found(hit, periods.day(date)) if date else None


@resolver
def day_of_month(hit: Hit, ctx: Context) -> Found | None:
    """ "the 12th": of the month of publication, or the one before or after by tense; "Friday the 13th" by weekday."""
    number = day_number(hit)
    base = ctx.dct.replace(day=1)
    if hit.has("wd"):
        weekday = hit.value("wd", "WEEKDAY") or hit.value("wd", "WEEKDAYABBR")
        near = [periods.shift(base, "month", step) for step in range(-6, 7)]
        dates = [
            date for date in (_valid(m.year, m.month, number) for m in near) if date and date.isoweekday() == weekday
        ]
        return date_found(hit, periods.day(min(dates, key=lambda date: abs(date - ctx.dct)))) if dates else None
    step = hit.has("step")
    if step:
        months = [periods.shift(base, "month", hit.step())]
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
    anchor = ctx.anchor(hit, "year") if hit.anchored() else None
    year = (anchor.begin.year if anchor else ctx.dct.year) + hit.step()
    return date_found(hit, modified(hit, periods.month(year, month_number(hit))))


@resolver
def month_step(hit: Hit, ctx: Context) -> Found | None:
    """ "last October" is the latest that is over, "next May" the first to come, "this January" that of the year."""
    month, step = month_number(hit), hit.step()
    anchor = ctx.anchor(hit, "month") if hit.anchored() else None
    now = anchor.begin if anchor else ctx.dct
    year = now.year
    if step < 0 and month >= now.month:
        year -= 1
    elif step > 0 and month <= now.month:
        year += 1
    return date_found(hit, modified(hit, periods.month(year, month)))


@resolver
def bare_month(hit: Hit, ctx: Context) -> Found | None:
    """A month alone. "May", "March" and short forms need a preposition, and no name may stand beside it."""
    tokens, lexicon = hit.tokens, hit.lexicon
    span = hit.span("month")
    if span is None:
        return None
    at = span[0]
    before, lead_code = hit.before()
    if tokens.words[at] == "Mar" and _next_word(hit) == "del":
        return None  # Mar del Plata
    word, after = tokens.words[at], tokens.code[at + 1 : at + 2]
    sure = lexicon.is_a(tokens.code[at], "MONTHNAME")
    led = hit.has("mod") or hit.led_by("MONTHLEAD") or (sure and hit.led_by("SUREMONTHLEAD"))
    named = lexicon.is_a(after, "CAP") and not _known(after, hit)
    if not led and not sure and before == "the" and not lexicon.is_a(tokens.code[at], "MONTHABBR"):
        led = lexicon.is_a(after, "LOW") and not lexicon.is_a(after, "MONTHLEAD")  # "the March accession"
    if before == "-" or (named and not (led and sure)):
        return None
    if not led and (not sure or word.isupper() or lead_code == lexicon.cap):
        return None  # "they March", "APRIL", "Black September"
    return date_found(hit, modified(hit, nearest_month(hit, ctx, month_number(hit))))


def _known(code: str, hit: Hit) -> bool:
    """A capital word of the lexicon ("October Monday") is no surname."""
    return any(hit.lexicon.is_a(code, name) for name in ("MONTH", "WEEKDAY", "DEICTIC"))


def _counted(hit: Hit, at: int) -> bool:
    """Whether a token is something that the number before it counts: a plural in small letters, "percent" ..."""
    if at >= len(hit.tokens.words):
        return False
    word, code = hit.tokens.words[at], hit.tokens.code[at]
    plural = word.islower() and word.endswith("s") and not word.endswith("ss")
    return hit.lexicon.is_a(code, "COUNTED") or (plural and not hit.lexicon.is_a(code, "NOTPLURAL"))


@resolver
def bare_year(hit: Hit, ctx: Context) -> Found | None:
    """A year in four figures. What it stands beside tells it from other numbers.

    "Flight 1998" and "some 1998 people" are none; "1999 soldiers" neither, but "the 1999 elections" and "in 1999
    elections" are; a year before 1800 or far ahead needs a preposition.
    """
    if hit.has("era"):
        return era_year(hit, ctx)
    number = int(hit.word("year"))
    near = _EARLIEST_NEAR <= number <= ctx.dct.year + 60
    led = hit.has("mod") or hit.has("joined") or hit.led_by("YEARPREP")
    if hit.led_by("NOTYEAR") and not (near and (led or hit.led_by("MAYBEYEAR"))):
        return None
    if not near and not (led and number >= _EARLIEST_LED):
        return None
    if _counted(hit, hit.last + 1) and not (near and (led or hit.led_by("DEFINITE"))):
        return None
    if hit.before()[0] in _TIGHT and not hit.has("joined"):
        return None
    at = hit.tokens.starts[hit.last]
    if hit.tokens.text[at - 1 : at].isalpha() and at:
        return None  # "CDMA2000"
    return date_found(hit, modified(hit, periods.year(number)))


@resolver
def short_year(hit: Hit, ctx: Context) -> Found | None:
    tokens, at = hit.tokens, hit.first
    spaced = at == 0 or tokens.ends[at - 1] < tokens.starts[at]
    closed = tokens.ends[at] == tokens.starts[at + 1]
    after = tokens.words[hit.last + 1] if hit.last + 1 < len(tokens.words) else "."
    if not (spaced and closed) or (tokens.words[at] in "‘`" and after.isalpha()):
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
    if number % 10 == 0 and number < 200:  # the 1500s
        whole = periods.century(number // 10 + 1)
        first, last = dt.date(number * 10, 1, 1), dt.date(number * 10 + 99, 12, 31)
        return date_found(hit, modified(hit, replace(whole, begin=first, until=last)))
    return date_found(hit, modified(hit, periods.decade(number)))


@resolver
def century_of(hit: Hit, ctx: Context) -> Found | None:
    nth = ordinal(hit.words("nth"), hit)
    if not nth or nth > 30 or (hit.led_by("DEFINITE") and hit.before()[0] != "the"):
        return None  # a batsman's fifth century
    if hit.value("era", "ERA") == "BC":
        return unresolved(hit, f"BC{nth - 1:02d}")
    return date_found(hit, modified(hit, periods.century(nth)))
