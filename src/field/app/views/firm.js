// The card of an enterprise: what one must know at its gate, and what can be done there.
import { all, by, get } from '../core/db.js';
import { h } from '../core/dom.js';
import { day, daysTo, metres } from '../core/ids.js';
import { list as drafts } from '../core/drafts.js';
import { items } from '../core/queue.js';
import { packOf } from '../core/pack.js';
import { lastPlace } from '../core/place.js';
import { lang, name, say, term } from '../core/words.js';
import { beginUnplanned } from '../visit/form.js';
import { productName, productsOf } from '../visit/fit.js';
import { degrees, distance, riskChip } from './day.js';
import { ask, button, card, chip, empty, facts, go, notice, select } from './parts.js';
import { scanning } from './scanner.js';

/** @param {import('../main.js').Context} context @param {string} id */
export async function view(context, id) {
  const site = /** @type {Enterprise | undefined} */ (await get('enterprises', id));
  if (!site) return { title: say('firm'), back: '#/', body: [empty('enterprise', say('not_here'))] };
  const [certificates, hazards, visits, campaigns, begun, sealed] = await Promise.all([
    /** @type {Promise<Certificate[]>} */ (by('certificates', 'enterprise', id)), /** @type {Promise<Hazard[]>} */ (by('hazards', 'enterprise', id)),
    /** @type {Promise<Visit[]>} */ (by('visits', 'enterprise', id)), /** @type {Promise<Campaign[]>} */ (all('campaigns')), drafts(), items(),
  ]);
  const open = new Map(sealed.filter((i) => i.state !== 'stored' && i.state !== 'replaced').map((i) => [i.about, i]));
  const pack = campaigns[0] && (await packOf(campaigns[0].id));
  const products = productsOf(site).map((code) => (pack ? productName(pack, code, lang()) : code));
  const planned = visits.filter((v) => v.state === 'planned').sort((a, b) => (a.planned_for || '').localeCompare(b.planned_for || ''));
  const mine = begun.filter((d) => d.kind === 'inspection' && d.form.enterprise === id);
  const waiting = planned.filter((v) => !mine.some((d) => d.id === v.id));
  const next = waiting.find((v) => v.id === context.query.get('visit')) || waiting[0];
  const past = visits.filter((v) => v.state === 'done').sort((a, b) => String(b.started_at || b.planned_for).localeCompare(String(a.started_at || a.planned_for)));
  return {
    title: say('firm'), back: '#/', body: [
      h('header', { class: 'f-head' }, h('h2', {}, site.name), h('p', { class: 'f-chips' }, site.fresh && open.has(site.id) ? chip('orange', say('newcomer_fresh')) : chip(site.state === 'active' ? 'green' : 'grey', term('enterprise_state', site.state)), site.tags.map((t) => chip('orange', term('tag', t))), riskChip(next?.risk), next && !next.mine ? chip('grey', say('visit_not_mine')) : null)),
      actions(site, next, campaigns, mine),
      card('', facts([
        [say('firm_uscc'), site.uscc], [say('firm_person'), site.person || site.legal_person], [say('firm_kind'), term('kind', site.kind)],
        [say('firm_size'), term('size', site.size)], [say('firm_address'), site.address], [say('firm_products'), products.join(lang() === 'zh' ? '、' : ', ')], [say('firm_far'), howFar(site)],
        ...(site.contacts || []).map((c) => /** @type {[string, any]} */ ([c.duty || say('firm_contact'), [c.name, c.phone ? [' ', h('a', { href: `tel:${c.phone}` }, c.phone)] : null]])),
      ])),
      site.sites?.length ? card(say('firm_sites'), h('ul', { class: 'f-lines' }, site.sites.map((s) => h('li', {}, h('strong', {}, s.name), ' ', chip('grey', term('site', s.kind)), h('p', { class: 'meta' }, s.address))))) : null,
      card(say('firm_certificates'), h('div', { class: 'buttons' }, button(say('certificate_scan'), () => compare(certificates), { symbol: 'camera', kind: 'small' })), certificates.length ? h('ul', { class: 'f-lines' }, certificates.map(certificate)) : h('p', { class: 'muted' }, say('firm_no_certificates'))),
      card(say('firm_hazards'), hazards.length ? h('ul', { class: 'f-lines' }, hazards.filter((z) => !['closed', 'confirmed', 'not_established'].includes(z.state)).map((z) => hazard(z, pack, open.get(z.id)))) : h('p', { class: 'muted' }, say('firm_no_hazards'))),
      card(say('firm_visits'), past.length ? h('ul', { class: 'f-lines' }, past.slice(0, 8).map(visitLine)) : h('p', { class: 'muted' }, say('firm_no_visits'))),
    ],
  };
}

