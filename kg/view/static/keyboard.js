// Keys for everything, and the page that lists them.
(function (kg) {
  'use strict';

  const { el, byId } = kg.dom;
  const KEYS = [
    ['/', 'search for an actor'],
    ['space', 'play, pause'],
    ['← →', 'move the time window a week; with Shift a month. On an edge of the window: that edge'],
    ['arrows', 'on the picture: move it'],
    ['+ − 0', 'zoom in, out, fit'],
    ['F', 'focus on the chosen actor, or leave the focus'],
    ['L', 'actors, countries, agents'],
    ['V', 'table or picture'],
    ['T', 'light or dark'],
    ['Esc', 'close, leave, clear'],
    ['?', 'this page'],
  ];

  function help(data) {
    const dialog = byId('kg-help');
    const shut = el('button', { type: 'button', onclick: () => dialog.close() }, 'Close');
    dialog.replaceChildren(el('div', {},
      el('h2', {}, 'Help and keys'),
      el('p', {}, 'Each line joins two actors in one direction and stands for all their events in the time window: the thicker, the more events; ' +
        'blue for cooperation, orange for conflict, by the mean score. Click a line for the events and the words that prove them, an actor for its links; ' +
        'double click an actor to see its surroundings alone. Drag over the time axis to choose a window.'),
      el('dl', {}, KEYS.map(([key, meaning]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, meaning)])),
      data.meta.note ? el('p', { class: 'small' }, data.meta.note) : null,
      shut,
    ));
    dialog.showModal();
  }

  function listen(app) {
    const graph = byId('kg-graph');
    const pan = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    addEventListener('keydown', (event) => {
      const { target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || byId('kg-help').open) return;
      if (target.matches('input:not([type=checkbox]), select, textarea')) return;
      const pressed = target.matches('button, summary, a, input');
      if (event.key === ' ' && pressed) return;
      const move = target === graph ? pan[event.key] : null;
      if (move) app.pan(...move);
      else if (!act(app, event)) return;
      event.preventDefault();
    });
    byId('kg-help-button').addEventListener('click', () => help(app.data));
  }

  function next(list, entry) {
    return list[(list.indexOf(entry) + 1) % list.length];
  }

  /** Does what a key says; false if it says nothing. */
  function act(app, event) {
    const { state } = app;
    switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
      case '/':
        byId('kg-search').focus();
        return true;
      case ' ':
        app.player.toggle();
        return true;
      case 'ArrowRight':
      case 'ArrowLeft':
        app.axis.shift((event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 30 : 7));
        return true;
      case '+':
      case '=':
        app.zoom(1.3);
        return true;
      case '-':
        app.zoom(1 / 1.3);
        return true;
      case '0':
        app.fit();
        return true;
      case 'f':
        if (state.ego >= 0) app.change({ ego: -1 }, 'fit');
        else if (state.actor >= 0) app.change({ ego: state.actor }, 'fit');
        return true;
      case 'l':
        app.change({ level: next(app.data.levels, state.level), link: null, actor: -1, ego: -1 }, 'fit');
        return true;
      case 'v':
        app.change({ table: !state.table });
        return true;
      case 't':
        app.turnTheme();
        return true;
      case 'Escape':
        app.escape();
        return true;
      case '?':
        help(app.data);
        return true;
      default:
        return false;
    }
  }

  kg.keyboard = { listen, help };
})((window.kg = window.kg || {}));
