// Renderer for any number of links: one canvas of our own. What was painted last is kept as a bitmap and shifted while
// the reader moves the picture; when the hand rests it is painted afresh.
(function (kg) {
  'use strict';

  const REST = 120; // milliseconds without movement after which the picture is painted afresh
  const ZOOM = { least: 0.02, most: 8 };
  const REACH = 6; // pixels around the pointer in which a link is meant

  function create(box, callbacks) {
    const canvas = kg.dom.el('canvas', { class: 'plain-canvas' });
    const kept = document.createElement('canvas');
    box.append(canvas);
    const ctx = canvas.getContext('2d', { alpha: false });
    const keptCtx = kept.getContext('2d', { alpha: false });
    let view = { scale: 1, x: 0, y: 0, width: 1, height: 1 };
    let keptView = view;
    let scene = null;
    let colours = null;
    let timer = 0;
    let waiting = [];

    function ratio() {
      return window.devicePixelRatio || 1;
    }

    function size() {
      view = { ...view, width: box.clientWidth, height: box.clientHeight };
      for (const c of [canvas, kept]) {
        c.width = Math.max(1, Math.round(view.width * ratio()));
        c.height = Math.max(1, Math.round(view.height * ratio()));
      }
    }

    /** Paints everything and keeps it. */
    function afresh() {
      clearTimeout(timer);
      timer = 0;
      if (!scene) return;
      kg.paint.all(keptCtx, scene, view, colours, ratio());
      keptView = view;
      show();
    }

    /** Shows the kept bitmap where the view has gone since. */
    const show = kg.dom.oncePerFrame(() => {
      const grown = view.scale / keptView.scale;
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      if (grown !== 1 || view.x !== keptView.x || view.y !== keptView.y) {
        ctx.fillStyle = colours.paper;
        ctx.fillRect(0, 0, canvas.width, canvas.height);
      }
      const x = (view.x - keptView.x * grown) * ratio();
      const y = (view.y - keptView.y * grown) * ratio();
      ctx.drawImage(kept, x, y, kept.width * grown, kept.height * grown);
      for (const run of waiting.splice(0)) run();
    });

    function moved() {
      show();
      clearTimeout(timer);
      timer = setTimeout(afresh, REST);
    }

    function zoom(factor, x, y) {
      const scale = Math.max(ZOOM.least, Math.min(ZOOM.most, view.scale * factor));
      const grown = scale / view.scale;
      view = { ...view, scale, x: x - (x - view.x) * grown, y: y - (y - view.y) * grown };
      moved();
    }

    /** The actor or link at a point of the screen. */
    function what(point) {
      if (!scene) return null;
      const x = (point.x - view.x) / view.scale;
      const y = (point.y - view.y) / view.scale;
      const slack = 3 / view.scale;
      let best = null;
      let least = Infinity;
      for (const sign of scene.signs) {
        const d = Math.hypot(sign.x - x, sign.y - y) - sign.r;
        if (sign.active && d < slack && d < least) [best, least] = [{ actor: sign.i }, d];
      }
      if (best) return best;
      least = REACH / view.scale;
      for (const l of scene.links) {
        if (outside(l, x, y, least)) continue;
        const d = kg.geometry.toLink(x, y, l);
        if (d < least) [best, least] = [{ link: l.k }, d];
      }
      return best;
    }

    function outside(l, x, y, slack) {
      if (l.loop) return false;
      return (
        x < Math.min(l.x1, l.x2, l.cx) - slack || x > Math.max(l.x1, l.x2, l.cx) + slack ||
        y < Math.min(l.y1, l.y2, l.cy) - slack || y > Math.max(l.y1, l.y2, l.cy) + slack
      );
    }

    listen(canvas, { zoom, what, callbacks, shift });

    function shift(dx, dy) {
      view = { ...view, x: view.x + dx, y: view.y + dy };
      moved();
    }

    return {
      name: 'canvas',
      view: () => view,
      look(wanted) {
        view = { ...wanted };
        afresh();
      },
      draw(next, palette) {
        scene = next;
        colours = palette;
        afresh();
      },
      resize() {
        size();
        afresh();
      },
      painted: (run) => waiting.push(run),
    };
  }

  /** Pointers and wheel: one pointer moves the picture, two and the wheel zoom it. */
  function listen(canvas, { zoom, what, callbacks, shift }) {
    const down = new Map();
    let travelled = 0;
    const at = (event) => {
      const frame = canvas.getBoundingClientRect();
      return { x: event.clientX - frame.left, y: event.clientY - frame.top };
    };
    const spread = () => {
      const [p, q] = [...down.values()];
      return { gap: Math.hypot(p.x - q.x, p.y - q.y) || 1, x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
    };
    let pointed = null;
    const hover = kg.dom.oncePerFrame(() => {
      if (pointed && !down.size) callbacks.hover(what(pointed), pointed);
    });
    canvas.addEventListener('pointerdown', (event) => {
      down.set(event.pointerId, at(event));
      travelled = 0;
      canvas.setPointerCapture(event.pointerId);
      callbacks.hover(null);
    });
    canvas.addEventListener('pointermove', (event) => {
      const point = at(event);
      const before = down.get(event.pointerId);
      if (!before) {
        pointed = point;
        hover();
      } else if (down.size === 1) {
        travelled += Math.hypot(point.x - before.x, point.y - before.y);
        down.set(event.pointerId, point);
        shift(point.x - before.x, point.y - before.y);
      } else if (down.size === 2) {
        const old = spread();
        down.set(event.pointerId, point);
        const now = spread();
        zoom(now.gap / old.gap, now.x, now.y);
      }
    });
    for (const end of ['pointerup', 'pointercancel']) {
      canvas.addEventListener(end, (event) => {
        if (end === 'pointerup' && down.size === 1 && travelled < 4) callbacks.click(what(at(event)));
        down.delete(event.pointerId);
      });
    }
    canvas.addEventListener('dblclick', (event) => callbacks.double(what(at(event))));
    canvas.addEventListener('pointerleave', () => {
      pointed = null;
      callbacks.hover(null);
    });
    canvas.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const point = at(event);
        zoom(Math.exp(-Math.max(-100, Math.min(100, event.deltaY)) / 400), point.x, point.y);
      },
      { passive: false },
    );
  }

  kg.renderers = kg.renderers || {};
  kg.renderers.canvas = { create, mostLinks: 1e6 };
})((window.kg = window.kg || {}));
