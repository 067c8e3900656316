// Which names are written, and where: always at the same size on the screen, never over each other, most active first.
(function (kg) {
  'use strict';

  const FAMILY = '"Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif';
  const MOST = 260;
  const MOST_IN_CROWD = 70; // where names alone would cover the picture
  const CROWD = 600;
  const widths = new Map();
  let ruler = null;

  function font(strong) {
    return (strong ? '600 13px ' : '12px ') + FAMILY;
  }

  function width(text, strong) {
    const key = (strong ? '1' : '0') + text;
    let value = widths.get(key);
    if (value === undefined) {
      if (!ruler) ruler = document.createElement('canvas').getContext('2d');
      ruler.font = font(strong);
      value = ruler.measureText(text).width;
      widths.set(key, value);
    }
    return value;
  }

  function cut(text) {
    return text.length > 28 ? text.slice(0, 27) + '…' : text;
  }

  function clash(box, taken) {
    for (const other of taken) {
      if (box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]) return true;
    }
    return false;
  }

  /** Signs in sight, those to be named first at the front. */
  function ranked(scene, view) {
    const shown = scene.signs.filter((sign) => {
      if (!sign.active) return false;
      const x = sign.x * view.scale + view.x;
      const y = sign.y * view.scale + view.y;
      return x > -60 && x < view.width + 60 && y > -20 && y < view.height + 20;
    });
    shown.sort((p, q) => q.chosen - p.chosen || p.dim - q.dim || q.weight - p.weight || p.i - q.i);
    return shown.slice(0, shown.length > CROWD ? MOST_IN_CROWD : MOST);
  }

  function onScreen(sign, view) {
    return [sign.x * view.scale + view.x, sign.y * view.scale + view.y, sign.r * view.scale];
  }

  /** Names beside their signs; those of the most active may cover signs rather than be missing, but no other name. */
  function actorNames(candidates, view, taken, signs) {
    const strongFrom = candidates.reduce((most, sign) => Math.max(most, sign.weight), 0) * 0.35;
    const out = [];
    for (const sign of candidates) {
      const strong = sign.chosen || (sign.weight >= strongFrom && sign.weight > 0);
      const text = cut(sign.label);
      const w = width(text, strong);
      const [x, y, r] = onScreen(sign, view);
      const tries = [
        [x - w / 2, y + r + 13],
        [x - w / 2, y - r - 5],
        [x + r + 5, y + 4],
        [x - r - 5 - w, y + 4],
      ];
      const boxes = tries.map(([left, base]) => [left - 2, base - 11, left + w + 2, base + 4])
        .filter((box) => box[0] >= 0 && box[2] <= view.width && box[1] >= 0 && box[3] <= view.height);
      const box = boxes.find((b) => !clash(b, taken) && !clash(b, signs)) ||
        (strong && boxes.find((b) => !clash(b, taken))) || (sign.chosen && boxes[0]);
      if (!box) continue;
      taken.push(box);
      out.push({ text, x: box[0] + 2, y: box[1] + 11, strong, dim: sign.dim });
    }
    return out;
  }

  /** Names of regions where actors' names leave room, along the upper or lower rim of the ground. */
  function regionNames(scene, view, taken) {
    const out = [];
    for (const region of scene.regions) {
      const text = region.name.toUpperCase();
      const w = text.length * 7.3;
      const spots = region.rim.map(([x, y]) => [x * view.scale + view.x - w / 2, y * view.scale + view.y + 4]);
      for (const [left, base] of spots) {
        const box = [left - 3, base - 10, left + w + 3, base + 3];
        if (clash(box, taken) || left < 4 || left + w > view.width - 4 || base < 14 || base > view.height - 6) continue;
        taken.push(box);
        out.push({ text, x: left, y: base });
        break;
      }
    }
    return out;
  }

  /** Where the number of a halo is written: the middle of its base line. */
  function countAt(halo, view) {
    return [(halo.x - halo.r * 0.78) * view.scale + view.x - 3, (halo.y - halo.r * 0.78) * view.scale + view.y];
  }

  /** What is written, x the left end and y the base line on the screen: names of actors, and of regions. */
  function place(scene, view) {
    const candidates = ranked(scene, view);
    const taken = [];
    const signs = [];
    for (const sign of candidates) {
      const [x, y, r] = onScreen(sign, view);
      if (r > 2.5) signs.push([x - 0.8 * r, y - 0.8 * r, x + 0.8 * r, y + 0.8 * r]);
    }
    for (const halo of scene.halos) {
      const [x, y] = countAt(halo, view);
      signs.push([x - 8, y - 9, x + 8, y + 2]);
    }
    const actors = actorNames(candidates, view, taken, signs);
    return { actors, regions: regionNames(scene, view, taken.concat(signs)) };
  }

  kg.labels = { FAMILY, REGION: '600 10.5px ' + FAMILY, font, place, countAt };
})((window.kg = window.kg || {}));
