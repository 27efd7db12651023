// Parts that every view is made of. The classes are those of the pages of the house (static/app.css).
import { add, h, icon } from '../core/dom.js';
import { shown } from '../core/photos.js';
import { say } from '../core/words.js';

let serial = 0;
/** An id for tying a label to its field. */
export const unique = () => `i${(serial += 1)}`;

/** @param {string} label @param {HTMLElement} control @param {{hint?: string, id?: string}} [more] */
export function field(label, control, more = {}) {
  control.id ||= unique();
  const hint = more.hint ? h('p', { class: 'hint', id: unique() }, more.hint) : null;
  if (hint) control.setAttribute('aria-describedby', hint.id);
  return h('div', { class: 'field', id: more.id }, h('label', { for: control.id }, label), control, hint);
}

/** @param {string} value @param {(value: string) => void} change @param {Record<string, any>} [more] */
export function line(value, change, more = {}) {
  return h('input', { class: 'input', type: 'text', value, oninput: (/** @type {any} */ e) => change(e.target.value), ...more });
}

/** @param {string} value @param {(value: string) => void} change @param {Record<string, any>} [more] */
export function lines(value, change, more = {}) {
  return h('textarea', { class: 'input', rows: 3, value, oninput: (/** @type {any} */ e) => change(e.target.value), ...more });
}

/** @param {[string, string][]} options @param {string} value @param {(value: string) => void} change @param {string} [none] @param {Record<string, any>} [more] */
export function select(options, value, change, none, more = {}) {
  const all = none === undefined ? options : [/** @type {[string, string]} */ (['', none]), ...options];
  const list = all.map(([code, text]) => h('option', { value: code, selected: code === value }, text));
  return h('select', { class: 'input', onchange: (/** @type {any} */ e) => change(e.target.value), ...more }, list);
}

/** @param {string} label @param {boolean} on @param {(on: boolean) => void} change @param {{hint?: string, id?: string}} [more] */
export function check(label, on, change, more = {}) {
  const box = h('input', { type: 'checkbox', checked: on, onchange: (/** @type {any} */ e) => change(e.target.checked) });
  return h('label', { class: 'check', id: more.id }, box, h('div', {}, label, more.hint ? h('p', { class: 'hint' }, more.hint) : null));
}

/** Choices side by side. @param {string} label @param {[string, string][]} options @param {string} value @param {(value: string) => void} change @param {string} [cls] */
export function choices(label, options, value, change, cls = '') {
  const name = unique();
  const one = ([code, text] = ['', '']) => h('label', {}, h('input', { type: 'radio', name, value: code, checked: code === value, onchange: () => change(code) }), h('span', {}, text));
  return h('fieldset', { class: `field ${cls}` }, h('legend', {}, label), h('div', { class: 'choices' }, options.map(one)));
}

/** @param {string} text @param {() => unknown} press @param {{kind?: string, symbol?: string, [attribute: string]: any}} [more] */
export function button(text, press, more = {}) {
  const { kind = '', symbol, ...rest } = more;
  return h('button', { type: 'button', class: `btn ${kind}`, onclick: once(press), ...rest }, symbol ? icon(symbol) : null, text);
}

/** What was pressed does its work once at a time, and shows that it is at it. @param {() => unknown} press */
export function once(press) {
  let busy = false;
  return async (/** @type {Event} */ event) => {
    if (busy) return;
    busy = true;
    const target = /** @type {HTMLElement} */ (event.currentTarget);
    target?.setAttribute('aria-busy', 'true');
    try {
      await press();
    } catch (error) {
      console.warn(error);
      toast(error instanceof Error ? error.message : String(error));
    } finally {
      busy = false;
      target?.removeAttribute('aria-busy');
    }
  };
}

/** @param {string} href @param {string} text @param {string} [kind] @param {string} [symbol] */
export function go(href, text, kind = '', symbol = '') {
  return h('a', { class: `btn ${kind}`, href }, symbol ? icon(symbol) : null, text);
}

/** @param {string} colour @param {string} text */
export const chip = (colour, text) => h('span', { class: `chip ${colour}` }, text);

/** @param {string} colour @param {import('../core/dom.js').Child[]} children */
export function notice(colour, ...children) {
  const symbol = { red: 'bad', orange: 'warn', green: 'ok', blue: 'info' }[colour] || 'info';
  return h('div', { class: `notice ${colour}`, role: colour === 'red' ? 'alert' : 'status' }, icon(symbol), h('div', {}, children));
}

/** @param {string} symbol @param {string} text @param {import('../core/dom.js').Child} [more] */
export function empty(symbol, text, more) {
  return h('div', { class: 'f-empty' }, icon(symbol), h('p', {}, text), more);
}

/** Facts one below the other; those without a value are left out. @param {[string, import('../core/dom.js').Child][]} pairs */
export function facts(pairs) {
  const told = pairs.filter(([, value]) => value !== '' && value !== null && value !== undefined && value !== false);
  return h('dl', { class: 'facts' }, told.map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value))));
}

/** @param {string} title @param {import('../core/dom.js').Child[]} children */
export const card = (title, ...children) => h('section', { class: 'card stack' }, title ? h('h2', {}, title) : null, children);

/** A sentence that passes by. @param {string} text */
export function toast(text) {
  const box = document.getElementById('toast');
  if (!box) return;
  box.textContent = text;
  box.hidden = false;
  clearTimeout(Number(box.dataset.timer));
  box.dataset.timer = String(setTimeout(() => { box.hidden = true; }, 6000));
}

/** Asks before something is done; answers which button was pressed. @param {string} title @param {import('../core/dom.js').Child[]} body @param {string} yes @param {string} [kind] @returns {Promise<boolean>} */
export function ask(title, body, yes, kind = 'primary') {
  const heading = h('h2', { id: unique() }, title);
  const dialog = h('dialog', { 'aria-labelledby': heading.id, class: 'f-dialog' }, heading);
  add(dialog, body);
  return new Promise((resolve) => {
    const close = (/** @type {boolean} */ answer) => { dialog.close(); dialog.remove(); resolve(answer); };
    dialog.append(h('div', { class: 'buttons' }, button(say('cancel'), () => close(false)), button(yes, () => close(true), { kind })));
    dialog.addEventListener('cancel', () => close(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A small picture of a file on the device. @param {string} sha @param {string} alt */
export function picture(sha, alt) {
  const image = h('img', { alt });
  shown(sha).then((url) => {
    if (!url) return;
    image.src = url;
    image.onload = () => URL.revokeObjectURL(url);
  });
  return image;
}
