// Elements without markup in strings: nothing that was typed can become part of the page's code.

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/**
 * An element with its properties and children. `on…` are listeners, `true` an attribute without value, `false` none.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, any>} [props] @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  add(element, children);
  return element;
}

/** @param {HTMLElement} element @param {string} name @param {any} value */
function set(element, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (typeof value === 'function') element.addEventListener(name.slice(2), value);
  else if (name === 'value' || name === 'checked' || name === 'srcObject') Object.assign(element, { [name]: value });
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** @param {Element | DocumentFragment} element @param {Child[]} children */
export function add(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(element, child);
    else if (child instanceof Node) element.append(child);
    else if (child !== null && child !== undefined && child !== false && child !== '') element.append(String(child));
  }
}

/** Puts these in the place of what was there. @param {Element} element @param {Child[]} children */
export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
}

/** A symbol of the common sheet. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Something small happens everywhere: a bus for what has changed. */
export const bus = new EventTarget();

/** @param {string} what */
export function tell(what) {
  bus.dispatchEvent(new Event(what));
}
