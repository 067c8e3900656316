// The time axis: events by their first day, cooperation above the line and conflict below, with a window to drag.
(function (kg) {
  'use strict';

  const { svg, byId } = kg.dom;
  const MOST_BARS = 110;
  const AXIS = 18; // pixels for the dates beneath
  const GRIP = 8; // pixels around an edge of the window in which the edge is meant
  const ORDER = { up: [1, 0], down: [3, 2] }; // from the middle line outwards: material, then verbal

  /** Events by bar and class. Spans longer than a bar, and days off the axis, are counted apart. */
  function count(data, fail, unit) {
    const [first, last] = data.meta.domain;
    const starts = [];
    for (let day = kg.calendar.floor(first, unit); day <= last; day = kg.calendar.next(day, unit)) starts.push(day);
    const bars = data.classes.map(() => new Int32Array(starts.length));
    const out = { starts, bars, coarse: 0, early: 0, late: 0, unit };
    const { events } = data;
    let bar = 0;
    for (let i = 0; i < events.count && events.begin[i] !== data.NONE; i++) {
      if (fail[i]) continue;
      const begin = events.begin[i];
      if (begin < starts[0]) out.early++;
      else if (begin > last) out.late++;
      else if (events.end[i] !== Infinity && events.end[i] - begin >= 1.15 * kg.calendar.unitDays(unit)) out.coarse++;
      else {
        while (bar + 1 < starts.length && starts[bar + 1] <= begin) bar++;
        bars[data.categories[events.category[i]].klass][bar]++;
      }
    }
    return out;
  }

  function create(data, callbacks) {
    const root = byId('kg-histogram');
    const [first, last] = data.meta.domain;
    const days = last - first + 1;
    let width = 1;
    let height = 1;
    let state = null;
    let parts = null;

    const x = (day) => ((day - first) / days) * width;
    const dayAt = (pixel) => Math.round((pixel / width) * days + first);
    const from = () => (state.from === null ? first : Math.max(first, Math.min(last, state.from)));
    const to = () => (state.to === null ? last : Math.max(first, Math.min(last, state.to)));

    function draw(next, fail) {
      state = next;
      width = Math.max(60, root.clientWidth);
      height = Math.max(50, root.clientHeight);
      const unit = kg.calendar.unitFor(days, Math.min(MOST_BARS, width / 5));
      const counted = count(data, fail, unit);
      root.replaceChildren(...bars(counted), ...ticks(unit));
      root.append(...brush());
      window_(state);
      return counted;
    }

    function bars(counted) {
      const out = [];
      const total = (classes, i) => classes.reduce((sum, c) => sum + counted.bars[c][i], 0);
      let up = 1;
      let down = 1;
      counted.starts.forEach((_, i) => {
        up = Math.max(up, total(ORDER.up, i));
        down = Math.max(down, total(ORDER.down, i));
      });
      const room = height - AXIS;
      const middle = (room * up) / (up + down);
      const one = room / (up + down);
      counted.starts.forEach((start, i) => {
        const end = i + 1 < counted.starts.length ? counted.starts[i + 1] : Math.min(last + 1, kg.calendar.next(start, counted.unit));
        const left = Math.max(0, x(start));
        const wide = Math.max(0.8, Math.min(width, x(end)) - left - 1);
        for (const [side, classes] of Object.entries(ORDER)) {
          let y = middle;
          for (const c of classes) {
            const high = counted.bars[c][i] * one;
            if (!high) continue;
            const top = side === 'up' ? y - high : y;
            out.push(svg('rect', { x: left, y: top, width: wide, height: high, class: 'bar class-' + c }));
            y += side === 'up' ? -high : high;
          }
        }
      });
      out.push(svg('line', { x1: 0, x2: width, y1: middle, y2: middle, class: 'axis' }));
      return out;
    }

    function ticks(unit) {
      const out = [];
      const units = ['day', 'week', 'month', 'quarter', 'year', 'decade'];
      const room = (u) => 7.2 * kg.calendar.tick(first, u).length + 12;
      const wanted = units.find((u) => kg.calendar.unitDays(u) * (width / days) >= room(u) && units.indexOf(u) >= units.indexOf(unit)) || 'decade';
      let free = -1;
      for (let day = kg.calendar.floor(first, wanted); day <= last; day = kg.calendar.next(day, wanted)) {
        if (day < first) continue;
        const left = x(day);
        const text = kg.calendar.tick(day, wanted);
        if (left < free || left > width - 6.4 * text.length) continue;
        free = left + 7 * text.length + 8;
        out.push(svg('line', { x1: left, x2: left, y1: height - AXIS, y2: height - AXIS + 4, class: 'axis' }));
        out.push(svg('text', { x: left + 2, y: height - 4, class: 'tick' }, text));
      }
      return out;
    }

    function brush() {
      const slider = (name, label) =>
        svg('rect', { class: 'grip', tabindex: 0, role: 'slider', 'aria-label': label, 'data-part': name, y: 0, height: height - AXIS });
      parts = {
        before: svg('rect', { class: 'veil', y: 0, height: height - AXIS }),
        after: svg('rect', { class: 'veil', y: 0, height: height - AXIS }),
        body: svg('rect', { class: 'window', y: 0.5, height: height - AXIS - 1, tabindex: 0, role: 'slider', 'aria-label': 'time window', 'data-part': 'body' }),
        left: slider('left', 'first day of the time window'),
        right: slider('right', 'last day of the time window'),
      };
      return Object.values(parts);
    }

    /** Puts the window where the state has it. */
    function window_(next) {
      state = next;
      const left = x(from());
      const right = x(to() + 1);
      const set = (node, values) => {
        for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
      };
      set(parts.before, { x: 0, width: Math.max(0, left) });
      set(parts.after, { x: right, width: Math.max(0, width - right) });
      set(parts.body, { x: left, width: Math.max(2, right - left) });
      set(parts.left, { x: left - 3, width: 6 });
      set(parts.right, { x: right - 3, width: 6 });
      const values = { left: from(), right: to(), body: from() };
      for (const name of ['left', 'right', 'body']) {
        set(parts[name], { 'aria-valuemin': first, 'aria-valuemax': last, 'aria-valuenow': values[name] });
      }
      parts.left.setAttribute('aria-valuetext', kg.calendar.iso(from()));
      parts.right.setAttribute('aria-valuetext', kg.calendar.iso(to()));
      parts.body.setAttribute('aria-valuetext', kg.calendar.iso(from()) + ' to ' + kg.calendar.iso(to()));
    }

    /** Asks for a window; the whole axis is no window at all, so that undated events count again. */
    function ask(a, b) {
      a = Math.max(first, Math.min(last, a));
      b = Math.max(a, Math.min(last, b));
      callbacks.window(a === first && b === last ? null : a, a === first && b === last ? null : b);
    }

    function shift(by) {
      const wide = to() - from();
      const a = Math.max(first, Math.min(last - wide, from() + by));
      ask(a, a + wide);
      return a + wide < last;
    }

    kg.brush.listen(root, { x, dayAt, from, to, ask, first, last, grip: GRIP, shift });
    return { draw, window: window_, ask, shift, from, to, first, last };
  }

  kg.histogram = { create, count };
})((window.kg = window.kg || {}));
