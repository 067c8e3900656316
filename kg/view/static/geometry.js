// Curves, hulls and distances in the plane; y points down.
(function (kg) {
  'use strict';

  const BEND = 0.14; // how far a curved link leaves the straight line, as a share of its length

  /** The control point of a link; both ways of a pair bend to their own right, so they part. */
  function control(ax, ay, bx, by, curved) {
    const bend = curved ? BEND : 0;
    return [(ax + bx) / 2 + (by - ay) * bend, (ay + by) / 2 - (bx - ax) * bend];
  }

  function onCurve(l, t) {
    const u = 1 - t;
    return [u * u * l.x1 + 2 * u * t * l.cx + t * t * l.x2, u * u * l.y1 + 2 * u * t * l.cy + t * t * l.y2];
  }

  /** Where an arrow's tip stands, clear of the target's sign, and the direction in which it points. */
  function arrow(l, gap) {
    const length = Math.hypot(l.x2 - l.x1, l.y2 - l.y1) || 1;
    const t = Math.max(0.55, 1 - gap / length);
    const [x, y] = onCurve(l, t);
    const dx = 2 * (1 - t) * (l.cx - l.x1) + 2 * t * (l.x2 - l.cx);
    const dy = 2 * (1 - t) * (l.cy - l.y1) + 2 * t * (l.y2 - l.cy);
    return { x, y, angle: Math.atan2(dy, dx) };
  }

  function toSegment(px, py, ax, ay, bx, by) {
    const dx = bx - ax;
    const dy = by - ay;
    const t = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(px - ax - t * dx, py - ay - t * dy);
  }

  /** Distance of a point from a link, good enough for pointing at it. */
  function toLink(px, py, l) {
    if (l.loop) return Math.abs(Math.hypot(px - l.cx, py - l.cy) - l.loop);
    let best = Infinity;
    let [x, y] = [l.x1, l.y1];
    for (let i = 1; i <= 8; i++) {
      const [nx, ny] = onCurve(l, i / 8);
      best = Math.min(best, toSegment(px, py, x, y, nx, ny));
      [x, y] = [nx, ny];
    }
    return best;
  }

  /** The convex hull of points, by Andrew's monotone chain (1979). */
  function hull(points) {
    const sorted = points.slice().sort((p, q) => p[0] - q[0] || p[1] - q[1]);
    if (sorted.length < 3) return sorted;
    const left = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]) <= 0;
    const half = (list) => {
      const chain = [];
      for (const p of list) {
        while (chain.length >= 2 && left(chain[chain.length - 2], chain[chain.length - 1], p)) chain.pop();
        chain.push(p);
      }
      chain.pop();
      return chain;
    };
    return half(sorted).concat(half(sorted.reverse()));
  }

  /** Corner points of an actor's sign. States are circles and have none. */
  function corners(shape, x, y, r) {
    const turn = (n, from, size) =>
      Array.from({ length: n }, (_, i) => {
        const angle = from + (2 * Math.PI * i) / n;
        const reach = size(i);
        return [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
      });
    const up = -Math.PI / 2;
    switch (shape) {
      case 'square':
        return turn(4, Math.PI / 4, () => r * 1.25);
      case 'diamond':
        return turn(4, up, () => r * 1.25);
      case 'triangle':
        return turn(3, up, () => r * 1.35);
      case 'triangleDown':
        return turn(3, -up, () => r * 1.35);
      case 'star':
        return turn(10, up, (i) => (i % 2 ? r * 0.62 : r * 1.4));
      case 'hexagon':
        return turn(6, 0, () => r * 1.1);
      default:
        return null;
    }
  }

  kg.geometry = { control, onCurve, arrow, toLink, hull, corners };
})((window.kg = window.kg || {}));
