// Settings: how it looks, what is on the device, the queue in a file, signing out.
import { here, lapsed, leave, profile, stepAside, who } from '../core/account.js';
import { get, recall, remember } from '../core/db.js';
import { fill, h } from '../core/dom.js';
import { Trouble } from '../core/http.js';
import { packed, unpacked } from '../core/export.js';
import { short } from '../core/ids.js';
import { unsent } from '../core/queue.js';
import { fingerprint } from '../core/seal.js';
import { isNative } from '../core/scan.js';
import { megabytes, persist, room } from '../core/storage.js';
import { lang, say, speak } from '../core/words.js';
import { theme } from '../core/theme.js';
import { button, card, chip, choices, facts, field, go, line, notice, unique } from './parts.js';

/** @param {import('../main.js').Context} context */
export async function view(context) {
  const me = await profile();
  const [space, open, received, others, native, chosen] = await Promise.all([room(), unsent(), get('meta', 'received'), here(), isNative(), recall('settings', 'theme')]);
  const account = who();
  const keep = async () => { await persist(); context.redraw(); };
  const language = async (/** @type {string} */ value) => { speak(value === 'en' ? 'en' : 'zh'); await remember('settings', value, 'lang'); context.redraw(); };
  const look = async (/** @type {string} */ value) => { theme(value); await remember('settings', value, 'theme'); };
  return {
    title: say('settings'), tabs: true, body: [
      card(me.name, facts([[say('office'), (lang() === 'zh' ? me.office?.name : me.office?.name_en) || ''], [say('badge'), me.badge], [say('last_exchange'), received ? short(String(received)) : say('never')], [say('fingerprint'), h('code', {}, (await fingerprint(account?.id || '')).slice(0, 16))]]),
        lapsed ? go('#/sign-in', say('sign_in'), 'primary') : null),
      card(say('look'), choices(say('language'), [['zh', '中文'], ['en', 'English']], lang(), language, 'f-two'), choices(say('theme'), [['', say('theme_auto')], ['sunlight', say('theme_sunlight')]], String(chosen || ''), look, 'f-two')),
      card(say('room'), space.tight ? notice('orange', say('room_tight', { free: megabytes(space.free) })) : null,
        facts([[say('room_used'), `${megabytes(space.usage)} / ${megabytes(space.quota)}`], [say('room_kept'), space.persisted ? chip('green', say('room_yes')) : chip('orange', say('room_no'))], [say('scanner'), say(native ? 'scanner_own' : 'scanner_zxing')]]),
        space.persisted ? null : button(say('room_ask'), keep)),
      card(say('export'), ...exporting(context)),
      card(say('leave'), ...leaving(context, open, others)),
      h('p', { class: 'f-center meta' }, say('app'), ' · ', context.version, ' · ', h('a', { href: '/field/scanner/LICENSE' }, say('licences'))),
    ],
  };
}

/** @param {import('../main.js').Context} context */
function exporting(context) {
  let password = '';
  const said = h('div', { 'aria-live': 'polite' });
  const input = line('', (v) => { password = v; }, { type: 'password', autocomplete: 'new-password' });
  const ready = () => {
    if (password.length >= 8) return true;
    fill(said, notice('red', say('export_password')));
    return false;
  };
  const out = async () => {
    if (!ready()) return;
    fill(said, notice('blue', say('export_busy')));
    const made = await packed(who()?.id || '', password);
    const url = URL.createObjectURL(made.file);
    h('a', { href: url, download: `paicha-${new Date().toISOString().slice(0, 10)}.paicha` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    fill(said, notice('green', say('export_done', { items: made.items, drafts: made.drafts, photos: made.photos })));
  };
  const file = h('input', { type: 'file', class: 'vh', id: unique(), accept: '.paicha', onchange: async () => {
    if (!file.files?.[0] || !ready()) { file.value = ''; return; }
    try {
      const came = await unpacked(who()?.id || '', file.files[0], password);
      fill(said, notice('green', say('import_done', { items: came.items, drafts: came.drafts, photos: came.photos })));
    } catch (error) {
      const word = { 'field.not_a_queue': /** @type {const} */ ('import_not_a_queue'), 'field.other_account': /** @type {const} */ ('sign_in_other') }[error instanceof Trouble ? error.code : ''] || 'import_password';
      fill(said, notice('red', say(word)));
    }
    file.value = '';
  } });
  return [h('p', {}, say('export_text')), field(say('export_word'), input, { hint: say('export_word_hint'), id: 'export' }), said,
    h('div', { class: 'buttons' }, button(say('export_out'), out, { symbol: 'download' }), h('label', { class: 'btn', for: file.id }, say('export_in'), file))];
}

/** @param {import('../main.js').Context} context @param {{items: number, drafts: number, photos: number}} open @param {Account[]} others */
function leaving(context, open, others) {
  const free = open.items + open.drafts + open.photos === 0;
  const out = async () => { await leave(); location.hash = '#/'; context.redraw(); };
  const aside = async () => { await stepAside(); location.hash = '#/'; context.redraw(); };
  return [
    free ? h('p', { class: 'muted' }, say('leave_text')) : notice('orange', say('leave_not', { items: open.items, drafts: open.drafts })),
    h('div', { class: 'buttons' }, button(say('leave_now'), out, { disabled: !free, symbol: 'out' }), button(say('leave_aside'), aside, { symbol: 'people' })),
    others.length > 1 ? h('p', { class: 'meta' }, say('leave_others', { n: others.length })) : null,
  ];
}
