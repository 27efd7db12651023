// The outbox (待发事项): every item and where it stands. «All sent» is said only when the receipts for all are in.
import { h, icon } from '../core/dom.js';
import { lapsed } from '../core/account.js';
import { exchange, progress } from '../core/exchange.js';
import { lines as log } from '../core/log.js';
import { items, unsent } from '../core/queue.js';
import { short } from '../core/ids.js';
import { megabytes } from '../core/storage.js';
import { say, term } from '../core/words.js';
import { button, chip, empty, go, notice } from './parts.js';

const COLOURS = /** @type {Record<string, string>} */ ({ waiting: 'blue', held: 'orange', refused: 'red', stored: 'green', replaced: 'grey' });

/** Whether the log is being read: it stays open when something comes. */
let reading = false;

/** @param {import('../main.js').Context} _context */
export async function view(_context) {
  const [all, open, said] = await Promise.all([items(), unsent(), log()]);
  const waiting = all.filter((i) => i.state !== 'stored' && i.state !== 'replaced');
  const done = all.filter((i) => i.state === 'stored' || i.state === 'replaced');
  return {
    title: say('outbox'), tabs: true, body: [
      standing(open, all.length),
      lapsed ? h('div', { class: 'stack' }, notice('orange', say('lapsed')), go('#/sign-in', say('sign_in'), 'primary f-wide')) : button(say(progress.busy ? 'exchange_busy' : 'exchange_now'), () => exchange(true), { symbol: 'exchange', kind: open.items ? 'primary f-wide' : 'f-wide', disabled: progress.busy }),
      waiting.length ? h('section', { class: 'stack' }, h('h2', { class: 'f-group' }, say('outbox_waiting')), h('ul', { class: 'f-list' }, waiting.map(line))) : null,
      done.length ? h('section', { class: 'stack' }, h('h2', { class: 'f-group' }, say('outbox_done')), h('ul', { class: 'f-list' }, done.slice(0, 50).map(line))) : null,
      all.length ? null : empty('inbox', say('outbox_empty')),
      said.length ? h('details', { class: 'card f-choose', open: reading, ontoggle: (/** @type {any} */ e) => { reading = e.target.open; } }, h('summary', {}, h('strong', {}, say('log'))), h('ul', { class: 'f-log' }, said.slice(0, 50).map((l) => h('li', { class: l.good ? '' : 'late' }, h('time', {}, short(l.at)), ' ', l.what, l.more ? h('small', {}, ` ${l.more}`) : null)))) : null,
      h('p', { class: 'f-center' }, h('a', { href: '#/settings?at=export' }, say('export_link'))),
    ],
  };
}

/** @param {{items: number, refused: number, photos: number, bytes: number, drafts: number}} open @param {number} known */
function standing(open, known) {
  const drafts = open.drafts ? h('p', { class: 'meta' }, say('drafts_n', { n: open.drafts })) : null;
  if (!open.items) return h('section', { class: 'card f-standing green' }, icon('ok'), h('div', {}, h('h2', {}, say(known ? 'all_sent' : 'nothing_to_send')), drafts));
  return h('section', { class: `card f-standing ${open.refused ? 'red' : 'orange'}` }, icon(open.refused ? 'bad' : 'upload'), h('div', {},
    h('h2', {}, say('unsent_n', { n: open.items })), open.photos ? h('p', {}, say('unsent_photos', { n: open.photos, size: megabytes(open.bytes) })) : null,
    open.refused ? h('p', {}, say('refused_n', { n: open.refused })) : null, drafts));
}

/** @param {Item} item */
function line(item) {
  return h('li', { class: `f-job ${COLOURS[item.state]}` }, h('a', { class: 'f-job-to', href: `#/item/${item.id}` },
    h('div', { class: 'f-line' }, h('h3', {}, item.title), chip(COLOURS[item.state], term('item', item.state))),
    h('p', { class: 'meta' }, term('item_kind', item.kind), ' · ', say('sealed_at', { at: short(item.at) }), item.files.length ? ` · ${say('photos_n', { n: item.files.length })}` : ''),
    item.state === 'refused' ? h('p', { class: 'late' }, item.receipt?.detail || item.receipt?.code) : null));
}

