// Colours: written down once, in page.css; canvases read them from there.
(function (kg) {
  'use strict';

  const NAMES = ['paper', 'ink', 'muted', 'line', 'accent', 'node', 'node-idle', 'hull', 'hull-ink', 'score-low',
    'score-mid', 'score-high'];
  const FULL = 6; // mean scores beyond ±6 have the full colour; means further out are rare

  function channels(hex) {
    const n = parseInt(hex.slice(1), 16);
    return [n >> 16, (n >> 8) & 255, n & 255];
  }

  /** The colours of the theme that is on. */
  function read() {
    const style = getComputedStyle(document.documentElement);
    const value = (name) => style.getPropertyValue('--' + name).trim();
    const colours = { classes: [0, 1, 2, 3].map((i) => value('class-' + i)) };
    for (const name of NAMES) colours[name] = value(name);
    const ends = [colours['score-low'], colours['score-mid'], colours['score-high']].map(channels);
    // Forty steps are more than eyes tell apart, and few enough to draw lines in batches.
    const steps = Array.from({ length: 41 }, (_, i) => {
      const share = i / 20 - 1;
      const end = share < 0 ? ends[0] : ends[2];
      const mixed = ends[1].map((m, c) => Math.round(m + (end[c] - m) * Math.abs(share)));
      return '#' + mixed.map((c) => c.toString(16).padStart(2, '0')).join('');
    });
    colours.step = (score) => Math.round((Math.max(-1, Math.min(1, score / FULL)) + 1) * 20);
    colours.steps = steps;
    colours.score = (score) => steps[colours.step(score)];
    return colours;
  }

  /** Turns a theme on; auto follows the system. */
  function apply(theme) {
    const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    return dark ? 'dark' : 'light';
  }

  kg.palette = { read, apply };
})((window.kg = window.kg || {}));
