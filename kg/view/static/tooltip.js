// A few words beside the pointer on what is under it.
(function (kg) {
  'use strict';

  const { el, byId, plural, signed } = kg.dom;

  function words(app, thing) {
    const { data, state, result } = app;
    const { label } = data.actors;
    if (thing.actor !== undefined) {
      const i = thing.actor;
      const lines = [plural(result.degree[i], 'event') + ' in the links drawn'];
      if (result.alone[i]) lines.push(plural(result.alone[i], 'act') + ' without a target');
      return [label[i], lines];
    }
    const level = data.level(state.level);
    const n = result.linkCount[thing.link];
    if (!n) return null;
    const arrow = result.linkMutual[thing.link] < n ? ' → ' : ' ↔ ';
    return [label[level.a[thing.link]] + arrow + label[level.b[thing.link]], [plural(n, 'event') + ', mean score ' + signed(result.linkScore[thing.link] / n)]];
  }

  function create() {
    const tip = byId('kg-tip');
    let key = '';
    return function show(app, thing, at) {
      const found = thing ? words(app, thing) : null;
      tip.hidden = !found;
      document.getElementById('kg-graph').classList.toggle('pointing', Boolean(found));
      if (!found) {
        key = '';
        return;
      }
      if (key !== JSON.stringify(found)) {
        key = JSON.stringify(found);
        tip.replaceChildren(el('b', {}, found[0]), ...found[1].map((line) => el('div', {}, line)));
      }
      const box = tip.parentElement;
      tip.style.left = Math.max(4, Math.min(at.x + 14, box.clientWidth - tip.offsetWidth - 6)) + 'px';
      tip.style.top = Math.max(4, Math.min(at.y + 14, box.clientHeight - tip.offsetHeight - 6)) + 'px';
    };
  }

  kg.tooltip = { create };
})((window.kg = window.kg || {}));
