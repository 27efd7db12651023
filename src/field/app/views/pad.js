// Signing on the screen: with the finger, or, for whoever cannot, by typing the name and confirming it. Either becomes a
// picture that says who signed as what and when, and is evidence like any other.
import { h } from '../core/dom.js';
import { moment } from '../core/ids.js';
import { blobOf, keep } from '../core/photos.js';
import { say } from '../core/words.js';
import { button, check, line, notice, unique } from './parts.js';

const WIDTH = 640;
const HEIGHT = 260;

/**
 * Asks for a signature. `named` is fixed when we know who signs.
 * @param {{role: string, text: import('../core/dom.js').Child[], name: string, fixed: boolean}} what
 * @returns {Promise<Signature | null>}
 */
export function signing({ role, text, name, fixed }) {
  const title = h('h2', { id: unique() }, role);
  const dialog = h('dialog', { class: 'f-dialog f-sign', 'aria-labelledby': title.id }, title, text);
  const pad = new Pad();
  let typed = false;
  const label = h('label', { for: unique() }, say('sign_name'));
  const input = line(name, (value) => { name = value; }, { id: label.htmlFor, readonly: fixed, autocomplete: 'off' });
  const wrong = h('div', {});
  return new Promise((resolve) => {
    const close = (/** @type {Signature | null} */ signed) => { dialog.close(); dialog.remove(); resolve(signed); };
    const done = async () => {
      if (!name.trim()) return wrong.replaceChildren(notice('red', say('sign_name_missing')));
      if (pad.blank && !typed) return wrong.replaceChildren(notice('red', say('sign_missing')));
      const at = moment();
      const picture = await pad.picture(role, name.trim(), typed && pad.blank, at);
      close({ name: name.trim(), sha256: await keep(picture, picture), typed: typed && pad.blank, at });
    };
    dialog.append(
      h('div', { class: 'field' }, label, input),
      h('p', { class: 'hint' }, say('sign_here')), pad.canvas,
      check(say('sign_typed'), false, (on) => { typed = on; }, { hint: say('sign_typed_hint') }), wrong,
      h('div', { class: 'buttons' }, button(say('sign_clear'), () => pad.clear()), button(say('cancel'), () => close(null)), button(say('sign_done'), done, { kind: 'primary' })),
    );
    dialog.addEventListener('cancel', () => close(null));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Where one draws. */
class Pad {
  constructor() {
    this.canvas = h('canvas', { class: 'f-pad', width: WIDTH, height: HEIGHT, role: 'img', 'aria-label': say('sign_here') });
    const context = this.canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    this.context = context;
    this.blank = true;
    this.clear();
    this.canvas.addEventListener('pointerdown', (event) => this.down(event));
  }

  clear() {
    this.context.fillStyle = '#fff';
    this.context.fillRect(0, 0, WIDTH, HEIGHT);
    Object.assign(this.context, { strokeStyle: '#0a1a3a', lineWidth: 4, lineCap: 'round', lineJoin: 'round' });
    this.blank = true;
  }

  /** @param {PointerEvent} event */
  down(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    let [x, y] = this.at(event);
    const move = (/** @type {PointerEvent} */ e) => {
      const [toX, toY] = this.at(e);
      this.context.beginPath();
      this.context.moveTo(x, y);
      this.context.lineTo(toX, toY);
      this.context.stroke();
      [x, y] = [toX, toY];
      this.blank = false;
    };
    const up = () => {
      this.canvas.removeEventListener('pointermove', move);
      this.canvas.removeEventListener('pointerup', up);
      this.canvas.removeEventListener('pointercancel', up);
    };
    this.canvas.addEventListener('pointermove', move);
    this.canvas.addEventListener('pointerup', up);
    this.canvas.addEventListener('pointercancel', up);
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
  }

  /** The signature with a line below it: as what, who, when. @param {string} role @param {string} name @param {boolean} typed @param {string} at */
  async picture(role, name, typed, at) {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: WIDTH, height: HEIGHT + 44 });
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.canvas, 0, 0);
    context.fillStyle = '#0a1a3a';
    if (typed) {
      context.font = '64px KaiTi, STKaiti, serif';
      context.fillText(name, 40, HEIGHT / 2 + 24, WIDTH - 80);
    }
    context.font = '20px sans-serif';
    const below = typed ? `${role} · ${name} · ${say('sign_by_typing')} · ${at.slice(0, 16).replace('T', ' ')}` : `${role} · ${name} · ${at.slice(0, 16).replace('T', ' ')}`;
    context.fillText(below, 16, HEIGHT + 28, WIDTH - 32);
    return blobOf(canvas, 'image/png');
  }
}
