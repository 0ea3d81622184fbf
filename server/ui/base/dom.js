// Elements, made without markup: every string is set as text.

/** Makes an element: attributes, listeners (`onclick`) and children; strings become text. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  apply(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const DRAWING = 'http://www.w3.org/2000/svg';

/** The same for a part of a drawing. */
export function s(name, attributes = {}, ...children) {
  const element = document.createElementNS(DRAWING, name);
  apply(element, attributes);
  element.append(...children);
  return element;
}

function apply(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'value' || key === 'checked' || key === 'disabled' || key === 'hidden') element[key] = value;
    else element.setAttribute(key, value === true ? '' : String(value));
  }
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Says something to people who do not see the page. */
export function say(text) {
  const live = document.getElementById('live');
  // The same words twice are only said twice when they went away in between.
  live.textContent = '';
  requestAnimationFrame(() => { live.textContent = text; });
}

/** A labelled input: the label's text above it. */
export function field(label, input, more = {}) {
  return h('label', { class: 'field', ...more }, h('span', {}, label), input);
}

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
