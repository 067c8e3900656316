// Moving the time window by itself, with a width and a step that the reader chooses.
(function (kg) {
  'use strict';

  const { el, byId } = kg.dom;
  const PAUSE = 140; // milliseconds between two pictures
  const WIDTHS = [['', 'as drawn'], ['7', 'week'], ['30', '30 days'], ['91', '91 days'], ['182', 'half a year'], ['365', 'year']];
  const STEPS = [['1', 'day'], ['7', 'week'], ['30', '30 days'], ['91', '91 days']];

  function create(axis) {
    const button = byId('kg-play');
    const width = byId('kg-width');
    const step = byId('kg-step');
    let timer = 0;
    width.append(...WIDTHS.map(([value, text]) => el('option', { value }, text)));
    step.append(...STEPS.map(([value, text]) => el('option', { value }, text)));
    const days = axis.last - axis.first + 1;
    step.value = days > 3000 ? '91' : days > 500 ? '7' : '1';

    function playing() {
      return timer !== 0;
    }

    function stop() {
      clearTimeout(timer);
      timer = 0;
      mark();
    }

    function mark() {
      button.textContent = playing() ? '❚❚ Pause' : '▶ Play';
      button.setAttribute('aria-pressed', String(playing()));
    }

    function start() {
      const whole = axis.from() === axis.first && axis.to() === axis.last;
      // Without a window there is nothing to move, so the first tenth of the time becomes one.
      const wide = width.value ? Number(width.value) : whole ? Math.max(1, Math.round(days / 10)) : axis.to() - axis.from() + 1;
      const atEnd = axis.to() >= axis.last;
      const from = whole || atEnd ? axis.first : axis.from();
      axis.ask(from, from + Math.min(days, wide) - 1);
      timer = setTimeout(tick, PAUSE);
      mark();
    }

    function tick() {
      if (!axis.shift(Number(step.value))) return stop();
      // The next picture waits until this one is on the screen.
      requestAnimationFrame(() => {
        if (playing()) timer = setTimeout(tick, PAUSE);
      });
    }

    function toggle() {
      if (playing()) stop();
      else start();
    }

    width.addEventListener('change', () => {
      if (width.value) axis.ask(axis.from(), axis.from() + Number(width.value) - 1);
    });
    button.addEventListener('click', toggle);
    return { toggle, stop, playing };
  }

  kg.player = { create };
})((window.kg = window.kg || {}));
