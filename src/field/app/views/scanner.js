// Reading a code with the camera, from a picture, or by hand.
import { h } from '../core/dom.js';
import { codeOn, codes } from '../core/scan.js';
import { say } from '../core/words.js';
import { button, line, notice, unique } from './parts.js';

/** @returns {Promise<string>} what was read; empty when it was given up */
export function scanning() {
  const title = h('h2', { id: unique() }, say('scan'));
  const video = h('video', { class: 'f-video', muted: true, playsinline: true, 'aria-label': say('scan_camera') });
  const said = h('div', { 'aria-live': 'polite' });
  const dialog = h('dialog', { class: 'f-dialog', 'aria-labelledby': title.id }, title, video, said);
  const stop = new AbortController();
  let typed = '';
  return new Promise((resolve) => {
    const close = (/** @type {string} */ code) => { stop.abort(); dialog.close(); dialog.remove(); resolve(code); };
    const file = h('input', { type: 'file', accept: 'image/*', class: 'vh', id: unique(), onchange: async () => {
      if (!file.files?.[0]) return;
      said.replaceChildren(notice('blue', say('scan_reading')));
      const code = await codeOn(file.files[0]).catch(() => '');
      if (code) close(code); else said.replaceChildren(notice('orange', say('scan_nothing')));
    } });
    dialog.append(
      h('label', { class: 'btn', for: file.id }, say('scan_picture'), file),
      h('div', { class: 'field' }, h('label', { for: 'scan-typed' }, say('scan_by_hand')), line('', (value) => { typed = value; }, { id: 'scan-typed', inputmode: 'text' })),
      h('div', { class: 'buttons' }, button(say('cancel'), () => close('')), button(say('scan_take'), () => close(typed.trim()), { kind: 'primary' })),
    );
    dialog.addEventListener('cancel', () => close(''));
    document.body.append(dialog);
    dialog.showModal();
    watch(video, stop.signal, close).catch(() => { video.hidden = true; said.replaceChildren(notice('orange', say('scan_no_camera'))); });
  });
}

/** @param {HTMLVideoElement} video @param {AbortSignal} signal @param {(code: string) => void} found */
async function watch(video, signal, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const off = () => stream.getTracks().forEach((track) => track.stop());
  signal.addEventListener('abort', off);
  if (signal.aborted) return off();
  video.srcObject = stream;
  await video.play();
  const read = await codes();
  while (!signal.aborted) {
    const code = video.videoWidth ? await read(video) : '';
    if (code && !signal.aborted) return found(code);
    await new Promise((resolve) => { requestAnimationFrame(resolve); });
  }
}
