// The same links as a table, for reading, sorting and screen readers.
(function (kg) {
  'use strict';

  const { el, byId, number, plural, signed } = kg.dom;
  const PAGE = 100;

  function columns(data) {
    return [
      { name: 'Source', value: (r) => r.source },
      { name: 'Target', value: (r) => r.target },
      { name: 'Events', value: (r) => r.count, text: (r) => number(r.count), kind: 'numeric' },
      { name: 'Mean score', value: (r) => r.mean, text: (r) => signed(r.mean), kind: 'numeric' },
      ...data.classes.map((name, i) => ({ name: name[0].toUpperCase() + name.slice(1), value: (r) => r.classes[i], text: (r) => number(r.classes[i]), kind: 'numeric' })),
      { name: 'First', value: (r) => r.first, kind: 'day' },
      { name: 'Last', value: (r) => r.last, kind: 'day' },
    ];
  }

  /** One record for every drawn link, and one for every actor with targetless events. */
  function records(data, state, fail, result) {
    const level = data.level(state.level);
    const drawn = new Map();
    const make = (a, b) => ({ a, b, source: data.actors.label[a], target: b < 0 ? '(no target)' : data.actors.label[b], count: 0, sum: 0,
      classes: data.classes.map(() => 0), first: null, last: null });
    for (const k of result.drawn) drawn.set('l' + k, make(level.a[k], level.b[k]));
    result.alone.forEach((n, i) => {
      if (n) drawn.set('a' + i, make(i, -1));
    });
    const { events } = data;
    for (let row = 0; row < events.count; row++) {
      if (fail[row] || !kg.selection.inWindow(data, state, row)) continue;
      const record = drawn.get(level.linkOf[row] < 0 ? 'a' + level.source[row] : 'l' + level.linkOf[row]);
      if (!record) continue;
      record.count++;
      record.sum += events.score[row];
      record.classes[data.categories[events.category[row]].klass]++;
      if (events.begin[row] === data.NONE) continue;
      if (record.first === null) record.first = events.begin[row];
      record.last = events.begin[row];
    }
    const day = (value) => (value === null ? '' : kg.calendar.iso(value));
    return [...drawn.values()].map((r) => ({ ...r, mean: r.sum / (r.count || 1), first: day(r.first), last: day(r.last) }));
  }

  function create(data, change) {
    const root = byId('kg-table');
    const fields = columns(data);
    let order = { field: 2, falling: true };
    let shown = PAGE;
    let latest = null;

    function sorted(list) {
      const { value } = fields[order.field];
      const sign = order.falling ? -1 : 1;
      return list.sort((p, q) => {
        const [x, y] = [value(p), value(q)];
        const by = typeof x === 'number' ? x - y : String(x).localeCompare(String(y));
        return sign * by || q.count - p.count;
      });
    }

    function header() {
      return el('tr', {}, fields.map((field, i) => {
        const active = order.field === i;
        const turn = () => {
          order = { field: i, falling: active ? !order.falling : field.kind === 'numeric' };
          draw();
          root.querySelectorAll('th button')[i].focus();
        };
        return el('th', { scope: 'col', class: field.kind, 'aria-sort': active ? (order.falling ? 'descending' : 'ascending') : null },
          el('button', { type: 'button', onclick: turn }, field.name + (active ? (order.falling ? ' ▾' : ' ▴') : '')));
      }));
    }

    function line(record) {
      const open = () => change(record.b < 0 ? { actor: record.a, link: null } : { link: [record.a, record.b], actor: -1 }, 'side');
      return el('tr', {}, fields.map((field, i) => {
        const text = field.text ? field.text(record) : field.value(record);
        if (i === 0) return el('th', { scope: 'row' }, el('button', { type: 'button', onclick: open }, text));
        return el('td', { class: field.kind }, text);
      }));
    }

    function draw() {
      const list = sorted(records(data, latest.state, latest.fail, latest.result));
      const more = el('button', { type: 'button', class: 'more', onclick: () => {
        shown += PAGE;
        draw();
      } }, 'Show more (' + number(list.length - shown) + ' left)');
      more.hidden = list.length <= shown;
      root.replaceChildren(
        el('table', {}, el('caption', {}, plural(list.length, 'row') + ': links drawn, and actors with acts without a target'),
          el('thead', {}, header()), el('tbody', {}, list.slice(0, shown).map(line))),
        more);
    }

    return {
      update(state, fail, result) {
        latest = { state, fail, result };
        root.hidden = !state.table;
        if (state.table) draw();
        else root.replaceChildren();
      },
    };
  }

  kg.table = { create, records };
})((window.kg = window.kg || {}));
