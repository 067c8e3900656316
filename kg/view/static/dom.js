// Making elements. Text reaches the page as text nodes and attributes only, never as markup.
(function (kg) {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? '' : String(value));
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined) node.append(child);
    }
    return node;
  }

  /** An HTML element; attributes named on… are event listeners, children are nodes or text. */
  function el(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
  }

  /** An SVG element. */
  function svg(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
  }

  function byId(id) {
    return document.getElementById(id);
  }

  /** The address if a reader may follow it (http or https), else null. */
  function safeUrl(text) {
    try {
      const url = new URL(text);
      return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
    } catch (_) {
      return null;
    }
  }

  /** A link that tells the other site nothing, or plain text where the address is no good. */
  function link(address, text) {
    const href = safeUrl(address);
    if (!href) return el('span', {}, text);
    return el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text);
  }

  /** A small square in the colour of an event class. */
  function swatch(index) {
    const node = el('span', { class: 'swatch', 'aria-hidden': 'true' });
    node.style.background = 'var(--class-' + index + ')';
    return node;
  }

  function number(value) {
    return value.toLocaleString('en');
  }

  function plural(count, word) {
    return number(count) + ' ' + word + (count === 1 ? '' : 's');
  }

  /** A score with its sign, as readers of signed scales expect it. */
  function signed(value) {
    const text = Math.abs(value).toFixed(1);
    if (text === '0.0') return '0.0';
    return (value < 0 ? '−' : '+') + text;
  }

  /** Runs a function at the next frame, however often it is asked for before. */
  function oncePerFrame(run) {
    let waiting = false;
    return function () {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        run();
      });
    };
  }

  kg.dom = { el, svg, byId, safeUrl, link, swatch, number, plural, signed, oncePerFrame };
})((window.kg = window.kg || {}));
