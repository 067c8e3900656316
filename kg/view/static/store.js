// The data of the page, decoded from its JSON element into columns; nothing here changes afterwards.
(function (kg) {
  'use strict';

  const NONE = -1e9; // stands for null in columns of days

  function column(values, length, Type, nothing) {
    const out = new Type(length);
    if (!Array.isArray(values)) return out.fill(values === null ? nothing : values);
    for (let i = 0; i < length; i++) out[i] = values[i] === null ? nothing : values[i];
    return out;
  }

  /** A column of steps, summed up. */
  function summed(values, length) {
    const out = column(values, length, Int32Array, 0);
    for (let i = 1; i < length; i++) out[i] += out[i - 1];
    return out;
  }

  function readActors(raw) {
    const n = raw.id.length;
    return {
      count: n,
      id: raw.id,
      label: raw.label,
      kinds: raw.kinds,
      regions: raw.regions,
      kind: column(raw.kind, n, Uint8Array, 0),
      country: column(raw.country, n, Int32Array, 0),
      region: column(raw.region, n, Int16Array, -1),
      x: column(raw.x, n, Float64Array, 0),
      y: column(raw.y, n, Float64Array, 0),
      added: column(raw.added, n, Uint8Array, 0),
      index: new Map(raw.id.map((id, i) => [id, i])),
    };
  }

  function readEvents(raw, n) {
    const begin = new Float64Array(n).fill(NONE);
    begin.set(summed(raw.begin, raw.dated));
    const length = column(raw.length, n, Float64Array, Infinity);
    const end = new Float64Array(n);
    for (let i = 0; i < n; i++) end[i] = begin[i] === NONE ? NONE : begin[i] + length[i];
    return {
      count: n,
      begin,
      end, // Infinity while it goes on
      precision: column(raw.precision, n, Uint8Array, 0),
      source: column(raw.source, n, Int32Array, 0),
      target: column(raw.target, n, Int32Array, -1), // -1: nobody
      sourceAgent: column(raw.source_agent, n, Int32Array, -1), // -1: nobody is named
      targetAgent: column(raw.target_agent, n, Int32Array, -1),
      category: column(raw.category, n, Uint8Array, 0),
      mode: column(raw.mode, n, Int16Array, -1),
      context: column(raw.context, n, Int32Array, -1),
      status: column(raw.status, n, Uint8Array, 0),
      score: column(raw.score, n, Float32Array, 0),
      confidence: column(raw.confidence, n, Uint8Array, 0),
      publishers: column(raw.publishers, n, Uint16Array, 0),
      mutual: column(raw.mutual, n, Uint8Array, 0),
      datedByReport: column(raw.dated_by_report, n, Uint8Array, 0),
    };
  }

  /** Reports by row, as small objects made when they are asked for. */
  function readEvidence(raw) {
    const ids = new Map();
    summed(raw.row, raw.id.length).forEach((row, i) => ids.set(row, raw.id[i]));
    const { articles, count } = raw;
    const at = (values, i) => (Array.isArray(values) ? values[i] : values);
    const r = {};
    for (const name of ['row', 'article', 'quote']) r[name] = summed(raw.reports[name], count);
    for (const name of ['from', 'length', 'source_agent', 'target_agent', 'attribution']) {
      r[name] = column(raw.reports[name], count, Int32Array, -1);
    }
    const published = summed(articles.published, articles.title.length);
    const places = new Map();
    r.row.forEach((row, place) => {
      if (!places.has(row)) places.set(row, []);
      places.get(row).push(place);
    });
    const pick = (list, i) => (i < 0 ? null : list[i]);
    function report(place) {
      const article = r.article[place];
      const site = pick(raw.sites, at(articles.site, article));
      return {
        title: articles.title[article],
        publisher: pick(raw.publishers, at(articles.publisher, article)),
        url: site === null ? null : site + articles.path[article],
        published: kg.calendar.iso(published[article]),
        quote: raw.quotes[r.quote[place]],
        from: r.from[place],
        to: r.from[place] + r.length[place],
        sourceAgent: pick(raw.agents, r.source_agent[place]),
        targetAgent: pick(raw.agents, r.target_agent[place]),
        attribution: pick(raw.agents, r.attribution[place]),
      };
    }
    return {
      id: (row) => ids.get(row) || null,
      of: (row) => (places.get(row) || []).map(report),
    };
  }

  /** The links of one level: ordered pairs with the rows beneath them. `named`: agents stand in for their actors. */
  function level(actors, events, map, named) {
    const count = events.count;
    const source = new Int32Array(count);
    const target = new Int32Array(count);
    const linkOf = new Int32Array(count).fill(-1);
    const index = new Map();
    const a = [];
    const b = [];
    for (let i = 0; i < count; i++) {
      source[i] = named && events.sourceAgent[i] >= 0 ? events.sourceAgent[i] : map[events.source[i]];
      target[i] = events.target[i] < 0 ? -1 : named && events.targetAgent[i] >= 0 ? events.targetAgent[i] : map[events.target[i]];
      if (target[i] < 0) continue;
      const key = source[i] * actors.count + target[i];
      let place = index.get(key);
      if (place === undefined) {
        place = a.length;
        index.set(key, place);
        a.push(source[i]);
        b.push(target[i]);
      }
      linkOf[i] = place;
    }
    const find = (x, y) => {
      const place = index.get(x * actors.count + y);
      return place === undefined ? -1 : place;
    };
    const back = Int32Array.from(a, (x, i) => find(b[i], x));
    // Actors at home in the same country: their links are domestic.
    const domestic = Uint8Array.from(a, (x, i) => (actors.country[x] === actors.country[b[i]] ? 1 : 0));
    return { source, target, linkOf, a: Int32Array.from(a), b: Int32Array.from(b), back, domestic, find, count: a.length };
  }

  function read(element) {
    const raw = JSON.parse(element.textContent);
    kg.calendar.setOrigin(raw.meta.origin);
    const actors = readActors(raw.actors);
    const events = readEvents(raw.events, raw.meta.carried);
    const self = Int32Array.from({ length: actors.count }, (_, i) => i);
    const levels = { agents: null, actors: null, countries: null };
    const maps = { agents: self, actors: self, countries: actors.country };
    return {
      NONE,
      meta: raw.meta,
      classes: raw.classes,
      categories: raw.categories.map(([name, klass, meaning]) => ({ name, klass, meaning })),
      modes: raw.modes,
      // Agents are a level only where the words name any.
      levels: kg.state.LEVELS.filter((name) => name !== 'agents' || actors.added.includes(2)),
      statuses: raw.statuses,
      precisions: raw.precisions,
      contexts: raw.contexts.map(([name, meaning]) => ({ name, meaning })),
      contextSets: raw.context_sets,
      actors,
      events,
      evidence: readEvidence(raw.evidence),
      level(name) {
        if (!levels[name]) levels[name] = level(actors, events, maps[name], name === 'agents');
        return levels[name];
      },
      /** Whether an actor stands on a level at all. */
      stands(actor, name) {
        if (name === 'countries') return actors.country[actor] === actor;
        return actors.added[actor] === 0 || (name === 'agents' && actors.added[actor] === 2);
      },
    };
  }

  kg.store = { read };
})((window.kg = window.kg || {}));
