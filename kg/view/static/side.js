// What the right column shows: an overview, a link, or an actor.
(function (kg) {
  'use strict';

  const { el, byId, number, plural, signed } = kg.dom;
  const STRONGEST = 25;
  const ACTOR_LINKS = 30;

  function close(change) {
    return el('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => change({ link: null, actor: -1 }) }, '×');
  }

  function overview(data, state, result, change) {
    const parts = [
      el('h2', {}, 'Strongest links'),
      el('p', { class: 'hint' }, 'Events and mean score. Choose a link for its evidence, or an actor for its links.'),
    ];
    if (!result.drawn.length) parts.push(el('p', { class: 'lacking' }, 'No link fits the window and the filters. Widen the window or tick more boxes.'));
    parts.push(el('ol', { class: 'link-list' }, result.drawn.slice(0, STRONGEST).map((k) => kg.evidence.linkRow(data, state, result, k, change))));
    return parts;
  }

  function linkPanel(data, state, fail, result, change) {
    const level = data.level(state.level);
    const [a, b] = state.link;
    const there = level.find(a, b);
    const back = a === b ? -1 : level.find(b, a);
    const rowsOf = (k) => (k < 0 ? [] : kg.selection.rows(data, state, fail, (row) => level.linkOf[row] === k));
    const rows = rowsOf(there);
    const others = rowsOf(back).length;
    const label = (i) => data.actors.label[i];
    const mutual = rows.length > 0 && there >= 0 && rows.every((row) => data.events.mutual[row]);
    const parts = [
      el('div', { class: 'side-head' }, el('h2', {}, label(a) + (mutual ? ' ↔ ' : ' → ') + label(b)), close(change)),
      el('p', { class: 'summary' }, plural(rows.length, 'event') + ' in window' + (rows.length ? ', mean score ' + signed(kg.evidence.mean(data, rows)) : '')),
      kg.evidence.mix(data, rows),
    ];
    if (others) {
      parts.push(el('button', { type: 'button', class: 'turn', onclick: () => change({ link: [b, a] }, 'side') },
        'Other way: ' + label(b) + ' → ' + label(a) + ' (' + number(others) + ')'));
    }
    return parts.concat(kg.evidence.cards(data, rows));
  }

  function actorPanel(data, state, fail, result, change) {
    const level = data.level(state.level);
    const i = state.actor;
    const links = [];
    let events = 0;
    for (let k = 0; k < level.count; k++) {
      if (!result.linkCount[k] || (level.a[k] !== i && level.b[k] !== i)) continue;
      links.push(k);
      events += result.linkCount[k];
    }
    links.sort((p, q) => result.linkCount[q] - result.linkCount[p] || p - q);
    const alone = kg.selection.rows(data, state, fail, (row) => level.linkOf[row] < 0 && level.source[row] === i);
    const focused = state.ego === i;
    const kind = data.actors.kinds[data.actors.kind[i]];
    const region = data.actors.region[i] < 0 ? '' : ' · ' + data.actors.regions[data.actors.region[i]];
    const parts = [
      el('div', { class: 'side-head' }, el('h2', {}, data.actors.label[i]), close(change)),
      el('p', { class: 'summary' }, kind + region + ' · ' + data.actors.id[i]),
      el('p', { class: 'summary' }, plural(events, 'event') + ' with ' + plural(partners(level, links, i), 'partner') + ' in window'),
      el('button', { type: 'button', class: 'turn', 'data-focus': i, onclick: () => change({ ego: focused ? -1 : i }, 'fit') },
        focused ? 'Show all actors' : 'Focus on this actor'),
      el('ol', { class: 'link-list' }, links.slice(0, ACTOR_LINKS).map((k) => kg.evidence.linkRow(data, state, result, k, change))),
    ];
    if (links.length > ACTOR_LINKS) parts.push(el('p', { class: 'small' }, 'and ' + plural(links.length - ACTOR_LINKS, 'weaker link') + ' (see the table)'));
    if (alone.length) parts.push(el('h3', {}, plural(alone.length, 'act') + ' without a target'), ...kg.evidence.cards(data, alone));
    return parts;
  }

  function partners(level, links, i) {
    return new Set(links.map((k) => (level.a[k] === i ? level.b[k] : level.a[k])).filter((j) => j !== i)).size;
  }

  function create(data, change) {
    const root = byId('kg-side');
    return {
      update(state, fail, result) {
        const parts = state.link
          ? linkPanel(data, state, fail, result, change)
          : state.actor >= 0
            ? actorPanel(data, state, fail, result, change)
            : overview(data, state, result, change);
        root.replaceChildren(...parts);
        root.classList.toggle('has-choice', Boolean(state.link) || state.actor >= 0);
      },
      focus() {
        root.scrollTop = 0;
        root.focus({ preventScroll: false });
      },
    };
  }

  kg.side = { create };
})((window.kg = window.kg || {}));
