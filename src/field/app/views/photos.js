// The strip of photographs under a question: what was taken, and the camera.
import { fill, h, icon } from '../core/dom.js';
import { LARGEST, shown, take } from '../core/photos.js';
import { megabytes } from '../core/storage.js';
import { say } from '../core/words.js';
import { button, picture, toast, unique } from './parts.js';

/** @param {string} label @param {string[]} hashes @param {() => void} changed @param {() => boolean} original @param {string} [id] */
export function photos(label, hashes, changed, original, id) {
  const list = h('ul', { class: 'f-photos' });
  const draw = () => {
    const inside = list.contains(document.activeElement);
    fill(list, hashes.map((sha, i) => h('li', {}, view(sha, i), remove(sha))), h('li', {}, camera()));
    // whoever works by keyboard goes on from the camera
    if (inside) list.querySelector('input')?.focus({ preventScroll: true });
  };
  const view = (/** @type {string} */ sha, /** @type {number} */ i) => h('button', { type: 'button', class: 'f-photo', 'aria-label': `${say('photo_n', { n: i + 1 })} ${label}`, onclick: () => enlarge(sha) }, picture(sha, ''));
  const remove = (/** @type {string} */ sha) => h('button', { type: 'button', class: 'f-photo-off', 'aria-label': say('photo_remove'), onclick: () => { hashes.splice(hashes.indexOf(sha), 1); changed(); draw(); } }, icon('close'));
  const camera = () => {
    const input = h('input', { type: 'file', accept: 'image/*', capture: 'environment', multiple: true, class: 'vh', id: unique(), onchange: () => came(input) });
    return h('label', { class: 'f-camera', for: input.id }, icon('camera'), h('span', {}, label), input);
  };
  const came = async (/** @type {HTMLInputElement} */ input) => {
    for (const file of [...(input.files || [])]) {
      if (original() && file.size > LARGEST) { toast(say('photo_large', { size: megabytes(file.size), most: megabytes(LARGEST) })); continue; }
      let full = false;
      const sha = await take(file, original()).catch((error) => { full = error?.name === 'QuotaExceededError'; return ''; });
      if (!sha) toast(say(full ? 'room_full' : 'photo_failed'));
      else if (!hashes.includes(sha)) hashes.push(sha);
      changed();
    }
    draw();
  };
  draw();
  return h('div', { id, role: 'group', 'aria-label': label }, list);
}

/** @param {string} sha */
export async function enlarge(sha) {
  const url = await shown(sha, true);
  if (!url) return;
  const dialog = h('dialog', { class: 'f-picture', 'aria-label': say('photo') });
  const close = () => { dialog.close(); dialog.remove(); URL.revokeObjectURL(url); };
  dialog.append(h('img', { src: url, alt: say('photo') }), h('div', { class: 'buttons' }, button(say('close'), close)));
  dialog.addEventListener('cancel', close);
  document.body.append(dialog);
  dialog.showModal();
}
