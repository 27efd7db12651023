// The field app (离线检查端): the frame, the addresses, and what is redrawn when.
import { lapsed, resume, who } from './core/account.js';
import { get, recall } from './core/db.js';
import { bus, fill, h, icon } from './core/dom.js';
import { letGo } from './core/drafts.js';
import { keepExchanging, progress } from './core/exchange.js';
import { unsent } from './core/queue.js';
import { isNewer, renew, settle } from './core/shell.js';
import { sweep } from './core/sweep.js';
import { theme } from './core/theme.js';
import { say, speak, lang } from './core/words.js';
import { button, toast } from './views/parts.js';

/** What a view is told. @typedef {{query: URLSearchParams, signal: AbortSignal, redraw: () => void, version: string}} Context */
/** What a view answers. @typedef {{title: string, body: import('./core/dom.js').Child[], back?: string, tabs?: boolean}} Drawn */
/** @typedef {(context: Context, ...parts: string[]) => Promise<Drawn>} View */

/** @type {Record<string, () => Promise<{view: View}>>} */
const VIEWS = {
  '': () => import('./views/day.js'),
  firms: () => import('./views/firms.js'),
  firm: () => import('./views/firm.js'),
  newcomer: () => import('./views/newcomer.js'),
  visit: () => import('./views/visit.js'),
  hazard: () => import('./views/hazard.js'),
  outbox: () => import('./views/outbox.js'),
  item: () => import('./views/item.js'),
  confirm: () => import('./views/confirm.js'),
  settings: () => import('./views/settings.js'),
  'sign-in': () => import('./views/signin.js'),
};

/** Views that show what the exchange changes; whoever is writing is not disturbed. */
const LIVE = new Set(['', 'outbox', 'item', 'firm']);

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const version = document.documentElement.dataset.version || '';
let running = new AbortController();

/** The parts of the address behind `#/`. */
function address() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name = '', ...parts] = path.split('/');
  return { name: who() ? name : 'sign-in', parts: parts.map(decodeURIComponent), query: new URLSearchParams(query) };
}

/** @param {boolean} [same] the same view again: focus and place on the page stay */
async function draw(same = false) {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const { name, parts, query } = address();
  if (name !== 'visit') letGo();
  const load = VIEWS[name] || VIEWS[''];
  const context = { query, signal, redraw: () => { draw(true); }, version };
  const drawn = await (await load()).view(context, ...parts);
  const top = header(drawn);
  await standing(top.querySelector('#state'));
  if (signal.aborted) return;
  const at = same ? scrollY : 0;
  const focus = same ? remembered() : null;
  document.title = `${drawn.title} · ${say('app')}`;
  fill(app, top, h('main', { id: 'main', tabindex: -1, class: 'f-main' }, drawn.body), drawn.tabs ? tabs(name) : null);
  document.body.classList.toggle('f-tabbed', Boolean(drawn.tabs));
  scrollTo(0, at);
  if (focus) focus(); else if (!same) arrive(query.get('at'));
  standing();
}

/** Puts the focus back where it was. @returns {(() => void) | null} */
function remembered() {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !app.contains(active)) return null;
  const all = [...app.querySelectorAll('a, button, input, select, textarea, summary')];
  const index = all.indexOf(active);
  return () => /** @type {HTMLElement | undefined} */ ([...app.querySelectorAll('a, button, input, select, textarea, summary')][index])?.focus({ preventScroll: true });
}

/** On a new page the reader begins at its heading, or at the place that the address names. @param {string | null} at */
function arrive(at) {
  const place = at ? document.getElementById(at) : null;
  place?.scrollIntoView({ block: 'center' });
  const target = place?.querySelector('input, button, textarea, select') || place || app.querySelector('h1');
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}

/** @param {Drawn} drawn */
function header(drawn) {
  return h('header', { class: 'f-top' },
    drawn.back ? h('a', { class: 'f-back', href: drawn.back, 'aria-label': say('back') }, icon('left')) : h('img', { src: '/static/favicon.svg', alt: '', width: 28, height: 28 }),
    h('h1', { tabindex: -1 }, drawn.title), who() ? h('a', { class: 'f-state', href: '#/outbox', id: 'state', 'aria-live': 'polite' }) : null);
}

