// Days as numbers (0 is the first day of the data), and how they are written.
(function (kg) {
  'use strict';

  const DAY = 864e5;
  const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
    'November', 'December'];
  let origin = 0;

  function setOrigin(iso) {
    origin = Date.parse(iso + 'T00:00:00Z');
  }

  function date(day) {
    return new Date(origin + day * DAY);
  }

  function iso(day) {
    return date(day).toISOString().slice(0, 10);
  }

  /** The day number of an ISO date, or null. */
  function parse(text) {
    if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
    const time = Date.parse(text + 'T00:00:00Z');
    return Number.isNaN(time) ? null : Math.round((time - origin) / DAY);
  }

  /** Whether a span lies in a window: they overlap. Null ends are open; without a begin a span lies in no bounded window. */
  function overlaps(begin, end, from, to) {
    if (from === null && to === null) return true;
    if (begin === null) return false;
    return (to === null || begin <= to) && (from === null || end === null || end >= from);
  }

  /** When something happened, no finer than it is known. */
  function describe(begin, end, precision, byReport) {
    if (begin === null) return 'date unknown';
    const day = iso(begin);
    const year = day.slice(0, 4);
    const month = Number(day.slice(5, 7));
    if (end === null) return 'since ' + day;
    switch (precision) {
      case 'day':
        return day;
      case 'week':
        return 'week of ' + day;
      case 'month':
        return MONTHS[month - 1] + ' ' + year;
      case 'quarter':
        return 'Q' + Math.ceil(month / 3) + ' ' + year;
      case 'half':
        return (month <= 6 ? 'first' : 'second') + ' half of ' + year;
      case 'year':
        return year;
      case 'decade':
        return year.slice(0, 3) + '0s';
      case 'about':
        return (byReport ? 'reported ' : 'about ') + day;
      default:
        return begin === end ? day : day + ' to ' + iso(end);
    }
  }

  const UNITS = [
    ['day', 1],
    ['week', 7],
    ['month', 30],
    ['quarter', 91],
    ['year', 365],
    ['decade', 3652],
  ];

  /** The finest unit that cuts the days into at most `most` bars. */
  function unitFor(days, most) {
    const unit = UNITS.find(([, length]) => days / length <= most) || UNITS[UNITS.length - 1];
    return unit[0];
  }

  function unitDays(unit) {
    return UNITS.find(([name]) => name === unit)[1];
  }

  /** First day of the unit that holds a day; weeks begin on Monday. */
  function floor(day, unit) {
    const d = date(day);
    const y = d.getUTCFullYear();
    const m = d.getUTCMonth();
    const at = (year, month) => Math.round((new Date(0).setUTCFullYear(year, month, 1) - origin) / DAY);
    switch (unit) {
      case 'day':
        return day;
      case 'week':
        return day - ((d.getUTCDay() + 6) % 7);
      case 'month':
        return at(y, m);
      case 'quarter':
        return at(y, 3 * Math.floor(m / 3));
      case 'year':
        return at(y, 0);
      default:
        return at(10 * Math.floor(y / 10), 0);
    }
  }

  /** First day of the unit after the one that holds a day. */
  function next(day, unit) {
    const start = floor(day, unit);
    if (unit === 'day' || unit === 'week') return start + unitDays(unit);
    return floor(start + Math.ceil(unitDays(unit) * 1.4), unit);
  }

  /** How a tick at the first day of a unit is written. */
  function tick(day, unit) {
    const text = iso(day);
    if (unit === 'year' || unit === 'decade') return text.slice(0, 4);
    return unit === 'day' || unit === 'week' ? text : text.slice(0, 7);
  }

  kg.calendar = { setOrigin, iso, parse, overlaps, describe, unitFor, unitDays, floor, next, tick };
})((window.kg = window.kg || {}));
