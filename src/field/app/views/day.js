// My day (今日工作): what was begun, what is due, what is near; by risk, date and distance.
import { who } from '../core/account.js';
import { all, get } from '../core/db.js';
import { h, icon } from '../core/dom.js';
import { day, daysTo, metres, short } from '../core/ids.js';
import { lastPlace, locate } from '../core/place.js';
import { list as drafts } from '../core/drafts.js';
import { items } from '../core/queue.js';
import { say, term } from '../core/words.js';
import { button, chip, empty, notice } from './parts.js';
import { room, megabytes } from '../core/storage.js';
import { clockAhead } from '../core/http.js';

/** A visit with what it takes to put it in order. @typedef {{visit: Visit, site: Enterprise | undefined, far: number | null, late: boolean, hazards: number}} Job */

/** How the list is looked at; stays while the app is open. */
const look = { whose: 'mine', order: 'best', more: 20 };

/** @param {import('../main.js').Context} context */
export async function view(context) {
  const [visits, sites, hazards, begun, received, sealed] = await Promise.all([
    /** @type {Promise<Visit[]>} */ (all('visits')), /** @type {Promise<Enterprise[]>} */ (all('enterprises')),
    /** @type {Promise<Hazard[]>} */ (all('hazards')), drafts(), get('meta', 'received'), items(),
  ]);
  const known = new Map(sites.map((site) => [site.id, site]));
  const place = lastPlace();
  if (!place) locate(5).then((found) => { if (found && !context.signal.aborted) context.redraw(); });
  const open = new Set([...begun.map((d) => d.id), ...sealed.map((i) => i.about)]);
  const jobs = visits.filter((v) => v.state === 'planned' && !open.has(v.id)).map((visit) => job(visit, known.get(visit.enterprise), hazards, place));
  const mine = jobs.filter((j) => j.visit.mine);
  const shown = (look.whose === 'mine' ? mine : jobs).sort(ORDERS[look.order]);
  const mark = (/** @type {string} */ whose, /** @type {string} */ text, /** @type {number} */ n) => h('button', { type: 'button', class: 'f-tab', 'aria-pressed': String(look.whose === whose), onclick: () => { look.whose = whose; context.redraw(); } }, text, h('span', { class: 'badge' }, n));
  return {
    title: say('day'), tabs: true, body: [
      await warnings(),
      begun.length ? h('section', { class: 'stack' }, h('h2', { class: 'f-group' }, say('day_begun')), begun.map(draftCard)) : null,
      h('div', { class: 'f-bar' }, h('div', { class: 'f-tabset', role: 'group', 'aria-label': say('day_whose') }, mark('mine', say('day_mine'), mine.length), mark('all', say('day_all'), jobs.length)), sorter(context)),
      groups(shown.slice(0, look.more)),
      shown.length > look.more ? button(say('more_n', { n: shown.length - look.more }), () => { look.more += 40; context.redraw(); }, { kind: 'f-wide' }) : null,
      tasks(hazards, known, look.whose === 'mine' ? who()?.id || '' : ''),
      h('p', { class: 'f-center' }, h('a', { class: 'btn link', href: '#/confirm' }, icon('people'), say('confirm_title'))),
      shown.length ? null : empty('task', received ? say(jobs.length ? 'day_none_mine' : 'day_none') : say('day_waiting')),
    ],
  };
}

async function warnings() {
  const space = await room();
  const minutes = Math.round(Math.abs(clockAhead) / 60_000);
  return [
    space.tight ? notice('orange', say('room_tight', { free: megabytes(space.free) })) : null,
    minutes >= 5 ? notice('orange', say('clock_off', { n: minutes })) : null,
  ];
}

/** @param {Visit} visit @param {Enterprise | undefined} site @param {Hazard[]} hazards @param {Where | null} place @returns {Job} */
function job(visit, site, hazards, place) {
  const at = site && site.lon !== null && site.lat !== null && site.lon !== undefined ? { lon: degrees(site.lon), lat: degrees(site.lat || 0) } : null;
  return {
    visit, site, far: at && place ? metres(at, place) : null, late: Boolean(visit.planned_for && visit.planned_for < day()),
    hazards: hazards.filter((z) => z.enterprise === visit.enterprise).length,
  };
}

/** The register keeps millionths. @param {number} value */
export const degrees = (value) => (Math.abs(value) > 1000 ? value / 1_000_000 : value);

const risk = (/** @type {Job} */ j) => j.visit.risk ?? 0;
const date = (/** @type {Job} */ j) => j.visit.planned_for || '9';
const far = (/** @type {Job} */ j) => j.far ?? 1e9;

/** @type {Record<string, (a: Job, b: Job) => number>} */
const ORDERS = {
  // what is late or due today first, by risk; then day by day, by risk; what is nearer before what is far
  best: (a, b) => bucket(a) - bucket(b) || (bucket(a) === 2 ? date(a).localeCompare(date(b)) : 0) || risk(b) - risk(a) || date(a).localeCompare(date(b)) || far(a) - far(b),
  date: (a, b) => date(a).localeCompare(date(b)) || risk(b) - risk(a),
  near: (a, b) => far(a) - far(b) || date(a).localeCompare(date(b)),
};

