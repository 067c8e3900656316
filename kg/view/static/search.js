// The search field with suggestions (the combobox pattern of WAI-ARIA).
(function (kg) {
  'use strict';

  const { el, byId } = kg.dom;
  const MOST = 8;

  /** Without case and accents, so that "cote" finds "Côte d'Ivoire". */
  function plain(text) {
    return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  }

  /** Actors whose name or id holds the text; those that begin with it first, then the more active. */
  function find(data, state, text) {
    const wanted = plain(text.trim());
    if (!wanted) return [];
    const { label, id } = data.actors;
    const found = [];
    for (let i = 0; i < data.actors.count; i++) {
      if (!data.stands(i, state.level)) continue;
      const name = plain(label[i]);
      const rank = name === wanted || plain(id[i]) === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(' ' + wanted) ? 2 : name.includes(wanted) ? 3 : -1;
      if (rank >= 0) found.push([rank, i]);
    }
    // Actors come in order of their activity in the data.
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, MOST).map(([, i]) => i);
  }

  function create(data, change) {
    const field = byId('kg-search');
    const list = byId('kg-suggestions');
    let found = [];
    let marked = -1;

    function show() {
      list.replaceChildren(...found.map((i, place) =>
        el('li', { role: 'option', id: 'kg-option-' + place, 'aria-selected': String(place === marked), onpointerdown: (event) => {
          event.preventDefault();
          choose(i);
        } }, el('span', { class: 'what' }, data.actors.label[i]), el('span', { class: 'figure' }, data.actors.id[i]))));
      list.hidden = !found.length;
      field.setAttribute('aria-expanded', String(found.length > 0));
      if (marked >= 0) field.setAttribute('aria-activedescendant', 'kg-option-' + marked);
      else field.removeAttribute('aria-activedescendant');
    }

    function search() {
      found = find(data, kg.app.state, field.value);
      marked = found.length ? 0 : -1;
      show();
    }

    function closeList() {
      found = [];
      marked = -1;
      show();
    }

    function choose(i) {
      field.value = data.actors.label[i];
      closeList();
      change({ actor: i, link: null }, 'centre');
    }

    field.addEventListener('input', search);
    field.addEventListener('focus', () => field.select());
    field.addEventListener('blur', closeList);
    field.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && found.length) {
        marked = (marked + step + found.length) % found.length;
        show();
        event.preventDefault();
      } else if (event.key === 'Enter' && marked >= 0) {
        choose(found[marked]);
      } else if (event.key === 'Escape') {
        event.stopPropagation();
        if (found.length) closeList();
        else field.blur();
      }
    });
  }

  kg.search = { create, find };
})((window.kg = window.kg || {}));
