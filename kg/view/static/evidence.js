// The right column: what is behind a link or an actor, as cards that end in the words of the articles.
(function (kg) {
  'use strict';

  const { el, swatch, link, number, plural, signed } = kg.dom;
  const PAGE = 20; // cards shown at once

  function quoted(report) {
    const text = report.quote;
    if (report.from < 0) return el('blockquote', {}, '“' + text + '”');
    return el('blockquote', {}, '“' + text.slice(0, report.from), el('mark', {}, text.slice(report.from, report.to)), text.slice(report.to) + '”');
  }

  function who(data, row, report) {
    const { events, actors } = data;
    const side = (actor, agent) => (actor < 0 ? '' : actors.label[actor] + (agent ? ' (' + agent + ')' : ''));
    const source = side(events.source[row], report && report.sourceAgent);
    if (events.target[row] < 0) return source;
    return source + (events.mutual[row] ? ' ↔ ' : ' → ') + side(events.target[row], report && report.targetAgent);
  }

  function source(report) {
    const parts = el('p', { class: 'source' }, report.publisher ? el('b', {}, report.publisher) : null, report.publisher ? ' · ' : null,
      link(report.url, report.title || 'article'), ' · ' + report.published);
    return parts;
  }

  /** When the event of a row took place, in words. */
  function when(data, row) {
    const { events } = data;
    const begin = events.begin[row] === data.NONE ? null : events.begin[row];
    const end = events.end[row] === Infinity ? null : events.end[row];
    return kg.calendar.describe(begin, end, data.precisions[events.precision[row]], events.datedByReport[row] === 1);
  }

  function coding(data, row) {
    const { events } = data;
    const mode = events.mode[row] < 0 ? '' : ' · ' + data.modes[events.mode[row]];
    return data.categories[events.category[row]].name.toLowerCase() + mode;
  }

  function card(data, row) {
    const { events } = data;
    const category = data.categories[events.category[row]];
    const status = data.statuses[events.status[row]];
    const reports = data.evidence.of(row);
    const contexts = events.context[row] < 0 ? [] : data.contextSets[events.context[row]].map((c) => data.contexts[c].name.replaceAll('_', ' '));
    const first = reports[0];
    const node = el('li', { class: 'card' },
      el('div', { class: 'card-head' }, swatch(category.klass), el('time', {}, when(data, row)),
        status === 'actual' ? null : el('span', { class: 'badge' }, status),
        el('span', { class: 'score', title: 'score from −10 (conflict) to +10 (cooperation)' }, signed(events.score[row]))),
      el('p', { class: 'coding', title: category.meaning }, el('b', {}, coding(data, row)), ' · ' + data.classes[category.klass]),
      el('p', { class: 'parties' }, who(data, row, first)),
      first ? quoted(first) : el('p', { class: 'lacking' }, 'The words of this event are not in this file.'),
      first && first.attribution ? el('p', { class: 'parties' }, 'according to ' + first.attribution) : null,
      first ? source(first) : null);
    if (reports.length > 1) {
      node.append(el('details', { class: 'more-reports' }, el('summary', {}, plural(reports.length - 1, 'more report')),
        reports.slice(1).map((report) => el('div', {}, quoted(report), source(report)))));
    }
    node.append(el('p', { class: 'small' }, 'reported by ' + plural(events.publishers[row], 'publisher') + ' · confidence ' +
      events.confidence[row] + ' %' + (contexts.length ? ' · ' + contexts.join(', ') : '')));
    const id = data.evidence.id(row);
    if (id) node.append(el('p', { class: 'small id' }, 'event ', el('code', {}, id)));
    return node;
  }

  /** Cards for rows, some at a time. */
  function cards(data, rows) {
    const list = el('ol', { class: 'cards' });
    const more = el('button', { type: 'button', class: 'more', onclick: () => grow() });
    let shown = 0;
    function grow() {
      list.append(...rows.slice(shown, shown + PAGE).map((row) => card(data, row)));
      shown = Math.min(rows.length, shown + PAGE);
      more.hidden = shown >= rows.length;
      more.textContent = 'Show more (' + number(rows.length - shown) + ' left)';
    }
    grow();
    return [list, more];
  }

  function mean(data, rows) {
    return rows.length ? rows.reduce((sum, row) => sum + data.events.score[row], 0) / rows.length : 0;
  }

  /** A bar that shows how the events fall into the four classes. */
  function mix(data, rows) {
    const counts = data.classes.map(() => 0);
    for (const row of rows) counts[data.categories[data.events.category[row]].klass]++;
    const bar = el('div', { class: 'mix', role: 'img', 'aria-label': data.classes.map((name, i) => name + ' ' + counts[i]).join(', ') });
    for (const i of [3, 2, 0, 1]) {
      if (!counts[i]) continue;
      const part = el('span', { title: data.classes[i] + ': ' + number(counts[i]) });
      part.style.background = 'var(--class-' + i + ')';
      part.style.flexGrow = String(counts[i]);
      bar.append(part);
    }
    return bar;
  }

  function linkRow(data, state, result, k, change) {
    const level = data.level(state.level);
    const [a, b] = [level.a[k], level.b[k]];
    const n = result.linkCount[k];
    const dot = el('span', { class: 'dot', 'aria-hidden': 'true' });
    dot.style.background = kg.app.colours.score(result.linkScore[k] / n);
    const arrow = result.linkMutual[k] < n ? ' → ' : ' ↔ ';
    return el('li', {}, el('button', { type: 'button', 'data-link': k, onclick: () => change({ link: [a, b], actor: -1 }, 'side') },
      dot, el('span', { class: 'what' }, data.actors.label[a] + arrow + data.actors.label[b]), el('span', { class: 'figure' }, number(n)),
      el('span', { class: 'mean', title: 'mean score' }, signed(result.linkScore[k] / n))));
  }

  kg.evidence = { cards, card, mean, mix, linkRow, when, coding };
})((window.kg = window.kg || {}));
