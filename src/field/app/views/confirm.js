// Confirming, on one's own phone, the record that a colleague has sealed on theirs: the code on their screen is read, and
// what it names is sealed with one's own key.
import { who } from '../core/account.js';
import { get } from '../core/db.js';
import { fill, h, tell } from '../core/dom.js';
import { newId } from '../core/ids.js';
import { locate } from '../core/place.js';
import { code } from '../core/qr.js';
import { enqueue, items } from '../core/queue.js';
import { sealed } from '../core/seal.js';
import { say } from '../core/words.js';
import { codeOf, readCode } from '../visit/confirm.js';
import { button, card, facts, field, lines, notice } from './parts.js';
import { scanning } from './scanner.js';

/** The code of a record that was sealed here, for the colleagues who went along. @param {Item} item */
export async function codeCard(item) {
  const text = await codeOf(item);
  const rows = code(text);
  const apart = Boolean(/** @type {Partial<VisitForm>} */ (item.form)?.apart);
  return h('details', { class: 'card f-choose', id: 'confirm-code', open: apart }, h('summary', {}, h('strong', {}, say('confirm_code'))),
    h('div', { class: 'stack' }, h('p', {}, say('confirm_code_text')), drawing(rows), field(say('confirm_as_text'), lines(text, () => {}, { rows: 4, readonly: true, class: 'input f-code' }))));
}

/** Dark on white whatever the theme is, with the quiet edge that readers want. @param {boolean[][]} rows */
function drawing(rows) {
  const [space, edge] = ['http://www.w3.org/2000/svg', 4];
  const svg = document.createElementNS(space, 'svg');
  const side = rows.length + 2 * edge;
  for (const [name, value] of Object.entries({ class: 'f-qr', viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': say('confirm_code') })) svg.setAttribute(name, value);
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + edge} ${y + edge}h1v1h-1z` : ''))).join(''));
  svg.append(path);
  return svg;
}

/** @param {import('../main.js').Context} _context */
export async function view(_context) {
  const said = h('div', { 'aria-live': 'polite', class: 'stack' });
  let typed = '';
  const take = (/** @type {string} */ text) => show(said, text);
  const scan = async () => { const text = await scanning(); if (text) await take(text); };
  return {
    title: say('confirm_title'), back: '#/', body: [
      card('', h('p', {}, say('confirm_text')), button(say('confirm_scan'), scan, { kind: 'primary f-wide', symbol: 'camera' }),
        field(say('confirm_or_text'), lines('', (v) => { typed = v; }, { rows: 3 })), button(say('confirm_read'), () => take(typed))),
      said,
    ],
  };
}

/** What the code names, to be confirmed. @param {HTMLElement} said @param {string} text */
async function show(said, text) {
  const shown = readCode(text);
  if (!shown) return fill(said, notice('red', say('confirm_not_a_code')));
  const twice = (await items()).find((i) => i.about === shown.visit && i.form_kind === 'confirm' && i.state !== 'refused' && i.content.includes(shown.sha256));
  if (twice) return fill(said, notice('blue', say('confirm_twice')), h('a', { class: 'btn f-wide', href: `#/item/${twice.id}` }, say('confirm_see')));
  const visit = /** @type {Visit | undefined} */ (await get('visits', shown.visit));
  const site = /** @type {Enterprise | undefined} */ (visit && (await get('enterprises', visit.enterprise)));
  fill(said, card(site?.name || shown.title, facts([[say('firm_address'), site?.address], [say('content_hash'), h('code', {}, shown.sha256.slice(0, 16))]]),
    h('p', {}, say('confirm_sure', { firm: site?.name || shown.title })), button(say('confirm_yes'), () => confirm(shown, site?.name || shown.title), { kind: 'primary f-wide', symbol: 'seal' })));
}

/** Seals the confirmation; it waits on the server until the record is there. @param {import('../visit/confirm.js').Shown} shown @param {string} title */
async function confirm(shown, title) {
  const me = who();
  if (!me) return;
  const content = { thing: 'inspections', act: { verb: 'confirm', sha256: shown.sha256 } };
  const refused = (await items()).find((i) => i.about === shown.visit && i.form_kind === 'confirm' && i.state === 'refused');
  const made = await sealed(me.id, { kind: 'act', about: shown.visit, title: say('confirm_item', { name: title }), content, files: [], after: [shown.item], place: await locate(3), form: { id: newId(), shown }, form_kind: 'confirm', replaces: refused?.id || null });
  await enqueue([made], null);
  tell('sealed');
  location.hash = `#/item/${made.id}`;
}