/** @param {Enterprise} site @param {Visit | undefined} first the planned visit that comes next @param {Campaign[]} campaigns @param {Draft[]} mine visits that were begun here */
function actions(site, first, campaigns, mine) {
  let campaign = campaigns[0]?.id || '';
  const start = async () => { location.hash = `#/visit/${await beginUnplanned(site, campaign)}`; };
  const which = campaigns.length > 1 ? select(campaigns.map((c) => [c.id, name(c)]), campaign, (v) => { campaign = v; }, undefined, { 'aria-label': say('campaign') }) : null;
  return h('div', { class: 'stack' },
    mine.map((d) => go(`#/visit/${d.id}`, say('visit_go_on'), 'primary f-wide', 'edit')),
    first ? go(`#/visit/${first.id}`, first.planned_for ? say('visit_begin_planned', { date: first.planned_for }) : say('visit_begin'), mine.length ? 'f-wide' : 'primary f-wide', 'task') : null,
    campaigns.length && !mine.length ? h('div', { class: 'stack' }, which, button(say('visit_begin_unplanned'), start, { kind: first ? 'f-wide' : 'primary f-wide', symbol: 'plus' })) : null);
}

/** @param {Enterprise} site */
function howFar(site) {
  const place = lastPlace();
  if (!place || site.lon === null || site.lat === null || site.lon === undefined) return '';
  return distance(metres(place, { lon: degrees(site.lon), lat: degrees(site.lat) }));
}

/** Whether the paper that is shown is one of those on record. @param {Certificate[]} certificates */
async function compare(certificates) {
  const code = (await scanning()).toUpperCase();
  if (!code) return;
  const found = certificates.find((c) => code.includes(c.number.toUpperCase()));
  const body = found ? h('ul', { class: 'f-lines' }, certificate(found)) : notice('orange', say('certificate_unknown', { code }));
  await ask(say('certificate_scan'), [body], say('close'));
}

/** @param {Certificate} c */
function certificate(c) {
  const left = daysTo(c.expires);
  const mark = c.state !== 'valid' ? chip('red', term('certificate', c.state)) : left < 0 ? chip('red', say('expired')) : left <= 90 ? chip('orange', say('expires_in', { n: left })) : chip('green', say('valid'));
  return h('li', {}, h('div', { class: 'f-line' }, h('strong', {}, c.number), mark), h('p', { class: 'meta' }, term('paper', c.kind), ' · ', say('until', { date: c.expires })), h('p', { class: 'meta' }, c.scope));
}

/** @param {Hazard} z @param {Pack | undefined} pack @param {Item | undefined} item what is on its way about it */
function hazard(z, pack, item) {
  const late = z.overdue || (z.due && z.due < day());
  const problem = pack?.problems.find((p) => p.code === z.problem);
  return h('li', { id: `z-${z.id}` },
    h('div', { class: 'f-line' }, h('strong', {}, problem ? name(problem) : z.problem), chip(late ? 'red' : z.severity === 'major' ? 'red' : 'orange', term('hazard', z.state))),
    h('p', {}, z.what),
    h('p', { class: 'meta' }, z.number ? `${z.number} · ` : '', term('severity', z.severity), z.due ? ` · ${say('until', { date: z.due })}` : '', late ? h('span', { class: 'late' }, ` ${say('overdue')}`) : null),
    z.measure ? h('p', { class: 'meta' }, say('measure_told', { text: z.measure })) : null,
    item ? h('p', {}, h('a', { href: `#/item/${item.id}` }, chip('blue', term('item', item.state)), ' ', item.title)) : h('div', { class: 'buttons' }, acts(z).map(([verb, text, kind]) => go(`#/hazard/${z.id}/${verb}`, text, `small ${kind}`))));
}

/** What an inspector may do about a hazard where it stands. @param {Hazard} z @returns {[string, string, string][]} */
function acts(z) {
  if (z.state === 'submitted') return [['verify', say('act_verify'), 'primary'], ['reject', say('act_reject'), '']];
  if (z.state === 'registered' || z.state === 'reopened') return [['order', say('act_order'), 'primary'], ['correct_on_spot', say('act_correct'), '']];
  return [];
}

/** @param {Visit} v */
function visitLine(v) {
  const found = v.hazards ? chip('orange', say('found_n', { n: v.hazards })) : chip('green', say('found_none'));
  return h('li', { class: 'f-line' }, h('span', {}, (v.started_at || v.planned_for || '').slice(0, 10), ' ', h('span', { class: 'meta' }, v.number || '')), found);
}

