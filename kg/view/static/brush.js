// Dragging and keys for the window on the time axis.
(function (kg) {
  'use strict';

  const STEPS = { ArrowLeft: -7, ArrowRight: 7, PageDown: -30, PageUp: 30 };

  function listen(root, axis) {
    let drag = null;
    const day = (event) => axis.dayAt(event.clientX - root.getBoundingClientRect().left);

    /** What a press means: an edge, the window as a whole, or a new window. */
    function kind(event) {
      const pixel = event.clientX - root.getBoundingClientRect().left;
      const left = Math.abs(pixel - axis.x(axis.from()));
      const right = Math.abs(pixel - axis.x(axis.to() + 1));
      if (Math.min(left, right) <= axis.grip) return left <= right ? 'left' : 'right';
      const whole = axis.from() === axis.first && axis.to() === axis.last;
      const inside = pixel > axis.x(axis.from()) && pixel < axis.x(axis.to() + 1);
      return inside && !whole ? 'body' : 'new';
    }

    root.addEventListener('pointerdown', (event) => {
      drag = { kind: kind(event), day: day(event), from: axis.from(), to: axis.to() };
      root.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    root.addEventListener('pointermove', (event) => {
      if (!drag) {
        const cursors = { left: 'ew-resize', right: 'ew-resize', body: 'grab', new: 'crosshair' };
        root.style.cursor = cursors[kind(event)];
        return;
      }
      const at = day(event);
      if (drag.kind === 'left') axis.ask(Math.min(at, axis.to()), axis.to());
      else if (drag.kind === 'right') axis.ask(axis.from(), Math.max(at - 1, axis.from()));
      else if (drag.kind === 'new') axis.ask(Math.min(drag.day, at), Math.max(drag.day, at));
      else {
        const wide = drag.to - drag.from;
        const a = Math.max(axis.first, Math.min(axis.last - wide, drag.from + at - drag.day));
        axis.ask(a, a + wide);
      }
    });
    for (const end of ['pointerup', 'pointercancel']) {
      root.addEventListener(end, () => {
        drag = null;
      });
    }
    root.addEventListener('dblclick', () => axis.ask(axis.first, axis.last));
    root.addEventListener('keydown', (event) => keys(event, axis));
  }

  function keys(event, axis) {
    const part = event.target.dataset ? event.target.dataset.part : null;
    const step = STEPS[event.key];
    if (!part || (step === undefined && event.key !== 'Home' && event.key !== 'End')) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.shiftKey ? Math.sign(step) : step; // one day with Shift
    const home = event.key === 'Home';
    const end = event.key === 'End';
    if (part === 'left') axis.ask(home ? axis.first : end ? axis.to() : Math.min(axis.to(), axis.from() + by), axis.to());
    else if (part === 'right') axis.ask(axis.from(), home ? axis.from() : end ? axis.last : Math.max(axis.from(), axis.to() + by));
    else if (home || end) axis.shift(home ? -1e6 : 1e6);
    else axis.shift(by);
  }

  kg.brush = { listen };
})((window.kg = window.kg || {}));
