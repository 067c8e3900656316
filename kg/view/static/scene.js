// What stands on the picture, in world coordinates, whoever draws it: links, actors, halos, regions.
(function (kg) {
  'use strict';

  // By kind of actor, in the order of kg.model.ActorKind; the names are those of vis-network.
  const SHAPES = { state: 'dot', organisation: 'square', group: 'triangle', person: 'star', sector: 'diamond',
    place: 'hexagon', agent: 'triangleDown' };
  const USUAL_SCALE = 0.85; // at this scale of the whole picture signs have their usual size
  const MOST_HULLS = 400;
  const DIM = 0.07;
  const CROWD = 160; // so many actors have signs of full size

  /** Positions that the reader may change by dragging; starts as laid out. `unit` is a pixel in world coordinates. */
  function places(data) {
    const { x, y } = data.actors;
    return { x: x.slice(), y: y.slice(), unit: 1 };
  }

  /** Sets the unit so that signs have one size on the screen when all actors fit into a picture of a size. */
  function measure(data, at, width, height) {
    const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    for (let i = 0; i < data.actors.count; i++) widen(box, data.actors.x[i], data.actors.y[i], 0);
    at.unit = Math.max(0.5, USUAL_SCALE / fit(box, width, height).scale);
  }

  function widen(box, x, y, r) {
    box.left = Math.min(box.left, x - r);
    box.right = Math.max(box.right, x + r);
    box.top = Math.min(box.top, y - r);
    box.bottom = Math.max(box.bottom, y + r);
  }

  function actorSigns(data, state, result, at, chosen) {
    let most = 1;
    let active = 0;
    for (let i = 0; i < data.actors.count; i++) {
      most = Math.max(most, result.degree[i]);
      active += result.active[i];
    }
    // Thousands of signs must be small for anything to be seen between them.
    const crowd = Math.max(0.12, Math.min(1, Math.sqrt(CROWD / active)));
    const out = [];
    for (let i = 0; i < data.actors.count; i++) {
      if (!data.stands(i, state.level)) continue;
      const alive = result.active[i] === 1;
      const weight = result.degree[i] + result.alone[i];
      const r = (alive ? 5 * crowd + 12 * Math.sqrt(crowd * Math.min(1, weight / most)) : 2 * crowd) * at.unit;
      out.push({
        i,
        x: at.x[i],
        y: at.y[i],
        r,
        shape: SHAPES[data.actors.kinds[data.actors.kind[i]]] || 'dot',
        active: alive,
        dim: alive && chosen !== null && !chosen.actors.has(i),
        chosen: chosen !== null && chosen.centre.has(i),
        label: data.actors.label[i],
        weight,
      });
    }
    return out;
  }

  function linkLines(data, state, result, at, colours, chosen, signs) {
    const level = data.level(state.level);
    const radius = new Map(signs.map((sign) => [sign.i, sign.r]));
    const most = result.drawn.length ? result.linkCount[result.drawn[0]] : 1;
    const out = [];
    // Weakest first, so that strong links lie on top.
    for (let place = result.drawn.length - 1; place >= 0; place--) {
      const k = result.drawn[place];
      const n = result.linkCount[k];
      const a = level.a[k];
      const b = level.b[k];
      const share = Math.sqrt(n / most);
      const mean = result.linkScore[k] / n;
      const curved = level.back[k] >= 0 && result.linkCount[level.back[k]] > 0;
      const dim = chosen !== null && !chosen.links.has(k);
      const l = { k, a, b, x1: at.x[a], y1: at.y[a], x2: at.x[b], y2: at.y[b] };
      [l.cx, l.cy] = kg.geometry.control(l.x1, l.y1, l.x2, l.y2, curved);
      if (a === b) {
        // A loop stands beside its actor; loops are domestic by nature.
        l.loop = (radius.get(a) || 5) * 0.7 + 5 * at.unit;
        l.cx = l.x1 + ((radius.get(a) || 5) + l.loop * 0.6) * 0.71;
        l.cy = l.y1 - ((radius.get(a) || 5) + l.loop * 0.6) * 0.71;
      }
      l.curved = curved;
      l.width = (0.7 + 4.6 * share) * at.unit;
      l.step = colours.step(mean);
      l.colour = colours.steps[l.step];
      l.alpha = dim ? DIM : chosen !== null ? 0.95 : 0.38 + 0.47 * share;
      l.domestic = level.domestic[k] === 1;
      l.arrow = result.linkMutual[k] < n; // nobody began what all events call mutual
      l.gap = (radius.get(b) || 5) + 2 * at.unit;
      out.push(l);
    }
    return out;
  }

  function halos(data, result, at, colours, signs) {
    return signs
      .filter((sign) => result.alone[sign.i] > 0)
      .map((sign) => {
        const n = result.alone[sign.i];
        return {
          i: sign.i,
          x: sign.x,
          y: sign.y,
          r: sign.r + (4 + 2.2 * Math.log2(1 + n)) * at.unit,
          inner: sign.r,
          count: n,
          colour: colours.score(result.aloneScore[sign.i] / n),
          dim: sign.dim,
        };
      });
  }

  /** The grounds under regions of two and more actors. */
  function regions(data, state, at, signs) {
    if (signs.length > MOST_HULLS || data.actors.regions.length < 2) return [];
    const members = data.actors.regions.map(() => []);
    const alive = new Set();
    for (const sign of signs) {
      const region = data.actors.region[sign.i];
      if (region < 0) continue;
      members[region].push([sign.x, sign.y]);
      if (sign.active) alive.add(data.actors.regions[region]);
    }
    const pad = 26 * at.unit;
    return members
      .map((points, region) => ({ name: data.actors.regions[region], points: kg.geometry.hull(points), pad }))
      .filter((ground) => ground.points.length > 1 && alive.has(ground.name))
      .map((ground) => ({ ...ground, rim: rim(ground.points, pad) }));
  }

  /** Places for a region's name: along its upper rim from the middle outwards, then along its lower one. */
  function rim(points, pad) {
    const xs = points.map((p) => p[0]);
    const ys = points.map((p) => p[1]);
    const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
    const wide = Math.max(...xs) - Math.min(...xs);
    const out = [];
    for (const y of [Math.min(...ys) - pad, Math.max(...ys) + pad]) {
      for (const share of [0, -0.2, 0.2, -0.4, 0.4]) out.push([middle + share * wide, y]);
    }
    return out;
  }

  /** What is emphasised: the chosen link, or the chosen actor with its links; null if nothing is chosen. */
  function emphasis(data, state, result) {
    const level = data.level(state.level);
    const links = new Set();
    let centre = null;
    if (state.link) {
      const [a, b] = state.link;
      for (const k of [level.find(a, b), level.find(b, a)]) if (k >= 0 && result.linkCount[k]) links.add(k);
      centre = new Set([a, b]);
    } else if (state.actor >= 0) {
      for (const k of result.drawn) if (level.a[k] === state.actor || level.b[k] === state.actor) links.add(k);
      centre = new Set([state.actor]);
    }
    if (!centre) return null;
    const actors = new Set(centre);
    for (const k of links) actors.add(level.a[k]).add(level.b[k]);
    return { links, actors, centre };
  }

  function build(data, state, result, at, colours) {
    const chosen = emphasis(data, state, result);
    const signs = actorSigns(data, state, result, at, chosen);
    return {
      unit: at.unit,
      signs,
      links: linkLines(data, state, result, at, colours, chosen, signs),
      halos: halos(data, result, at, colours, signs),
      regions: regions(data, state, at, signs),
    };
  }

  /** The box that holds what is active, or everything if nothing is. */
  function bounds(scene) {
    const active = scene.signs.filter((sign) => sign.active);
    const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    for (const sign of active.length ? active : scene.signs) widen(box, sign.x, sign.y, sign.r);
    return box.left <= box.right ? box : { left: -500, right: 500, top: -340, bottom: 340 };
  }

  /** The view (scale and shift from world to screen) in which a box fits a picture of a size. */
  function fit(box, width, height) {
    const margin = Math.min(46, width / 12);
    const wide = Math.max(1, box.right - box.left);
    const high = Math.max(1, box.bottom - box.top);
    const scale = Math.min((width - 2 * margin) / wide, (height - 2 * margin) / high, 2.2);
    return {
      scale,
      x: width / 2 - (scale * (box.left + box.right)) / 2,
      y: height / 2 - (scale * (box.top + box.bottom)) / 2,
      width,
      height,
    };
  }

  kg.scene = { SHAPES, places, measure, build, bounds, fit };
})((window.kg = window.kg || {}));
