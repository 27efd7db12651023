// What was told, what the party says, and who signs: in front of those who sign stands what they sign.
import { all } from '../core/db.js';
import { who } from '../core/account.js';
import { fill, h, icon } from '../core/dom.js';
import { short } from '../core/ids.js';
import { name, say } from '../core/words.js';
import { findings, stamp } from '../visit/form.js';
import { signing } from './pad.js';
import { button, card, check, field, line, lines, notice, picture, select } from './parts.js';
import { photos } from './photos.js';

/** @typedef {import('../visit/form.js').Open} Open */

/** @param {Open} visit @param {import('../main.js').Context} context */
export function signStep(visit, context) {
  const { form, kept } = visit;
  const touch = () => { kept.touch(); };
  const box = h('div', { class: 'stack' });
  (/** @type {Promise<Colleague[]>} */ (all('colleagues'))).then((colleagues) => draw(colleagues.filter((c) => c.id !== who()?.id)));
  const draw = (/** @type {Colleague[]} */ colleagues) => {
    if (!form.second && colleagues.length === 1) { form.second = colleagues[0].id; touch(); }
    const second = colleagues.find((c) => c.id === form.second);
    const options = colleagues.map((c) => /** @type {[string, string]} */ ([c.id, c.badge ? `${c.name}（${c.badge}）` : c.name]));
    const other = (/** @type {string} */ value) => { form.second = value; delete form.signatures.second; touch(); context.redraw(); };
    fill(box,
      card(say('told'), check(say('credentials'), form.credentials, (on) => { form.credentials = on; touch(); }, { id: 'credentials' }), check(say('withdrawal'), form.withdrawal, (on) => { form.withdrawal = on; touch(); })),
      card(say('inspectors'), signed(visit, 'me', say('role_inspector'), who()?.name || '', true, context, [h('p', {}, say('me_text'))]),
        field(say('second'), select(options, form.second, other, say('choose')), { id: 'second' }),
        second ? check(say('second_apart', { name: second.name }), Boolean(form.apart), (on) => { form.apart = on; delete form.signatures.second; touch(); context.redraw(); }, { id: 'apart', hint: say('second_apart_hint') }) : null,
        second && !form.apart ? signed(visit, 'second', say('role_second'), second.name, true, context, [h('p', {}, say('second_text', { name: second.name, firm: visit.site.name }))]) : null,
        colleagues.length > 2 ? field(say('third'), select(options.filter(([id]) => id !== form.second), form.third, (v) => { form.third = v; touch(); }, say('third_none'))) : null),
      card(say('party'), summary(visit), field(say('statement'), lines(form.statement, (v) => { form.statement = v; touch(); }, { rows: 2 }), { hint: say('statement_hint') }),
        form.refused ? null : signed(visit, 'party', say('role_party'), form.signatures.party?.name || '', false, context, [summary(visit), h('p', {}, say('party_text'))]),
        check(say('refused'), form.refused, (on) => { form.refused = on; touch(); context.redraw(); }),
        form.refused ? [field(say('witness'), line(form.witness, (v) => { form.witness = v; touch(); }), { id: 'witness' }), signed(visit, 'witness', say('role_witness'), form.witness, false, context, [h('p', {}, say('witness_text'))])] : null),
      card(say('scene'), photos(say('photo_scene'), form.photos, touch, () => form.original)));
  };
  return box;
}

/** What was found and ordered, as it is shown to the party. @param {Open} visit */
function summary(visit) {
  const { pack } = visit;
  const found = findings(visit);
  if (!found.length) return h('p', {}, say('summary_none', { n: visit.questions.length }));
  const one = (/** @type {FindingForm} */ f) => {
    const problem = pack.problems.find((p) => p.code === f.problem);
    const then = f.corrected ? say('summary_corrected', { text: f.measure }) : f.order ? say('summary_order', { date: f.due, text: f.demand }) : '';
    return h('li', {}, h('strong', {}, problem ? name(problem) : ''), ' ', f.what, then ? h('p', { class: 'f-order' }, then) : null);
  };
  return h('div', { class: 'f-summary' }, h('p', {}, say('summary_found', { n: found.length })), h('ol', {}, found.map(one)));
}

/** One who signs: the button, or what was signed. @param {Open} visit @param {string} key @param {string} role @param {string} known @param {boolean} fixed @param {import('../main.js').Context} context @param {import('../core/dom.js').Child[]} text */
function signed(visit, key, role, known, fixed, context, text) {
  const { form, kept } = visit;
  const signature = form.signatures[key];
  const press = async () => {
    const made = await signing({ role, text, name: known, fixed });
    if (!made) return;
    form.signatures[key] = { ...made, of: stamp(visit) };
    if (key === 'witness') form.witness = made.name;
    await kept.touch();
    context.redraw();
  };
  const stale = Boolean(signature) && key !== 'witness' && signature.of !== stamp(visit);
  const done = stale ? notice('orange', say('sign_stale')) : signature ? h('div', { class: 'f-signed' }, picture(signature.sha256, `${role} ${signature.name}`), h('p', {}, icon('ok'), `${signature.name} · ${short(signature.at)}`)) : null;
  return h('div', { class: 'f-signer', id: `sign-${key}` }, h('div', { class: 'f-line' }, h('span', {}, role, known && !signature ? h('small', {}, ` ${known}`) : null), button(say(signature ? 'sign_again' : 'sign_now'), press, { symbol: 'edit', kind: signature && !stale ? 'small' : 'primary' })), done);
}
