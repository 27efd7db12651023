// One sealed item: what it is, where it stands, what can be done. Nothing of it can be changed any more.
import { who } from '../core/account.js';
import { get, write } from '../core/db.js';
import { h, tell } from '../core/dom.js';
import { open } from '../core/drafts.js';
import { newId, sha256, short } from '../core/ids.js';
import { locate } from '../core/place.js';
import { enqueue, item as find } from '../core/queue.js';
import { sealed } from '../core/seal.js';
import { say, term } from '../core/words.js';
import { codeCard } from './confirm.js';
import { ask, button, card, chip, empty, facts, field, go, lines, notice, picture } from './parts.js';

const COLOURS = /** @type {Record<string, string>} */ ({ waiting: 'blue', held: 'orange', refused: 'red', stored: 'green', replaced: 'grey' });

/** @param {import('../main.js').Context} context @param {string} id */
export async function view(context, id) {
  const item = await find(id);
  if (!item) return { title: say('outbox'), back: '#/outbox', body: [empty('inbox', say('not_here'))] };
  const photos = /** @type {(Photo | undefined)[]} */ (await Promise.all(item.files.map((sha) => get('photos', sha))));
  const free = photos.filter((p) => p?.freed).length;
  const place = JSON.parse(item.statement).place;
  return {
    title: term('item_kind', item.kind), back: '#/outbox', body: [
      h('header', { class: 'f-head' }, h('h2', {}, item.title), h('p', { class: 'f-chips' }, chip(COLOURS[item.state], term('item', item.state)))),
      await standing(item),
      actions(context, item),
      item.kind === 'inspection' && ['waiting', 'held', 'stored'].includes(item.state) ? await codeCard(item) : null,
      card(say('seal_head'), facts([
        [say('sealed'), short(item.at)], [say('place'), place || say('place_none')], [say('content_hash'), h('code', {}, (await sha256(item.content)).slice(0, 16))],
        [say('device'), h('code', {}, item.device.slice(-12))], [say('tries'), String(item.tries)], [say('received_at'), item.done_at ? short(item.done_at) : ''], [say('freed'), free ? say('freed_n', { n: free }) : ''],
      ]), h('p', { class: 'hint' }, say('seal_immutable'))),
      item.files.length ? card(say('photos'), h('ul', { class: 'f-photos' }, item.files.map((sha, i) => h('li', {}, h('span', { class: 'f-photo' }, picture(sha, say('photo_n', { n: i + 1 }))))))) : null,
    ],
  };
}

/** @param {Item} item */
async function standing(item) {
  const { receipt } = item;
  if (item.state === 'stored') return notice('green', say('item_stored_text'));
  if (item.state === 'replaced') return notice('blue', say('item_replaced_text'));
  if (item.state === 'refused') return notice('red', receipt?.detail || receipt?.code || '', h('p', { class: 'meta' }, say('item_refused_text')));
  if (receipt?.code === 'field.other_bytes') return notice('red', say('item_other_bytes'));
  if (item.state !== 'held') return notice('blue', say('item_waiting_text'));
  const waits = await Promise.all((receipt?.waits || []).map(async (id) => (await find(id))?.title || id));
  return notice('orange', say('item_held_text'), receipt?.missing?.length ? h('p', {}, say('item_held_files', { n: receipt.missing.length })) : null, waits.length ? h('p', {}, say('item_held_items', { names: waits.join('、') })) : null);
}

/** @param {import('../main.js').Context} context @param {Item} item */
function actions(context, item) {
  if (item.state === 'refused') return button(say('mend'), () => mend(item), { kind: 'primary f-wide', symbol: 'edit' });
  if (item.state === 'replaced' || item.kind !== 'inspection') return null;
  const proof = item.state === 'stored' ? go(`/inspections/${item.about}/seal`, say('seal_page'), 'f-wide', 'seal') : null;
  return h('div', { class: 'stack' }, button(say('amend'), () => amend(context, item), { symbol: 'plus', kind: 'f-wide' }), proof);
}

/** What was refused becomes a draft again: mended and sealed anew, it replaces this one, which is kept as it is. @param {Item} item */
async function mend(item) {
  const way = { inspection: `#/visit/${item.about}/seal`, enterprise: `#/newcomer/${item.about}`, act: '' }[item.kind] || '';
  if (item.kind === 'act') return mendAct(item);
  await open(item.form_kind, item.about, async () => ({ title: item.title, form: structuredClone(item.form), replaces: item.id }));
  location.hash = way;
}

/** @param {Item} item */
async function mendAct(item) {
  // what was confirmed was another record: the code on the colleague's phone is read again
  if (item.form_kind === 'confirm') { location.hash = '#/confirm'; return; }
  const form = /** @type {HazardForm} */ ({ note: '', why: '', due: '', demand: '', photos: [], measure: '', ...structuredClone(/** @type {Partial<HazardForm>} */ (item.form)) });
  if (!(await get('hazards', form.hazard))) await keepHazard(item, form);
  await open('hazard', `${form.hazard}/${form.verb}`, async () => ({ title: item.title, form, replaces: item.id }));
  location.hash = `#/hazard/${form.hazard}/${form.verb}`;
}

/** A hazard that was found here and is not in the pack yet, so that its order can be mended. @param {Item} item @param {HazardForm} form */
async function keepHazard(item, form) {
  const record = item.after[0] ? await find(item.after[0]) : undefined;
  const content = record ? JSON.parse(record.content) : { hazards: [] };
  const found = content.hazards.find((/** @type {{id: string}} */ f) => f.id === form.hazard);
  const hazard = { id: form.hazard, number: '', campaign: content.campaign, enterprise: content.enterprise, product: found?.product || '', problem: found?.problem || '', what: found?.what || '', severity: found?.severity || 'general', state: 'registered', due: null, overdue: false, found_at: item.at };
  await write(['hazards'], (out) => out.put('hazards', hazard));
}

/** An amendment stands beside what was sealed. @param {import('../main.js').Context} context @param {Item} item */
async function amend(context, item) {
  let why = '';
  const box = field(say('amend_text'), lines('', (v) => { why = v; }));
  if (!(await ask(say('amend'), [h('p', {}, say('amend_hint')), box], say('seal_yes')))) return;
  const me = who();
  if (!why.trim() || !me) return;
  const content = { thing: 'inspections', act: { verb: 'amend', why: why.trim() } };
  const form = { id: newId(), why };
  const made = await sealed(me.id, { kind: 'act', about: item.about, title: `${say('amend')} · ${item.title}`, content, files: [], after: [item.id], place: await locate(3), form, form_kind: 'amend', replaces: null });
  await enqueue([made], null);
  tell('sealed');
  context.redraw();
}
