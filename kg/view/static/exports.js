// Taking things away: picture, drawing, tables. What is exported is what is shown.
(function (kg) {
  'use strict';

  const { svg } = kg.dom;
  const FOOT = 44; // pixels under the picture for its caption
  const RATIO = 2;

  function download(blob, name) {
    const anchor = kg.dom.el('a', { download: name, href: URL.createObjectURL(blob) });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
  }

  /** A name for files: letters and digits of the title. */
  function stem(data) {
    const text = data.meta.title.normalize('NFKD').replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60);
    return text.toLowerCase() || 'network';
  }

  function caption(app) {
    return [app.data.meta.title, app.statusText()];
  }

  function png(app, done) {
    const view = app.renderer.view();
    const canvas = document.createElement('canvas');
    canvas.width = view.width * RATIO;
    canvas.height = (view.height + FOOT) * RATIO;
    const ctx = canvas.getContext('2d');
    ctx.fillStyle = app.colours.paper;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.save();
    kg.paint.screen(ctx, RATIO);
    ctx.beginPath();
    ctx.rect(0, 0, view.width, view.height);
    ctx.clip();
    kg.paint.all(ctx, app.scene, view, app.colours, RATIO);
    ctx.restore();
    kg.paint.screen(ctx, RATIO);
    const [title, status] = caption(app);
    ctx.fillStyle = app.colours.ink;
    ctx.font = kg.labels.font(true);
    ctx.fillText(title, 14, view.height + 16);
    ctx.fillStyle = app.colours.muted;
    ctx.font = kg.labels.font(false);
    ctx.fillText(status, 14, view.height + 34);
    canvas.toBlob(done, 'image/png');
  }

  function pathOf(l, view) {
    const p = (x, y) => (x * view.scale + view.x).toFixed(1) + ',' + (y * view.scale + view.y).toFixed(1);
    if (l.loop) {
      const r = (l.loop * view.scale).toFixed(1);
      return 'M' + p(l.cx - l.loop, l.cy) + 'A' + r + ',' + r + ' 0 1 1 ' + p(l.cx + l.loop, l.cy) + 'A' + r + ',' + r + ' 0 1 1 ' + p(l.cx - l.loop, l.cy);
    }
    return 'M' + p(l.x1, l.y1) + (l.curved ? 'Q' + p(l.cx, l.cy) + ' ' : 'L') + p(l.x2, l.y2);
  }

  function signShape(sign, view, colours) {
    const x = sign.x * view.scale + view.x;
    const y = sign.y * view.scale + view.y;
    const r = sign.r * view.scale;
    const look = { fill: sign.chosen ? colours.accent : sign.active ? colours.node : colours['node-idle'], stroke: colours.paper, 'stroke-width': 1.4, opacity: sign.dim ? 0.3 : 1 };
    const corners = sign.active ? kg.geometry.corners(sign.shape, x, y, r) : null;
    if (!corners) return svg('circle', { cx: x.toFixed(1), cy: y.toFixed(1), r: r.toFixed(1), ...look });
    return svg('polygon', { points: corners.map((c) => c.map((v) => v.toFixed(1)).join(',')).join(' '), ...look });
  }

  function ground(region, view, colours) {
    const points = region.points.map(([x, y]) => (x * view.scale + view.x).toFixed(1) + ',' + (y * view.scale + view.y).toFixed(1));
    return svg('polygon', { points: points.join(' '), fill: colours.hull, stroke: colours.hull, 'stroke-width': (2 * region.pad * view.scale).toFixed(1), 'stroke-linejoin': 'round' });
  }

  /** The picture as an SVG document. */
  function drawing(app) {
    const view = app.renderer.view();
    const { colours, scene } = app;
    const height = view.height + FOOT;
    const root = svg('svg', { viewBox: '0 0 ' + view.width + ' ' + height, width: view.width, height, 'font-family': kg.labels.FAMILY });
    root.append(svg('title', {}, caption(app).join(': ')), svg('rect', { width: view.width, height, fill: colours.paper }));
    for (const region of scene.regions) root.append(ground(region, view, colours));
    for (const h of scene.halos) {
      root.append(svg('circle', { cx: (h.x * view.scale + view.x).toFixed(1), cy: (h.y * view.scale + view.y).toFixed(1), r: (h.r * view.scale).toFixed(1),
        fill: h.colour, 'fill-opacity': 0.2, stroke: h.colour, 'stroke-dasharray': '2.5 2.5' }));
    }
    for (const l of scene.links) {
      root.append(svg('path', { d: pathOf(l, view), fill: 'none', stroke: l.colour, 'stroke-width': (l.width * view.scale).toFixed(2), 'stroke-opacity': l.alpha.toFixed(2),
        'stroke-dasharray': l.domestic && !l.loop ? kg.paint.DASH.join(' ') : null }));
    }
    for (const sign of scene.signs) root.append(signShape(sign, view, colours));
    const names = kg.labels.place(scene, view);
    for (const label of names.actors) {
      root.append(svg('text', { x: label.x.toFixed(1), y: label.y.toFixed(1), 'font-size': label.strong ? 13 : 12, 'font-weight': label.strong ? 600 : 400, fill: colours.ink,
        stroke: colours.paper, 'stroke-width': 3, 'paint-order': 'stroke', opacity: label.dim ? 0.35 : 1 }, label.text));
    }
    for (const label of names.regions) {
      root.append(svg('text', { x: label.x.toFixed(1), y: label.y.toFixed(1), 'font-size': 10.5, 'font-weight': 600, 'letter-spacing': '0.06em', fill: colours['hull-ink'] }, label.text));
    }
    const [title, status] = caption(app);
    root.append(svg('text', { x: 14, y: view.height + 16, 'font-size': 13, 'font-weight': 600, fill: colours.ink }, title),
      svg('text', { x: 14, y: view.height + 34, 'font-size': 12, fill: colours.muted }, status));
    return new XMLSerializer().serializeToString(root);
  }

  /** One line of a CSV file (RFC 4180). A text that a spreadsheet would run as a formula gets a quote before it. */
  function csvLine(values) {
    return values.map((value) => {
      let text = value === null || value === undefined ? '' : String(value);
      if (typeof value !== 'number' && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
      return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
    }).join(',');
  }

  function linksCsv(app) {
    const { data, state } = app;
    const head = ['source', 'source_label', 'target', 'target_label', 'events', 'mean_score', ...data.classes.map((name) => name.replaceAll(' ', '_')), 'first', 'last'];
    const id = (i) => (i < 0 ? '' : data.actors.id[i]);
    const lines = kg.table.records(data, state, app.fail, app.result).sort((p, q) => q.count - p.count).map((r) =>
      [id(r.a), r.source, id(r.b), r.b < 0 ? '' : r.target, r.count, Math.round(r.mean * 100) / 100, ...r.classes, r.first, r.last]);
    return [head, ...lines].map(csvLine).join('\r\n') + '\r\n';
  }

  function eventsCsv(app) {
    const { data, state, fail, result } = app;
    const { events, actors } = data;
    const level = data.level(state.level);
    const drawn = new Set(result.drawn);
    const head = ['event', 'begin', 'end', 'precision', 'source', 'source_label', 'target', 'target_label', 'category', 'mode', 'status', 'score', 'confidence', 'publishers', 'quote', 'publisher', 'title', 'url', 'published'];
    const shown = (row) => (level.linkOf[row] >= 0 ? drawn.has(level.linkOf[row]) : result.alone[level.source[row]] > 0);
    const rows = kg.selection.rows(data, state, fail, shown);
    const dated = rows.filter((row) => events.begin[row] !== data.NONE);
    const lines = dated.reverse().concat(rows.slice(dated.length)).map((row) => {
      const report = data.evidence.of(row)[0] || {};
      const target = events.target[row];
      const day = (value) => (value === data.NONE || value === Infinity ? '' : kg.calendar.iso(value));
      return [data.evidence.id(row), day(events.begin[row]), day(events.end[row]), data.precisions[events.precision[row]], actors.id[events.source[row]], actors.label[events.source[row]],
        target < 0 ? '' : actors.id[target], target < 0 ? '' : actors.label[target], data.categories[events.category[row]].name, events.mode[row] < 0 ? '' : data.modes[events.mode[row]],
        data.statuses[events.status[row]], Math.round(events.score[row] * 10) / 10, events.confidence[row] / 100, events.publishers[row], report.quote, report.publisher, report.title, report.url, report.published];
    });
    return [head, ...lines].map(csvLine).join('\r\n') + '\r\n';
  }

  /** Carries out what an item of the menu says. */
  function run(app, what) {
    const name = stem(app.data);
    const text = (content, type, file) => download(new Blob([content], { type: type + ';charset=utf-8' }), file);
    if (what === 'png') png(app, (blob) => download(blob, name + '.png'));
    else if (what === 'svg') text(drawing(app), 'image/svg+xml', name + '.svg');
    else if (what === 'links') text(linksCsv(app), 'text/csv', name + '-links.csv');
    else if (what === 'events') text(eventsCsv(app), 'text/csv', name + '-events.csv');
    else window.print();
  }

  kg.exports = { run, png, drawing, linksCsv, eventsCsv, csvLine };
})((window.kg = window.kg || {}));
