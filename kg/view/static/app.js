// The page as a whole: one state, one way to change it, and all parts brought up to date after a change.
(function (kg) {
  'use strict';

  const { byId, number, plural } = kg.dom;

  function start() {
    const data = kg.store.read(byId('kg-data'));
    const kind = kg.renderers[data.meta.renderer];
    kg.limits.drawn = kind.mostLinks;
    const app = (kg.app = { data, state: kg.state.fromHash(location.hash, data), at: kg.scene.places(data) });
    let failedFor = null;

    kg.palette.apply(app.state.theme);
    app.colours = kg.palette.read();
    const tip = kg.tooltip.create();
    const renderer = (app.renderer = kind.create(byId('kg-graph'), {
      click: (thing) => choose(thing),
      double: (thing) => thing && thing.actor !== undefined && change({ ego: thing.actor, actor: thing.actor, link: null }, 'fit'),
      hover: (thing, at) => tip(app, thing, at),
      move: (i, x, y) => {
        app.at.x[i] = x;
        app.at.y[i] = y;
        later();
      },
    }));
    const axis = (app.axis = kg.histogram.create(data, { window: (from, to) => change({ from, to }) }));
    const filters = kg.filters.create(data, change);
    const side = kg.side.create(data, change);
    const table = kg.table.create(data, change);
    app.player = kg.player.create(axis);
    kg.search.create(data, change);
    kg.keyboard.listen(app);

    /** The one way to change the state. `then` says what else the reader expects: fit, centre, or side. */
    function change(changes, then) {
      Object.assign(app.state, changes);
      if (then) app.then = then;
      if ('theme' in changes) app.colours = null;
      later();
    }
    app.change = change;

    const later = kg.dom.oncePerFrame(update);

    function filterKey(s) {
      return [[...s.categories], [...s.statuses], [...s.contexts], s.confidence, s.publishers, s.scope, s.level].join('|');
    }

    function update() {
      const begun = performance.now();
      const { state } = app;
      const key = filterKey(state);
      const filtered = failedFor !== key;
      if (filtered) {
        app.fail = kg.selection.failures(data, state);
        failedFor = key;
      }
      if (!app.colours) {
        kg.palette.apply(state.theme);
        app.colours = kg.palette.read();
      }
      app.result = kg.selection.select(data, state, app.fail);
      if (filtered) timeNote(axis.draw(state, app.fail));
      else axis.window(state);
      redraw();
      filters.update(state, app.result);
      side.update(state, app.fail, app.result);
      table.update(state, app.fail, app.result);
      texts();
      writeHash();
      expected();
      app.spent = performance.now() - begun;
    }

    function redraw() {
      app.scene = kg.scene.build(data, app.state, app.result, app.at, app.colours);
      renderer.draw(app.scene, app.colours);
    }

    function expected() {
      const then = app.then;
      app.then = null;
      if (then === 'fit') fit();
      else if (then === 'centre') centre(app.state.actor);
      else if (then === 'side') side.focus();
    }

    function choose(thing) {
      const level = data.level(app.state.level);
      if (!thing) change({ link: null, actor: -1 });
      else if (thing.actor !== undefined) change({ actor: thing.actor, link: null });
      else change({ link: [level.a[thing.link], level.b[thing.link]], actor: -1 });
    }

    function fit() {
      const box = byId('kg-graph');
      renderer.look(kg.scene.fit(kg.scene.bounds(app.scene), box.clientWidth, box.clientHeight));
    }
    app.fit = fit;

    app.zoom = function (factor) {
      const view = renderer.view();
      const [x, y] = [view.width / 2, view.height / 2];
      renderer.look({ ...view, scale: view.scale * factor, x: x - (x - view.x) * factor, y: y - (y - view.y) * factor });
    };

    app.pan = function (dx, dy) {
      const view = renderer.view();
      renderer.look({ ...view, x: view.x + dx, y: view.y + dy });
    };

    /** Brings an actor to the middle, unless it is well in sight already. */
    function centre(i) {
      const view = renderer.view();
      const x = app.at.x[i] * view.scale + view.x;
      const y = app.at.y[i] * view.scale + view.y;
      if (x > 60 && y > 60 && x < view.width - 60 && y < view.height - 60) return;
      app.pan(view.width / 2 - x, view.height / 2 - y);
    }

    app.statusText = function () {
      const { result, state } = app;
      const links = result.links > result.drawn.length
        ? 'top ' + number(result.drawn.length) + ' of ' + plural(result.links, 'link')
        : plural(result.links, 'link');
      const from = state.from === null ? axis.first : state.from;
      const to = state.to === null ? axis.last : state.to;
      return plural(result.events, 'event') + ' · ' + links + ' · ' + kg.calendar.iso(from) + ' to ' + kg.calendar.iso(to);
    };

    function texts() {
      byId('kg-status').textContent = app.statusText();
      byId('kg-banner').textContent = hidden();
      byId('kg-graph').setAttribute('aria-label', 'Network of actors: ' + app.statusText() + '. The table holds the same links.');
      byId('kg-table-button').setAttribute('aria-pressed', String(app.state.table));
      document.querySelector('.zoom').hidden = app.state.table;
      for (const [name, day] of [['kg-from', axis.from()], ['kg-to', axis.to()]]) {
        const field = byId(name);
        if (document.activeElement !== field) field.value = kg.calendar.iso(day);
      }
    }

    /** What the reader does not see, in words. */
    function hidden() {
      const { meta } = data;
      const { result } = app;
      const parts = [];
      if (result.links > result.drawn.length) parts.push('top ' + number(result.drawn.length) + ' of ' + plural(result.links, 'link'));
      if (result.undated) parts.push(plural(result.undated, 'undated event') + ' in no window');
      if (meta.carried < meta.events) parts.push(number(meta.carried) + ' of ' + plural(meta.events, 'event') + ' in this file');
      if (meta.proven < meta.with_reports) parts.push('words of ' + number(meta.proven) + ' of ' + plural(meta.with_reports, 'event') + ' in this file');
      return parts.join(' · ');
    }

    function timeNote(counted) {
      const parts = ['one bar: a ' + counted.unit];
      if (counted.coarse) parts.push(plural(counted.coarse, 'longer or vaguer event') + ' not in the bars');
      if (counted.early) parts.push(number(counted.early) + ' before');
      if (counted.late) parts.push(number(counted.late) + ' after');
      byId('kg-time-note').textContent = parts.join(' · ');
    }

    let written = location.hash.slice(1);
    function writeHash() {
      const hash = kg.state.toHash(app.state, data);
      if (hash === written) return;
      written = hash;
      try {
        history.replaceState(null, '', hash ? '#' + hash : '#');
      } catch (_) {
        // Pages inside a notebook have no address of their own.
      }
    }

    app.turnTheme = () => change({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' });
    app.escape = function () {
      const { state } = app;
      app.player.stop();
      if (byId('kg-page').classList.contains('filters-open')) drawer(false);
      else if (state.link || state.actor >= 0) change({ link: null, actor: -1 });
      else if (state.ego >= 0) change({ ego: -1 }, 'fit');
      else if (state.table) change({ table: false });
      else axis.ask(axis.first, axis.last);
    };

    function drawer(open) {
      byId('kg-page').classList.toggle('filters-open', open);
      byId('kg-filters-button').setAttribute('aria-expanded', String(open));
    }

    function listen() {
      byId('kg-theme').addEventListener('click', app.turnTheme);
      byId('kg-table-button').addEventListener('click', () => change({ table: !app.state.table }));
      byId('kg-filters-button').addEventListener('click', () => drawer(!byId('kg-page').classList.contains('filters-open')));
      byId('kg-all-time').addEventListener('click', () => axis.ask(axis.first, axis.last));
      for (const button of document.querySelectorAll('[data-zoom]')) {
        const act = { in: () => app.zoom(1.3), out: () => app.zoom(1 / 1.3), fit };
        button.addEventListener('click', act[button.dataset.zoom]);
      }
      for (const button of document.querySelectorAll('[data-export]')) {
        button.addEventListener('click', () => {
          byId('kg-export').open = false;
          kg.exports.run(app, button.dataset.export);
        });
      }
      byId('kg-from').addEventListener('change', (event) => dates(kg.calendar.parse(event.target.value), null));
      byId('kg-to').addEventListener('change', (event) => dates(null, kg.calendar.parse(event.target.value)));
      document.addEventListener('pointerdown', (event) => {
        if (!event.target.closest('#kg-export')) byId('kg-export').open = false;
      });
      addEventListener('hashchange', () => {
        if (location.hash.slice(1) === written) return;
        written = location.hash.slice(1);
        app.state = kg.state.fromHash(location.hash, data);
        app.colours = null;
        later();
      });
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => change({ theme: app.state.theme }));
      new ResizeObserver(kg.dom.oncePerFrame(resized)).observe(byId('kg-graph'));
    }

    function dates(from, to) {
      if (from === null && to === null) return;
      const a = from === null ? axis.from() : from;
      const b = to === null ? axis.to() : to;
      axis.ask(Math.min(a, b), Math.max(a, b));
    }

    function measure() {
      const box = byId('kg-graph');
      kg.scene.measure(data, app.at, box.clientWidth, box.clientHeight);
    }

    function resized() {
      renderer.resize();
      measure();
      redraw();
      timeNote(axis.draw(app.state, app.fail));
      fit();
    }

    renderer.resize();
    measure();
    update();
    fit();
    listen();
    renderer.painted(ready);
    redraw();
  }

  /** Says that the first picture is on the screen. */
  function ready() {
    requestAnimationFrame(() => {
      kg.app.ready = performance.now();
      document.documentElement.dataset.ready = '1';
    });
  }

  start();
})((window.kg = window.kg || {}));
