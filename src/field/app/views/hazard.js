// One thing done about a hazard on site: re-checked, sent back, ordered, corrected. An item like any other.
import { get, write } from '../core/db.js';
import { who } from '../core/account.js';
import { h, tell } from '../core/dom.js';
import { drop, open } from '../core/drafts.js';
import { day } from '../core/ids.js';
import { locate } from '../core/place.js';
import { enqueue, items } from '../core/queue.js';
import { sealed } from '../core/seal.js';
import { say, term } from '../core/words.js';
import { ask, button, card, empty, facts, field, go, line, lines, notice } from './parts.js';
import { photos } from './photos.js';

/** @param {import('../main.js').Context} context @param {string} id @param {string} verb */
export async function view(context, id, verb) {
  const hazard = /** @type {Hazard | undefined} */ (await get('hazards', id));
  if (!hazard) return { title: say('hazard'), back: '#/', body: [empty('hazard', say('not_here'))] };
  const site = /** @type {Enterprise | undefined} */ (await get('enterprises', hazard.enterprise));
  const under = (await items()).find((i) => i.about === id && !['stored', 'refused', 'replaced'].includes(i.state));
  if (under) return { title: say('hazard'), back: `#/firm/${hazard.enterprise}`, body: [notice('blue', say('visit_sealed')), go(`#/item/${under.id}`, under.title, 'f-wide', 'seal')] };
  const kept = /** @type {import('../core/drafts.js').Kept<HazardForm>} */ (await open('hazard', `${id}/${verb}`, async () => ({ title: site?.name || hazard.party || '', form: { hazard: id, verb, note: '', why: '', due: '', demand: '', photos: [], measure: '' } })));
  const { form } = kept;
  const set = (/** @type {'note' | 'why' | 'due' | 'demand' | 'measure'} */ key) => (/** @type {string} */ value) => { form[key] = value; kept.touch(); };
  const strip = () => photos(say(verb === 'correct_on_spot' ? 'photo_after' : 'photo'), form.photos, () => { kept.touch(); }, () => false);
  /** @type {Record<string, () => import('../core/dom.js').Child[]>} */
  const fields = {
    verify: () => [field(say('note'), lines(form.note, set('note'))), strip()],
    reject: () => [field(say('reason'), lines(form.why, set('why')))],
    order: () => [field(say('order_due'), line(form.due, set('due'), { type: 'date', min: day(1) })), field(say('order_demand'), lines(form.demand, set('demand')))],
    correct_on_spot: () => [field(say('measure'), lines(form.measure, set('measure'))), strip()],
  };
  if (!fields[verb]) return { title: say('hazard'), back: `#/firm/${hazard.enterprise}`, body: [empty('hazard', say('not_here'))] };
  const wrong = h('div', {});
  const seal = async () => {
    const lacks = missing(form);
    if (lacks) return wrong.replaceChildren(notice('red', lacks));
    if (!(await ask(say('seal_sure'), [h('p', {}, say('seal_text'))], say('seal_yes')))) return;
    await kept.last;
    await send(kept, hazard);
    location.hash = '#/outbox';
  };
  const discard = async () => { await kept.last; await drop(kept.draft.id); location.hash = `#/firm/${hazard.enterprise}`; };
  return {
    title: term('verb', verb), back: `#/firm/${hazard.enterprise}`, body: [
      card('', facts([[say('firm'), site?.name], [say('hazard'), hazard.number], [say('what'), hazard.what], [say('measure'), hazard.measure], [say('order_due'), hazard.due]])),
      card('', ...fields[verb]()), wrong, button(say('seal'), seal, { kind: 'primary f-wide', symbol: 'seal' }),
      h('p', { class: 'f-center' }, button(say('discard'), discard, { kind: 'link' })),
    ],
  };
}

/** @param {HazardForm} form */
function missing(form) {
  if (form.verb === 'reject' && !form.why.trim()) return say('miss_reason');
  if (form.verb === 'order' && !form.due) return say('miss_due', { id: '' });
  if (form.verb === 'correct_on_spot' && !form.measure.trim()) return say('miss_measure', { id: '' });
  return form.verb === 'correct_on_spot' && !form.photos.length ? say('miss_after', { id: '' }) : '';
}

/** @param {import('../core/drafts.js').Kept<HazardForm>} kept @param {Hazard} hazard */
async function send(kept, hazard) {
  const { form, draft } = kept;
  const me = who();
  if (!me) throw new Error('nobody is signed in');
  const told = (/** @type {string} */ text) => text.trim() || null;
  const act = {
    verify: { verb: 'verify', note: told(form.note), evidence: form.photos }, reject: { verb: 'reject', why: form.why.trim() },
    order: { verb: 'order', due: form.due, demand: told(form.demand) }, correct_on_spot: { verb: 'correct_on_spot', measure: form.measure.trim(), evidence: form.photos },
  }[form.verb];
  const title = `${term('verb', form.verb)} · ${draft.title}`;
  const item = await sealed(me.id, { kind: 'act', about: hazard.id, title, content: { thing: 'hazards', act }, files: form.photos, after: [], place: await locate(3), form, form_kind: 'hazard', replaces: draft.replaces });
  await enqueue([item], draft.id);
  const state = { verify: 'verified', reject: 'rectifying', order: 'ordered', correct_on_spot: 'verified' }[form.verb] || hazard.state;
  await write(['hazards'], (out) => out.put('hazards', { ...hazard, state, due: form.due || hazard.due }));
  tell('sealed');
}
