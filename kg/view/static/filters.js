// The left column: what counts, how it is drawn, and who is most active.
(function (kg) {
  'use strict';

  const { el, byId, swatch, number } = kg.dom;
  const ACTORS = 25;
  const KIND_SIGNS = { state: '●', organisation: '■', group: '▲', person: '★', sector: '◆', place: '⬢', agent: '▼' };
  const KIND_NAMES = { state: 'state', organisation: 'organisation', group: 'armed or political group', person: 'person',
    sector: 'sector of a society', place: 'place', agent: 'person, office or body that acted (agents)' };

  const LEVELS = {
    agents: ['Agents', 'Persons, offices and bodies that acted, where the words name them'],
    actors: ['Actors', 'Every actor by itself'],
    countries: ['Countries', 'All actors of a country together'],
  };

  function group(title, ...children) {
    return el('section', { class: 'group' }, el('h2', {}, title), ...children);
  }

  function option(value, text) {
    return el('option', { value }, text);
  }

  function check(text, changed, extra) {
    const box = el('input', { type: 'checkbox', onchange: () => changed(box.checked) });
    const figure = el('span', { class: 'figure' });
    return { box, figure, row: el('label', { class: 'check' }, box, extra || null, el('span', { class: 'what' }, text), figure) };
  }

  function create(data, change) {
    const root = byId('kg-filters');
    const updates = [];

    root.append(...[level(), classes(), statuses(), strength(), contexts(), legend(), mostActive()].filter(Boolean));

    function choice(title, name, entries, convert) {
      const select = el('select', { onchange: () => change({ [name]: convert ? convert(select.value) : select.value }) },
        entries.map(([value, text]) => option(value, text)));
      updates.push((state) => {
        const value = String(state[name]);
        if (![...select.options].some((o) => o.value === value)) select.append(option(value, value));
        select.value = value;
      });
      return el('label', { class: 'field' }, el('span', {}, title), select);
    }

    function level() {
      const buttons = data.levels.map((value) =>
        el('button', { type: 'button', 'data-level': value, onclick: () => change({ level: value, link: null, actor: -1, ego: -1 }, 'fit'),
          title: LEVELS[value][1] }, LEVELS[value][0]));
      updates.push((state) => buttons.forEach((b) => b.setAttribute('aria-pressed', String(b.dataset.level === state.level))));
      const depth = choice('Around the focus', 'depth', [['1', 'its own links'], ['1.5', 'and among its partners'], ['2', 'two steps']]);
      const leave = el('button', { type: 'button', onclick: () => change({ ego: -1 }, 'fit') }, 'Leave focus');
      const focus = el('div', { class: 'focus-box' }, el('strong', {}), depth, leave);
      updates.push((state) => {
        focus.hidden = state.ego < 0;
        focus.firstChild.textContent = state.ego < 0 ? '' : 'Focus: ' + data.actors.label[state.ego];
      });
      return el('section', { class: 'group' }, el('div', { class: 'switch', role: 'group', 'aria-label': 'Level' }, buttons), focus);
    }

    function classes() {
      const rows = data.classes.map((name, klass) => {
        const members = data.categories.map((_, i) => i).filter((i) => data.categories[i].klass === klass);
        const head = check(name, (on) => {
          const chosen = new Set(kg.app.state.categories);
          for (const i of members) on ? chosen.add(i) : chosen.delete(i);
          change({ categories: chosen });
        }, swatch(klass));
        const inner = members.map((i) => {
          const entry = check(data.categories[i].name.toLowerCase(), (on) => {
            const chosen = new Set(kg.app.state.categories);
            on ? chosen.add(i) : chosen.delete(i);
            change({ categories: chosen });
          });
          entry.row.title = data.categories[i].meaning;
          updates.push((state, result) => {
            entry.box.checked = state.categories.has(i);
            entry.figure.textContent = number(result.byCategory[i]);
          });
          return entry.row;
        });
        updates.push((state, result) => {
          const on = members.filter((i) => state.categories.has(i)).length;
          head.box.checked = on > 0;
          head.box.indeterminate = on > 0 && on < members.length;
          head.figure.textContent = number(members.reduce((sum, i) => sum + result.byCategory[i], 0));
        });
        const list = el('div', { class: 'categories', hidden: true }, inner);
        const opener = el('button', { type: 'button', class: 'opener', 'aria-expanded': 'false', 'aria-label': 'Categories of ' + name, onclick: () => {
          list.hidden = !list.hidden;
          opener.setAttribute('aria-expanded', String(!list.hidden));
          opener.textContent = list.hidden ? '▸' : '▾';
        } }, '▸');
        return el('div', {}, el('div', { class: 'class-row' }, head.row, opener), list);
      });
      return group('Event class', rows);
    }

    function statuses() {
      const rows = data.statuses.map((name, i) => {
        const entry = check(name, (on) => {
          const chosen = new Set(kg.app.state.statuses);
          on ? chosen.add(i) : chosen.delete(i);
          change({ statuses: chosen });
        });
        updates.push((state, result) => {
          entry.box.checked = state.statuses.has(i);
          entry.figure.textContent = number(result.byStatus[i]);
        });
        return entry.row;
      });
      return group('Status', el('div', { class: 'checks' }, rows));
    }

    function range(title, name, low, high, step, text) {
      const input = el('input', { type: 'range', min: low, max: high, step, oninput: () => change({ [name]: Number(input.value) }) });
      const shown = el('output', {});
      updates.push((state) => {
        input.value = String(state[name]);
        shown.textContent = text(state[name]);
      });
      return el('label', { class: 'field' }, el('span', {}, title, ' ', shown), input);
    }

    function strength() {
      const most = data.events.publishers.reduce((m, n) => Math.max(m, n), 1);
      const steps = [50, 100, 200, 300, 500, 1000, 2000, 5000, 20000, 60000];
      const tops = steps.filter((n) => n <= kg.limits.drawn).map((n) => [String(n), 'top ' + number(n)]);
      return group('Links',
        choice('Drawn', 'top', tops, Number),
        choice('Between', 'scope', [['all', 'all actors'], ['international', 'different countries'], ['domestic', 'actors of one country']]),
        range('Confidence', 'confidence', 0, 95, 5, (v) => (v ? 'at least ' + v + ' %' : 'any')),
        range('Publishers', 'publishers', 1, Math.min(20, Math.max(2, most)), 1, (v) => (v > 1 ? 'at least ' + v : 'any')));
    }

    function contexts() {
      if (!data.contexts.length) return null;
      const rows = data.contexts.map((context, i) => {
        const entry = check(context.name.replaceAll('_', ' '), (on) => {
          const chosen = new Set(kg.app.state.contexts);
          on ? chosen.add(i) : chosen.delete(i);
          change({ contexts: chosen });
        });
        entry.row.title = context.meaning;
        updates.push((state, result) => {
          entry.box.checked = state.contexts.has(i);
          entry.figure.textContent = number(result.byContext[i]);
        });
        return entry.row;
      });
      const title = el('summary', {});
      updates.push((state) => {
        title.textContent = state.contexts.size ? 'Context (' + state.contexts.size + ' chosen)' : 'Context (all)';
      });
      return el('details', { class: 'group contexts' }, title, rows);
    }

    function legend() {
      const ramp = el('div', { class: 'ramp', role: 'img', 'aria-label': 'from orange for conflict over grey to blue for cooperation' });
      const kinds = data.actors.kinds.filter((_, k) => data.actors.kind.includes(k));
      const sign = (mark, text) => el('li', {}, el('span', { class: 'mark', 'aria-hidden': 'true' }, mark), text);
      return group('How to read it', ramp,
        el('div', { class: 'ramp-ends' }, el('span', {}, '−6 conflict'), el('span', {}, 'mean score'), el('span', {}, 'cooperation +6')),
        el('ul', { class: 'signs' },
          kinds.map((kind) => sign(KIND_SIGNS[kind], KIND_NAMES[kind])),
          sign('◌', 'halo: acts without a target, with their number'),
          sign('╌', 'broken line: within one country'),
          sign('━', 'thicker line, larger sign: more events')));
    }

    function mostActive() {
      const list = el('ol', { class: 'active-list' });
      updates.push((state, result) => {
        const weight = (i) => result.degree[i] + result.alone[i];
        const ranked = [];
        for (let i = 0; i < data.actors.count; i++) if (weight(i)) ranked.push(i);
        ranked.sort((a, b) => weight(b) - weight(a) || a - b);
        const most = ranked.length ? weight(ranked[0]) : 1;
        list.replaceChildren(...ranked.slice(0, ACTORS).map((i) => {
          const bar = el('span', { class: 'bar-fill', 'aria-hidden': 'true' });
          bar.style.width = (100 * weight(i)) / most + '%';
          return el('li', {}, bar, el('button', { type: 'button', 'data-actor': i, onclick: () => change({ actor: i, link: null }, 'side') },
            el('span', { class: 'what' }, data.actors.label[i]), el('span', { class: 'figure' }, number(weight(i)))));
        }));
      });
      return group('Most active', list);
    }

    return {
      update(state, result) {
        for (const run of updates) run(state, result);
      },
    };
  }

  kg.filters = { create };
})((window.kg = window.kg || {}));
