// What the reader has chosen, kept in the address so that a view can be sent to somebody.
(function (kg) {
  'use strict';

  const DEPTHS = ['1', '1.5', '2'];
  const SCOPES = ['all', 'international', 'domestic'];
  const LEVELS = ['agents', 'actors', 'countries'];

  function defaults(data) {
    return {
      from: null, // first day of the window; null is open
      to: null,
      categories: new Set(data.categories.map((_, i) => i)),
      statuses: new Set([data.statuses.indexOf('actual')]),
      contexts: new Set(), // empty: all
      confidence: 0, // per cent
      publishers: 1,
      scope: 'all',
      level: 'actors',
      top: data.meta.max_links,
      ego: -1, // actor whose surroundings alone are shown
      depth: '1',
      actor: -1, // chosen actor
      link: null, // chosen link as [source, target]
      theme: data.meta.theme,
      table: false,
    };
  }

  function sameSet(a, b) {
    return a.size === b.size && [...a].every((x) => b.has(x));
  }

  function writeSet(parameters, name, chosen, usual, label) {
    if (!sameSet(chosen, usual)) parameters.set(name, [...chosen].sort((x, y) => x - y).map(label).join(','));
  }

  function readSet(text, names) {
    const wanted = text.split(',').filter(Boolean);
    return new Set(wanted.map((name) => names.indexOf(name)).filter((i) => i >= 0));
  }

  /** The part after # of an address: only what differs from the usual. */
  function toHash(state, data) {
    const usual = defaults(data);
    const p = new URLSearchParams();
    if (state.from !== null) p.set('from', kg.calendar.iso(state.from));
    if (state.to !== null) p.set('to', kg.calendar.iso(state.to));
    writeSet(p, 'category', state.categories, usual.categories, (i) => data.categories[i].name);
    writeSet(p, 'status', state.statuses, usual.statuses, (i) => data.statuses[i]);
    writeSet(p, 'context', state.contexts, usual.contexts, (i) => data.contexts[i].name);
    for (const name of ['confidence', 'publishers', 'scope', 'level', 'top', 'depth', 'theme']) {
      if (state[name] !== usual[name]) p.set(name, String(state[name]));
    }
    for (const name of ['ego', 'actor']) if (state[name] >= 0) p.set(name, data.actors.id[state[name]]);
    if (state.link) p.set('link', state.link.map((i) => data.actors.id[i]).join('>'));
    if (state.table) p.set('table', '1');
    return p.toString();
  }

  function bounded(text, low, high, usual) {
    const value = Number(text);
    return text !== null && text !== '' && Number.isFinite(value) ? Math.min(high, Math.max(low, Math.round(value))) : usual;
  }

  function oneOf(text, allowed, usual) {
    return allowed.includes(text) ? text : usual;
  }

  /** The state that an address asks for; what it does not name or can't mean stays as usual. */
  function fromHash(hash, data) {
    const p = new URLSearchParams(hash.replace(/^#/, ''));
    const state = defaults(data);
    state.from = kg.calendar.parse(p.get('from') || '');
    state.to = kg.calendar.parse(p.get('to') || '');
    if (state.from !== null && state.to !== null && state.to < state.from) state.from = state.to = null;
    if (p.has('category')) state.categories = readSet(p.get('category'), data.categories.map((c) => c.name));
    if (p.has('status')) state.statuses = readSet(p.get('status'), data.statuses);
    if (p.has('context')) state.contexts = readSet(p.get('context'), data.contexts.map((c) => c.name));
    state.confidence = bounded(p.get('confidence'), 0, 100, 0);
    state.publishers = bounded(p.get('publishers'), 1, 99, 1);
    state.top = bounded(p.get('top'), 1, 1e6, state.top);
    state.scope = oneOf(p.get('scope'), SCOPES, 'all');
    state.level = oneOf(p.get('level'), data.levels, 'actors');
    state.depth = oneOf(p.get('depth'), DEPTHS, '1');
    state.theme = oneOf(p.get('theme'), ['auto', 'light', 'dark'], state.theme);
    state.table = p.get('table') === '1';
    const actor = (id) => {
      const place = data.actors.index.get(id);
      return place !== undefined && data.stands(place, state.level) ? place : -1;
    };
    state.ego = actor(p.get('ego'));
    state.actor = actor(p.get('actor'));
    const ends = (p.get('link') || '').split('>').map(actor);
    if (ends.length === 2 && ends.every((i) => i >= 0)) state.link = ends;
    return state;
  }

  kg.state = { defaults, toHash, fromHash, DEPTHS, SCOPES, LEVELS };
})((window.kg = window.kg || {}));
