// Painting a scene on a canvas. Lines, signs and halos are in world coordinates, names always in those of the screen.
(function (kg) {
  'use strict';

  const MANY = 4000; // from so many links on curves, arrows and thickness cost more than they tell
  const CHUNK = 600; // long paths are slow to fill in; pieces of this many lines are not
  const DASH = [7, 5];
  const DOT = 1.6; // signs of a smaller radius on the screen are dots, whatever their shape

  function world(ctx, view, ratio) {
    ctx.setTransform(view.scale * ratio, 0, 0, view.scale * ratio, view.x * ratio, view.y * ratio);
  }

  function screen(ctx, ratio) {
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** The soft grounds under the actors of each region. */
  function grounds(ctx, scene, colours) {
    ctx.save();
    ctx.fillStyle = ctx.strokeStyle = colours.hull;
    ctx.lineJoin = ctx.lineCap = 'round';
    for (const region of scene.regions) {
      ctx.lineWidth = 2 * region.pad;
      ctx.beginPath();
      region.points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      // A path without length draws no round cap in every browser; a tiny step does.
      if (region.points.length === 1) ctx.lineTo(region.points[0][0] + 0.01, region.points[0][1]);
      ctx.closePath();
      ctx.stroke();
      if (region.points.length > 2) ctx.fill();
    }
    ctx.restore();
  }

  function halos(ctx, scene) {
    ctx.save();
    for (const halo of scene.halos) {
      ctx.beginPath();
      ctx.arc(halo.x, halo.y, halo.r, 0, 2 * Math.PI);
      ctx.fillStyle = ctx.strokeStyle = halo.colour;
      ctx.globalAlpha = halo.dim ? 0.05 : 0.2;
      ctx.fill();
      ctx.globalAlpha = halo.dim ? 0.1 : 0.75;
      ctx.lineWidth = 1.2 * scene.unit;
      ctx.setLineDash([2.5 * scene.unit, 2.5 * scene.unit]);
      ctx.stroke();
    }
    ctx.restore();
  }

  function trace(ctx, l) {
    if (l.loop) {
      ctx.moveTo(l.cx + l.loop, l.cy);
      ctx.arc(l.cx, l.cy, l.loop, 0, 2 * Math.PI);
    } else {
      ctx.moveTo(l.x1, l.y1);
      if (l.curved) ctx.quadraticCurveTo(l.cx, l.cy, l.x2, l.y2);
      else ctx.lineTo(l.x2, l.y2);
    }
  }

  function arrowHead(ctx, l, size) {
    const tip = kg.geometry.arrow(l, l.gap);
    const wing = (turn) => [
      tip.x - size * Math.cos(tip.angle + turn),
      tip.y - size * Math.sin(tip.angle + turn),
    ];
    ctx.beginPath();
    ctx.moveTo(tip.x, tip.y);
    ctx.lineTo(...wing(0.42));
    ctx.lineTo(...wing(-0.42));
    ctx.closePath();
    ctx.fill();
  }

  function finely(ctx, scene) {
    ctx.save();
    for (const l of scene.links) {
      ctx.globalAlpha = l.alpha;
      ctx.strokeStyle = ctx.fillStyle = l.colour;
      ctx.lineWidth = l.width;
      ctx.setLineDash(l.domestic && !l.loop ? DASH.map((d) => d * scene.unit) : []);
      ctx.beginPath();
      trace(ctx, l);
      ctx.stroke();
      if (l.arrow && !l.loop) arrowHead(ctx, l, l.width * 1.6 + 5 * scene.unit);
    }
    ctx.restore();
  }

  /** Straight thin lines, one stroke for hundreds of one colour. */
  function inBatches(ctx, scene, view) {
    const batches = new Map();
    for (const l of scene.links) {
      const key = l.step * 2 + (l.alpha < 0.2 ? 0 : 1);
      if (!batches.has(key)) batches.set(key, []);
      batches.get(key).push(l);
    }
    ctx.save();
    ctx.lineWidth = 0.9 / view.scale;
    const thin = Math.max(0.3, Math.sqrt(MANY / scene.links.length));
    for (const [key, links] of [...batches].sort((p, q) => p[1][0].alpha - q[1][0].alpha)) {
      ctx.globalAlpha = (key % 2 ? 0.3 : 0.05) * thin;
      ctx.strokeStyle = links[0].colour;
      for (let i = 0; i < links.length; i += CHUNK) {
        ctx.beginPath();
        for (const l of links.slice(i, i + CHUNK)) {
          ctx.moveTo(l.x1, l.y1);
          ctx.lineTo(l.x2, l.y2);
        }
        ctx.stroke();
      }
    }
    ctx.restore();
  }

  function links(ctx, scene, view) {
    if (scene.links.length > MANY) inBatches(ctx, scene, view);
    else finely(ctx, scene);
  }

  function outline(ctx, sign, r) {
    const corners = kg.geometry.corners(sign.shape, sign.x, sign.y, r);
    if (!corners) {
      ctx.moveTo(sign.x + r, sign.y);
      ctx.arc(sign.x, sign.y, r, 0, 2 * Math.PI);
      return;
    }
    corners.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.closePath();
  }

  function signs(ctx, scene, view, colours) {
    ctx.save();
    const groups = { idle: [], dim: [], active: [], chosen: [] };
    for (const sign of scene.signs) {
      groups[!sign.active ? 'idle' : sign.chosen ? 'chosen' : sign.dim ? 'dim' : 'active'].push(sign);
    }
    const fills = { idle: 'node-idle', dim: 'node', active: 'node', chosen: 'accent' };
    for (const [group, members] of Object.entries(groups)) {
      ctx.globalAlpha = group === 'dim' ? 0.3 : 1;
      ctx.fillStyle = colours[fills[group]];
      ctx.strokeStyle = colours.paper;
      ctx.lineWidth = 1.6 * scene.unit;
      const ringed = members.length < 2000 && group !== 'idle';
      const shaped = members.filter((sign) => sign.r * view.scale >= DOT);
      for (const sign of members) {
        const r = Math.max(sign.r, 0.8 / view.scale);
        if (sign.r * view.scale < DOT) ctx.fillRect(sign.x - r, sign.y - r, 2 * r, 2 * r);
      }
      for (let i = 0; i < shaped.length; i += CHUNK) {
        ctx.beginPath();
        for (const sign of shaped.slice(i, i + CHUNK)) outline(ctx, sign, sign.r);
        if (ringed) ctx.stroke();
        ctx.fill();
      }
    }
    ctx.restore();
  }

  function names(ctx, scene, view, colours) {
    const placed = kg.labels.place(scene, view);
    ctx.save();
    ctx.lineJoin = 'round';
    ctx.lineWidth = 3.5;
    ctx.strokeStyle = colours.paper;
    for (const label of placed.actors) {
      ctx.globalAlpha = label.dim ? 0.35 : 1;
      ctx.font = kg.labels.font(label.strong);
      ctx.fillStyle = colours.ink;
      ctx.strokeText(label.text, label.x, label.y);
      ctx.fillText(label.text, label.x, label.y);
    }
    ctx.globalAlpha = 1;
    ctx.font = kg.labels.REGION;
    ctx.fillStyle = colours['hull-ink'];
    if ('letterSpacing' in ctx) ctx.letterSpacing = '0.06em';
    for (const label of placed.regions) {
      ctx.strokeText(label.text, label.x, label.y);
      ctx.fillText(label.text, label.x, label.y);
    }
    ctx.restore();
  }

  /** The number of targetless events at the upper left of each halo. */
  function counts(ctx, scene, view, colours) {
    ctx.save();
    ctx.font = '600 11px ' + kg.labels.FAMILY;
    ctx.textAlign = 'center';
    ctx.lineWidth = 3;
    ctx.lineJoin = 'round';
    for (const halo of scene.halos) {
      if (halo.r * view.scale < 7 || halo.dim) continue;
      const [x, y] = kg.labels.countAt(halo, view);
      ctx.strokeStyle = colours.paper;
      ctx.fillStyle = colours.muted;
      ctx.strokeText(String(halo.count), x, y);
      ctx.fillText(String(halo.count), x, y);
    }
    ctx.restore();
  }

  /** What lies under the links; the context is in world coordinates. */
  function under(ctx, scene, colours) {
    grounds(ctx, scene, colours);
    halos(ctx, scene);
  }

  /** What is written over the picture; the context is in screen coordinates. */
  function over(ctx, scene, view, colours) {
    counts(ctx, scene, view, colours);
    names(ctx, scene, view, colours);
  }

  /** The whole picture on an empty canvas of view.width by view.height, times the ratio of its pixels. */
  function all(ctx, scene, view, colours, ratio) {
    screen(ctx, ratio);
    ctx.fillStyle = colours.paper;
    ctx.fillRect(0, 0, view.width, view.height);
    world(ctx, view, ratio);
    under(ctx, scene, colours);
    links(ctx, scene, view);
    signs(ctx, scene, view, colours);
    screen(ctx, ratio);
    over(ctx, scene, view, colours);
  }

  kg.paint = { DASH, world, screen, under, over, all };
})((window.kg = window.kg || {}));