/** @param {string} here */
function tabs(here) {
  const tab = (/** @type {string} */ name, /** @type {string} */ symbol, /** @type {string} */ text) => h('a', { href: `#/${name}`, 'aria-current': name === here ? 'page' : null, id: name === 'outbox' ? 'tab-outbox' : null }, icon(symbol), h('span', {}, text));
  return h('nav', { class: 'f-tabs', 'aria-label': say('menu') }, tab('', 'task', say('day')), tab('firms', 'enterprise', say('firms')), tab('outbox', 'upload', say('outbox')), tab('settings', 'settings', say('settings')));
}

/** The one line that always says how things stand between this device and the server. @param {Element | null} [state] */
async function standing(state = document.getElementById('state')) {
  if (!state || !who()) return;
  const [open, received] = await Promise.all([unsent(), get('meta', 'received')]);
  const [symbol, text, colour] = words(open, Boolean(received));
  const label = h('span', {}, text);
  state.className = `f-state ${colour}`;
  fill(state, icon(symbol), label);
  const tab = document.getElementById('tab-outbox');
  tab?.querySelector('.badge')?.remove();
  if (open.items && tab) tab.append(h('span', { class: 'badge' }, open.items));
}

/** @param {{items: number, refused: number}} open @param {boolean} received whether the work of the day has come @returns {[string, string, string]} */
function words(open, received) {
  if (lapsed) return ['lock', say('state_lapsed'), 'warn'];
  if (progress.busy) return ['exchange', progress.what === 'photos' ? say('state_photos', { n: progress.done + 1, m: progress.total }) : progress.what === 'receiving' ? say('state_receiving') : say('state_sending'), ''];
  if (open.refused) return ['bad', say('state_refused', { n: open.refused }), 'warn'];
  if (!navigator.onLine) return ['info', open.items ? say('state_offline_n', { n: open.items }) : say('state_offline'), ''];
  if (open.items) return ['upload', say('state_unsent', { n: open.items }), 'warn'];
  if (progress.trouble) return ['warn', say('state_trouble'), 'warn'];
  return received ? ['ok', say('state_all'), ''] : ['exchange', say('state_receiving'), ''];
}

/** How long what came may wait to be shown while more goes on coming, in milliseconds. */
const LATEST = 2000;
/** @type {number | undefined} */
let later;
/** When the first of what is not shown yet has come, and whether something is being drawn. */
let [since, drawing] = [0, false];

/** What came is shown when it pauses, so that nobody's click meets a page that has just gone; but not much later than it came. */
function soon() {
  since ||= Date.now();
  clearTimeout(later);
  later = setTimeout(show, Math.max(0, Math.min(150, since + LATEST - Date.now())));
}

async function show() {
  if (drawing) return soon();
  [since, drawing] = [0, true];
  try {
    standing();
    if (LIVE.has(address().name) && !document.querySelector('dialog[open]')) await draw(true);
  } finally {
    drawing = false;
  }
}

function offerNewer() {
  const bar = document.getElementById('newer');
  if (!bar || !isNewer()) return;
  bar.hidden = false;
  fill(bar, say('newer'), button(say('newer_now'), renew, { kind: 'small' }));
}

async function begin() {
  const chosen = await recall('settings', 'lang');
  speak(chosen === 'en' || chosen === 'zh' ? chosen : lang());
  theme(String((await recall('settings', 'theme')) || ''));
  await resume();
  await draw();
  addEventListener('hashchange', () => draw());
  for (const event of ['queue', 'pack', 'drafts', 'lapsed']) bus.addEventListener(event, soon);
  bus.addEventListener('progress', () => { if (address().name === 'outbox') soon(); else standing(); });
  for (const event of ['online', 'offline']) addEventListener(event, soon);
  bus.addEventListener('newer', offerNewer);
  bus.addEventListener('full', () => toast(say('room_full')));
  keepExchanging();
  if (who()) await sweep();
  await settle();
  offerNewer();
}

// Before anything is drawn the page says its language.
speak(lang());
begin();
