// From what the reader has chosen to what is counted and drawn. Pure: the same data and state give the same result.
(function (kg) {
  'use strict';

  // Reasons why an event may not count, one bit each. An event that fails for one reason only still counts in the
  // figures beside the boxes of that reason: they tell what ticking the box would bring.
  const CATEGORY = 1;
  const STATUS = 2;
  const CONTEXT = 4;
  const OTHER = 8;

  /** The failed filters of every row, without regard to time. */
  function failures(data, state) {
    const { events, contextSets } = data;
    const level = data.level(state.level);
    const fitting = contextSets.map((set) => !state.contexts.size || set.some((c) => state.contexts.has(c)));
    const category = data.categories.map((_, i) => (state.categories.has(i) ? 0 : CATEGORY));
    const status = data.statuses.map((_, i) => (state.statuses.has(i) ? 0 : STATUS));
    const out = new Uint8Array(events.count);
    for (let i = 0; i < events.count; i++) {
      let bits = category[events.category[i]] | status[events.status[i]];
      if (events.context[i] < 0 ? state.contexts.size : !fitting[events.context[i]]) bits |= CONTEXT;
      if (events.confidence[i] < state.confidence || events.publishers[i] < state.publishers) bits |= OTHER;
      if (state.scope !== 'all') {
        // An act without a target stays at home.
        const link = level.linkOf[i];
        const domestic = link < 0 || level.domestic[link] === 1;
        if (domestic !== (state.scope === 'domestic')) bits |= OTHER;
      }
      out[i] = bits;
    }
    return out;
  }

  /** Whether a row lies in the window of the state. */
  function inWindow(data, state, row) {
    const begin = data.events.begin[row];
    const end = data.events.end[row];
    return kg.calendar.overlaps(begin === data.NONE ? null : begin, end === Infinity ? null : end, state.from, state.to);
  }

  function count(data, state, fail) {
    const { events, actors } = data;
    const level = data.level(state.level);
    const r = {
      events: 0,
      undated: 0,
      targetless: 0,
      linkCount: new Int32Array(level.count),
      linkScore: new Float64Array(level.count),
      linkMutual: new Int32Array(level.count),
      alone: new Int32Array(actors.count),
      aloneScore: new Float64Array(actors.count),
      byCategory: new Int32Array(data.categories.length),
      byStatus: new Int32Array(data.statuses.length),
      byContext: new Int32Array(data.contexts.length),
    };
    const open = state.from === null && state.to === null;
    const from = state.from === null ? -Infinity : state.from;
    const to = state.to === null ? Infinity : state.to;
    for (let i = 0; i < events.count; i++) {
      const bits = fail[i];
      const begin = events.begin[i];
      if (!open) {
        if (begin === data.NONE) {
          if (!bits) r.undated++;
          continue;
        }
        if (begin > to) break; // rows are in order of their begin, undated ones last
        if (events.end[i] < from) continue;
      }
      if (!(bits & ~CATEGORY)) r.byCategory[events.category[i]]++;
      if (!(bits & ~STATUS)) r.byStatus[events.status[i]]++;
      if (!(bits & ~CONTEXT) && events.context[i] >= 0) {
        for (const c of data.contextSets[events.context[i]]) r.byContext[c]++;
      }
      if (bits) continue;
      r.events++;
      const link = level.linkOf[i];
      if (link < 0) {
        r.targetless++;
        r.alone[level.source[i]]++;
        r.aloneScore[level.source[i]] += events.score[i];
      } else {
        r.linkCount[link]++;
        r.linkScore[link] += events.score[i];
        r.linkMutual[link] += events.mutual[i];
      }
    }
    if (!open) r.undated += undatedBeyond(data, fail, r.undated);
    return r;
  }

  /** Undated rows stand last; the loop above may have stopped before them. */
  function undatedBeyond(data, fail, counted) {
    const { events } = data;
    let n = 0;
    for (let i = events.count - 1; i >= 0 && events.begin[i] === data.NONE; i--) if (!fail[i]) n++;
    return n - counted;
  }

  /** The ego and its partners. */
  function partners(level, counts, ego) {
    const out = new Set([ego]);
    for (let k = 0; k < level.count; k++) {
      if (!counts[k]) continue;
      if (level.a[k] === ego) out.add(level.b[k]);
      if (level.b[k] === ego) out.add(level.a[k]);
    }
    return out;
  }

  /** Which links may be drawn: all that have events, or those around the ego, as far as the depth says. */
  function candidates(level, counts, state) {
    const ego = state.ego;
    const near = ego >= 0 ? partners(level, counts, ego) : null;
    const within = {
      1: (a, b) => a === ego || b === ego,
      1.5: (a, b) => near.has(a) && near.has(b),
      2: (a, b) => near.has(a) || near.has(b),
    }[state.depth];
    const out = [];
    for (let k = 0; k < level.count; k++) {
      if (counts[k] && (!near || within(level.a[k], level.b[k]))) out.push(k);
    }
    return out;
  }

  /** The n links with most events; among equals those that come first in the data. */
  function strongest(links, counts, n) {
    if (links.length <= n) return links.slice().sort((x, y) => counts[y] - counts[x] || x - y);
    const most = links.reduce((m, k) => Math.max(m, counts[k]), 0);
    const tally = new Int32Array(most + 1);
    for (const k of links) tally[counts[k]]++;
    let least = most;
    for (let sum = tally[most]; sum < n; sum += tally[least]) least--;
    let equals = n;
    for (let c = least + 1; c <= most; c++) equals -= tally[c];
    const out = links.filter((k) => counts[k] > least || (counts[k] === least && equals-- > 0));
    return out.sort((x, y) => counts[y] - counts[x] || x - y);
  }

  /** Everything that the page shows of the data in this state. */
  function select(data, state, fail) {
    const level = data.level(state.level);
    const r = count(data, state, fail);
    const found = candidates(level, r.linkCount, state);
    r.links = found.length;
    r.drawn = strongest(found, r.linkCount, Math.min(state.top, kg.limits.drawn));
    r.degree = new Float64Array(data.actors.count);
    let shown = 0;
    for (const k of r.drawn) {
      shown += r.linkCount[k];
      r.degree[level.a[k]] += r.linkCount[k];
      if (level.a[k] !== level.b[k]) r.degree[level.b[k]] += r.linkCount[k];
    }
    r.shown = shown;
    if (state.ego >= 0) r.events = found.reduce((sum, k) => sum + r.linkCount[k], 0) + r.alone[state.ego];
    r.active = new Uint8Array(data.actors.count);
    for (let i = 0; i < data.actors.count; i++) {
      const alone = r.alone[i] > 0 && (state.ego < 0 || state.ego === i);
      if (!alone) r.alone[i] = 0;
      r.active[i] = r.degree[i] > 0 || alone || i === state.ego ? 1 : 0;
    }
    return r;
  }

  /** The rows of a link (or of an actor's targetless events) that count in this state: latest first, undated last. */
  function rows(data, state, fail, wanted) {
    const out = [];
    const undated = [];
    for (let i = data.events.count - 1; i >= 0; i--) {
      if (fail[i] || !wanted(i) || !inWindow(data, state, i)) continue;
      (data.events.begin[i] === data.NONE ? undated : out).push(i);
    }
    return out.concat(undated);
  }

  kg.limits = kg.limits || { drawn: 1e6 };
  kg.selection = { failures, select, rows, inWindow, strongest };
})((window.kg = window.kg || {}));
