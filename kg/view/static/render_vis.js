// Renderer for up to about 2,000 links: vis-network as it comes with pyvis, with grounds and names of our own.
(function (kg) {
  'use strict';

  // vis-network draws some shapes smaller than others of the same size.
  const GROWN = { star: 1.75, diamond: 1.3, triangle: 1.25, hexagon: 1.1 };
  const ZOOM = { least: 0.08, most: 6 };

  /** What vis-network must be told of a sign. */
  function node(sign, colours) {
    const fill = sign.chosen ? colours.accent : sign.active ? colours.node : colours['node-idle'];
    return {
      id: sign.i,
      x: sign.x,
      y: sign.y,
      size: sign.active ? sign.r * (GROWN[sign.shape] || 1) : sign.r,
      shape: sign.active ? sign.shape : 'dot',
      opacity: sign.dim ? 0.3 : 1,
      borderWidth: sign.active ? sign.r / 9 + 0.6 : 0,
      color: { background: fill, border: colours.paper, highlight: fill, hover: { background: fill, border: colours.accent } },
    };
  }

  function edge(l, unit) {
    return {
      id: l.a + '>' + l.b,
      from: l.a,
      to: l.b,
      width: l.width,
      color: { color: l.colour, opacity: l.alpha, highlight: l.colour, hover: l.colour },
      dashes: l.domestic && !l.loop ? kg.paint.DASH : false,
      smooth: l.curved ? { enabled: true, type: 'curvedCW', roundness: 0.16 } : { enabled: false, type: 'continuous', roundness: 0 },
      arrows: { to: { enabled: l.arrow && !l.loop, scaleFactor: (0.22 + 0.22 / l.width) * unit } },
    };
  }

  /** Passes on only what differs from what vis-network was told last. */
  function updater(set) {
    const told = new Map();
    return function (items) {
      const changed = [];
      const present = new Set();
      for (const item of items) {
        present.add(item.id);
        const text = JSON.stringify(item);
        if (told.get(item.id) === text) continue;
        told.set(item.id, text);
        changed.push(item);
      }
      const gone = set.getIds().filter((id) => !present.has(id));
      for (const id of gone) told.delete(id);
      if (gone.length) set.remove(gone);
      if (changed.length) set.update(changed);
    };
  }

  function create(box, callbacks) {
    const given = JSON.parse(kg.dom.byId('kg-vis').textContent);
    const nodes = new vis.DataSet(given.nodes);
    const edges = new vis.DataSet(given.edges);
    const network = new vis.Network(box, { nodes, edges }, given.options);
    const tellNodes = updater(nodes);
    const tellEdges = updater(edges);
    let scene = null;
    let colours = null;

    function view() {
      const origin = network.canvasToDOM({ x: 0, y: 0 });
      return { scale: network.getScale(), x: origin.x, y: origin.y, width: box.clientWidth, height: box.clientHeight };
    }

    network.on('beforeDrawing', (ctx) => {
      if (scene) kg.paint.under(ctx, scene, colours);
    });
    network.on('afterDrawing', (ctx) => {
      if (!scene) return;
      ctx.save();
      kg.paint.screen(ctx, ctx.canvas.width / ctx.canvas.clientWidth);
      kg.paint.over(ctx, scene, view(), colours);
      ctx.restore();
    });
    network.on('click', (event) => callbacks.click(what(event.pointer.DOM)));
    network.on('doubleClick', (event) => callbacks.double(what(event.pointer.DOM)));
    network.on('zoom', keepZoom);
    network.on('dragging', (event) => moved(event.nodes));
    network.on('dragEnd', (event) => moved(event.nodes));
    box.addEventListener('pointermove', (event) => {
      if (event.buttons) return callbacks.hover(null);
      const frame = box.getBoundingClientRect();
      const at = { x: event.clientX - frame.left, y: event.clientY - frame.top };
      callbacks.hover(what(at), at);
    });
    box.addEventListener('pointerleave', () => callbacks.hover(null));

    function what(point) {
      const i = network.getNodeAt(point);
      if (i !== undefined) return { actor: Number(i) };
      const id = network.getEdgeAt(point);
      const l = id === undefined ? null : scene.links.find((other) => other.a + '>' + other.b === id);
      return l ? { link: l.k } : null;
    }

    function keepZoom() {
      const scale = network.getScale();
      const kept = Math.max(ZOOM.least, Math.min(ZOOM.most, scale));
      if (kept !== scale) network.moveTo({ scale: kept });
    }

    function moved(ids) {
      if (!ids.length) return;
      for (const [id, place] of Object.entries(network.getPositions(ids))) callbacks.move(Number(id), place.x, place.y);
    }

    function look(wanted) {
      network.moveTo({
        scale: wanted.scale,
        position: { x: (wanted.width / 2 - wanted.x) / wanted.scale, y: (wanted.height / 2 - wanted.y) / wanted.scale },
      });
    }

    return {
      name: 'vis',
      view,
      look,
      draw(next, palette) {
        scene = next;
        colours = palette;
        tellNodes(scene.signs.map((sign) => node(sign, colours)));
        tellEdges(scene.links.map((l) => edge(l, scene.unit)));
        network.redraw();
      },
      resize() {
        network.setSize('100%', '100%');
        network.redraw();
      },
      painted: (run) => network.once('afterDrawing', run),
    };
  }

  kg.renderers = kg.renderers || {};
  kg.renderers.vis = { create, mostLinks: 2000 };
})((window.kg = window.kg || {}));
