// Draws the chart that stands in the page as data, in the colours of the theme and the width of the window.
(function () {
  'use strict';

  const data = JSON.parse(document.getElementById('kg-data').textContent);
  const box = document.getElementById('kg-chart');
  const tip = document.getElementById('kg-tip');
  const system = matchMedia('(prefers-color-scheme: dark)');
  let shown = null;

  function isDark() {
    return data.theme === 'dark' || (data.theme === 'auto' && system.matches);
  }

  /** The specification with the width of the window and, in the dark, other colours; the data stay as they are. */
  function fitted(part, width, dark) {
    if (Array.isArray(part)) return part.map((entry) => fitted(entry, width, dark));
    if (typeof part === 'string') return dark && data.dark[part] ? data.dark[part] : part;
    if (part === null || typeof part !== 'object') return part;
    const out = {};
    for (const [key, entry] of Object.entries(part)) {
      if (key === 'datasets' || key === 'values') out[key] = entry;
      else out[key] = key === 'width' && entry === data.width ? width : fitted(entry, width, dark);
    }
    return out;
  }

  function row(name, value) {
    const line = document.createElement('div');
    for (const [kind, text] of [['dt', name], ['dd', value]]) {
      const cell = document.createElement(kind);
      cell.textContent = String(text);
      line.append(cell);
    }
    return line;
  }

  /** What Vega calls for a tooltip: names and values become text, never markup. */
  function tooltip(handler, event, item, value) {
    const rows = value && typeof value === 'object' ? Object.entries(value).filter(([, text]) => text !== '' && text !== 'null') : [];
    tip.hidden = !rows.length;
    if (tip.hidden) return;
    const list = document.createElement('dl');
    list.append(...rows.map(([name, text]) => row(name, text)));
    tip.replaceChildren(list);
    const x = Math.min(event.clientX + 14, document.documentElement.clientWidth - tip.offsetWidth - 8);
    const below = event.clientY + 16;
    const y = below + tip.offsetHeight < document.documentElement.clientHeight ? below : event.clientY - tip.offsetHeight - 10;
    tip.style.left = Math.max(4, x) + 'px';
    tip.style.top = Math.max(4, y) + 'px';
  }

  async function draw() {
    const dark = isDark();
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    const width = Math.max(220, Math.min(data.width, box.clientWidth - data.margin));
    const result = await window.vegaEmbed(box, fitted(data.spec, width, dark), {
      actions: false,
      ast: true,
      defaultStyle: false,
      renderer: 'canvas',
      tooltip,
    });
    if (shown) shown.finalize();
    shown = result;
    document.documentElement.dataset.ready = '1';
  }

  let waiting = 0;
  addEventListener('resize', () => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, 150);
  });
  system.addEventListener('change', draw);
  draw();
})();