/** @param {Job} j */
function bucket(j) {
  const left = j.visit.planned_for ? daysTo(j.visit.planned_for) : 99;
  return left < 0 ? 0 : left === 0 ? 1 : left <= 7 ? 2 : 3;
}

/** @param {import('../main.js').Context} context */
function sorter(context) {
  const options = [['best', say('sort_best')], ['date', say('sort_date')], ['near', say('sort_near')]];
  return h('select', { class: 'input f-sort', 'aria-label': say('sort'), onchange: (/** @type {any} */ e) => { look.order = e.target.value; context.redraw(); } },
    options.map(([code, text]) => h('option', { value: code, selected: code === look.order }, text)));
}

/** @param {Job[]} jobs */
function groups(jobs) {
  if (look.order !== 'best') return h('ul', { class: 'f-list' }, jobs.map(card));
  const names = [say('day_late'), say('day_today'), say('day_week'), say('day_later')];
  return names.map((name, i) => {
    const these = jobs.filter((j) => bucket(j) === i);
    return these.length ? h('section', { class: 'stack' }, h('h2', { class: 'f-group' }, name), h('ul', { class: 'f-list' }, these.map(card))) : null;
  });
}

/** Hazards that wait for an inspector: to be re-checked, or to be ordered. @param {Hazard[]} hazards @param {Map<string, Enterprise>} sites @param {string} mine only those in this hand */
function tasks(hazards, sites, mine) {
  const open = hazards.filter((z) => ['submitted', 'registered', 'reopened'].includes(z.state) && (!mine || !z.handler || z.handler === mine));
  open.sort((a, b) => Number(b.overdue) - Number(a.overdue) || (a.due || '9').localeCompare(b.due || '9'));
  const one = (/** @type {Hazard} */ z) => h('li', { class: `f-job ${z.overdue ? 'red' : 'orange'}` }, h('a', { class: 'f-job-to', href: `#/firm/${z.enterprise}?at=z-${z.id}` },
    h('div', { class: 'f-line' }, h('h3', {}, sites.get(z.enterprise)?.name || z.party || ''), chip(z.overdue ? 'red' : 'orange', term('hazard', z.state))), h('p', { class: 'meta' }, z.what)));
  return open.length ? h('section', { class: 'stack' }, h('h2', { class: 'f-group' }, say('day_hazards')), h('ul', { class: 'f-list' }, open.slice(0, look.more).map(one))) : null;
}

/** @param {Job} j */
function card(j) {
  const { visit, site } = j;
  const colour = j.late ? 'red' : bucket(j) === 1 ? 'orange' : 'blue';
  return h('li', { class: `f-job ${colour}` },
    h('a', { class: 'f-job-to', href: `#/firm/${visit.enterprise}?visit=${visit.id}` }, h('h3', {}, site?.name || visit.party || ''),
      h('p', { class: 'meta' }, icon('calendar'), due(visit), j.far === null ? null : [icon('pin'), distance(j.far)]),
      h('p', { class: 'meta' }, site?.address)),
    h('p', { class: 'f-chips' }, riskChip(visit.risk), j.hazards ? chip('orange', say('open_hazards_n', { n: j.hazards })) : null, visit.source && visit.source !== 'planned' ? chip('grey', term('source', visit.source)) : null));
}

/** @param {number | null | undefined} value */
export function riskChip(value) {
  if (value === null || value === undefined) return null;
  return value >= 5 ? chip('red', say('risk_high')) : value >= 2 ? chip('orange', say('risk_medium')) : chip('grey', say('risk_low'));
}

/** @param {Visit} visit */
function due(visit) {
  if (!visit.planned_for) return say('no_date');
  const left = daysTo(visit.planned_for);
  const said = left < 0 ? say('late_n', { n: -left }) : left === 0 ? say('today') : left === 1 ? say('tomorrow') : say('in_n', { n: left });
  return `${visit.planned_for.slice(5)} · ${said}`;
}

/** @param {number} m */
export const distance = (m) => (m < 1000 ? `${Math.round(m / 10) * 10} m` : `${(m / 1000).toFixed(m < 10_000 ? 1 : 0)} km`);

/** @param {Draft} draft */
function draftCard(draft) {
  const href = { inspection: `#/visit/${draft.id}`, hazard: `#/hazard/${draft.form.hazard}/${draft.form.verb}`, enterprise: `#/newcomer/${draft.id}` }[draft.kind] || '#/';
  const answered = draft.kind === 'inspection' ? Object.values(draft.form.answers).filter((/** @type {any} */ a) => a.answer).length : 0;
  const done = draft.kind === 'inspection' ? say('answered_n', { n: answered }) : term('draft', draft.kind);
  return h('a', { class: 'f-job f-job-to orange', href }, h('h3', {}, draft.title || say('newcomer')), h('p', { class: 'meta' }, icon('edit'), done, ' · ', say('saved_at', { at: short(draft.changed) })));
}
