// A visit: check, findings, signatures, seal. One step a screen, each with its own address.
import { h } from '../core/dom.js';
import { get } from '../core/db.js';
import { drop, hold } from '../core/drafts.js';
import { items } from '../core/queue.js';
import { say } from '../core/words.js';
import { findings, missing, openVisit } from '../visit/form.js';
import { checkStep } from './check.js';
import { findingsStep } from './findings.js';
import { ask, button, empty, go, notice } from './parts.js';
import { sealStep } from './sealing.js';
import { signStep } from './sign.js';

/** @typedef {import('../visit/form.js').Open} Open */

const STEPS = /** @type {const} */ (['check', 'findings', 'sign', 'seal']);

/** @param {import('../main.js').Context} context @param {string} id @param {string} [wanted] */
export async function view(context, id, wanted) {
  const [item, draft] = await Promise.all([sealedAs(id), get('drafts', id)]);
  if (item && !draft) return { title: say('visit'), back: '#/', body: [notice('blue', say('visit_sealed')), go(`#/item/${item.id}`, item.title, 'f-wide', 'seal')] };
  if (!(await hold(id))) return { title: say('visit'), back: '#/', body: [notice('orange', say('visit_elsewhere')), button(say('try_again'), () => context.redraw(), { kind: 'f-wide' })] };
  const visit = await openVisit(id).catch(() => null);
  if (!visit) return { title: say('visit'), back: '#/', body: [empty('visit', say('not_here'))] };
  const step = STEPS.find((s) => s === wanted) || 'check';
  const body = { check: checkStep, findings: findingsStep, sign: signStep, seal: sealStep }[step](visit, context);
  const at = STEPS.indexOf(step);
  const next = /** @type {'findings' | 'sign' | 'seal' | undefined} */ (STEPS[at + 1]);
  const discard = async () => {
    if (!(await ask(say('discard'), [h('p', {}, say('discard_sure'))], say('discard_yes'), 'danger'))) return;
    await visit.kept.last;
    await drop(id);
    location.hash = '#/';
  };
  return {
    title: visit.site.name, back: '#/', body: [
      steps(visit, id, step), body,
      next ? h('div', { class: 'f-next' }, go(`#/visit/${id}/${next}`, say(`next_${next}`), 'primary f-wide', 'right')) : null,
      step === 'check' ? h('p', { class: 'f-center' }, button(say('discard'), discard, { kind: 'link' })) : null,
    ],
  };
}

/** The record of a visit that was sealed here already: there is one, and it is not begun again. @param {string} id */
async function sealedAs(id) {
  return (await items()).find((i) => i.kind === 'inspection' && i.about === id && i.state !== 'replaced');
}

/** Where one is, with what is open at each step. @param {Open} visit @param {string} id @param {string} now */
function steps(visit, id, now) {
  const open = missing(visit);
  const item = (/** @type {typeof STEPS[number]} */ step) => {
    const lacks = step === 'seal' ? 0 : open.filter((m) => m.step === step).length;
    const more = step === 'findings' ? findings(visit).length : 0;
    // nothing can be said of hazards before the questions have been asked
    const early = step === 'findings' && open.some((m) => m.step === 'check');
    const done = step !== 'seal' && !lacks && !early && step !== now;
    return h('li', { class: step === now ? 'now' : done ? 'done' : '' }, h('a', { href: `#/visit/${id}/${step}`, 'aria-current': step === now ? 'step' : null }, say(`step_${step}`), more ? h('span', { class: 'badge' }, more) : null));
  };
  return h('nav', { 'aria-label': say('steps') }, h('ol', { class: 'f-steps' }, STEPS.map(item)));
}
