// A new enterprise found on site (现场发现的新主体): registered from the phone, visited at once.
import { all, get, write } from '../core/db.js';
import { h } from '../core/dom.js';
import { open } from '../core/drafts.js';
import { locate } from '../core/place.js';
import { profile, who } from '../core/account.js';
import { enqueue } from '../core/queue.js';
import { sealed } from '../core/seal.js';
import { tell } from '../core/dom.js';
import { lang, name, say, term } from '../core/words.js';
import { beginUnplanned } from '../visit/form.js';
import { packOf } from '../core/pack.js';
import { productName } from '../visit/fit.js';
import { button, card, check, choices, field, go, line, notice, select } from './parts.js';
import { scanning } from './scanner.js';

const KINDS = ['producer', 'seller', 'both', 'online_shop', 'user'];

/** @returns {NewcomerForm} */
const blank = () => ({ name: '', uscc: '', person: '', address: '', kind: 'seller', made: [], sold: [], lon: null, lat: null, legal_person: '' });

/** @param {import('../main.js').Context} context @param {string} id */
export async function view(context, id) {
  const known = /** @type {Enterprise | undefined} */ (await get('enterprises', id));
  const begun = /** @type {Draft | undefined} */ (await get('drafts', id));
  if (known && !begun) return { title: say('newcomer'), back: '#/firms', body: [notice('blue', say('newcomer_known')), go(`#/firm/${id}`, known.name, 'f-wide', 'enterprise')] };
  const kept = /** @type {import('../core/drafts.js').Kept<NewcomerForm>} */ (await open('enterprise', id, async () => ({ title: '', form: blank() })));
  const { form } = kept;
  const campaigns = /** @type {Campaign[]} */ (await all('campaigns'));
  let campaign = campaigns[0]?.id || '';
  const pack = campaign ? await packOf(campaign) : undefined;
  const touch = () => { kept.draft.title = form.name; kept.touch(); };
  if (form.lon === null) locate().then((place) => { if (place && form.lon === null) { [form.lon, form.lat] = [place.lon, place.lat]; touch(); } });
  const wrong = h('div', {});
  const set = (/** @type {'name' | 'uscc' | 'person' | 'address' | 'legal_person'} */ key) => (/** @type {string} */ value) => { form[key] = value; touch(); };
  const chosen = () => (form.kind === 'producer' || form.kind === 'both' ? form.made : form.sold);
  const done = async () => {
    const lacks = missing(form);
    if (lacks) return wrong.replaceChildren(notice('red', lacks));
    await kept.last;
    const site = await register(id, form, kept.draft.replaces);
    location.hash = campaign ? `#/visit/${await beginUnplanned(site, campaign)}` : '#/outbox';
    tell('sealed');
  };
  const uscc = line(form.uscc, set('uscc'), { maxlength: 18, autocapitalize: 'characters', autocomplete: 'off' });
  const scan = async () => {
    const found = /[0-9A-Z]{18}/.exec((await scanning()).toUpperCase());
    if (found) { uscc.value = found[0]; set('uscc')(found[0]); }
  };
  const products = pack?.products.filter((p) => !p.parent) || [];
  return {
    title: say('newcomer'), back: '#/firms', body: [
      h('p', { class: 'muted' }, say('newcomer_line')),
      card('', field(say('firm_name'), line(form.name, set('name'))),
        h('div', { class: 'f-with' }, field(say('firm_uscc'), uscc, { hint: say('newcomer_uscc') }), button(say('scan'), scan, { symbol: 'camera' })),
        field(say('firm_person'), line(form.person, set('person'), { autocomplete: 'off' }), { hint: say('newcomer_person') }),
        field(say('firm_address'), line(form.address, set('address'))),
        choices(say('firm_kind'), KINDS.map((k) => [k, term('kind', k)]), form.kind, (v) => { form.kind = v; touch(); }, 'f-two')),
      card(say('firm_products'), h('div', { class: 'f-checks' }, products.map((p) => check(productName(pack || /** @type {any} */ ({}), p.code, lang()), chosen().includes(p.code), (on) => pick(form, p.code, on, touch))))),
      campaigns.length > 1 ? card('', field(say('campaign'), select(campaigns.map((c) => [c.id, name(c)]), campaign, (v) => { campaign = v; }))) : null,
      wrong, button(say('newcomer_done'), done, { kind: 'primary f-wide' }),
    ],
  };
}

/** @param {NewcomerForm} form @param {string} code @param {boolean} on @param {() => void} touch */
function pick(form, code, on, touch) {
  const makes = form.kind === 'producer' || form.kind === 'both';
  const codes = new Set([...form.made, ...form.sold]);
  if (on) codes.add(code); else codes.delete(code);
  [form.made, form.sold] = makes ? [[...codes], []] : [[], [...codes]];
  touch();
}

/** @param {NewcomerForm} form */
function missing(form) {
  if (!form.name.trim()) return say('miss_name');
  if (form.uscc.trim() && form.uscc.trim().length !== 18) return say('miss_uscc');
  if (!form.uscc.trim() && !(form.person.trim() && form.address.trim())) return say('miss_person');
  return form.address.trim() ? '' : say('miss_address');
}

/** Puts it into the queue and, for the visit, among those of this device. @param {string} id @param {NewcomerForm} form @param {string | null} replaces @returns {Promise<Enterprise>} */
async function register(id, form, replaces) {
  const me = who();
  if (!me) throw new Error('nobody is signed in');
  const told = (/** @type {string} */ text) => text.trim() || null;
  const makes = form.kind === 'producer' || form.kind === 'both';
  const codes = [...new Set([...form.made, ...form.sold])];
  const entry = {
    name: form.name.trim(), uscc: told(form.uscc), person: told(form.person), address: told(form.address), kind: form.kind, made: makes ? codes : [], sold: makes ? [] : codes,
    lon: form.lon === null ? null : form.lon.toFixed(6), lat: form.lat === null ? null : form.lat.toFixed(6), region: (await profile()).office?.region || null,
  };
  const place = form.lon === null || form.lat === null ? null : { lon: form.lon, lat: form.lat, accuracy: 0, at: '' };
  const item = await sealed(me.id, { kind: 'enterprise', about: id, title: entry.name, content: entry, files: [], after: [], place, form, form_kind: 'enterprise', replaces });
  const site = /** @type {Enterprise} */ ({ id, name: entry.name, uscc: entry.uscc, person: entry.person, kind: form.kind, size: 'unknown', address: form.address, lon: form.lon, lat: form.lat, state: 'active', tags: [], made: entry.made, sold: entry.sold, fresh: true });
  await write(['enterprises'], (out) => out.put('enterprises', site));
  await enqueue([item], id);
  return site;
}
