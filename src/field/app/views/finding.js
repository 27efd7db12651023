// A finding: what is wrong, how grave, what was corrected, and the order to correct when it was not.
import { fill, h } from '../core/dom.js';
import { day } from '../core/ids.js';
import { lang, name, say } from '../core/words.js';
import { latestDue, severityOf } from '../visit/form.js';
import { problemsOf, productName } from '../visit/fit.js';
import { button, check, field, line, lines, select } from './parts.js';
import { photos } from './photos.js';
import { scanning } from './scanner.js';

/** @param {import('../visit/form.js').Open} visit @param {FindingForm} f @param {Question | null} question @param {HTMLElement} strip the photographs of what was found */
export function findingFields(visit, f, question, strip) {
  const { form, pack, kept } = visit;
  const touch = () => { kept.touch(); };
  const what = lines(f.what, (v) => { f.what = v; touch(); }, { rows: 3 });
  const scan = async () => {
    const code = await scanning();
    if (!code) return;
    f.what = `${f.what}${f.what ? ' ' : ''}${say('code_read', { code })}`;
    what.value = f.what;
    touch();
  };
  const problems = problemsOf(pack, question, form.field);
  const list = problems.length ? problems : problemsOf(pack, null, form.field);
  const after = h('div', { class: 'stack' });
  const draw = () => fill(after, f.corrected
    ? [field(say('measure'), lines(f.measure, (v) => { f.measure = v; touch(); }, { rows: 2 })), photos(say('photo_after'), f.after, touch, () => form.original)]
    : order(visit, f, touch));
  draw();
  const grave = select(pack.severities.map((s) => [s.code, name(s)]), f.severity, (v) => { f.severity = v; touch(); }, say('severity_default', { name: name(pack.severities.find((s) => s.code === severityOf(pack, { ...f, severity: '' }))) }));
  return h('div', { class: 'f-finding stack', id: `f-${f.id}` },
    list.length === 1 && f.problem ? h('p', {}, h('span', { class: 'muted' }, say('problem')), ' ', name(list[0])) : field(say('problem'), select(list.map((p) => [p.code, name(p)]), f.problem, (v) => { f.problem = v; touch(); }, say('choose'))),
    strip,
    field(say('what'), what, { hint: say('what_hint') }), h('div', { class: 'buttons' }, button(say('scan_into'), scan, { kind: 'small', symbol: 'camera' })),
    h('details', { class: 'f-how' }, h('summary', {}, say('finding_more')), h('div', { class: 'stack' }, field(say('severity'), grave),
      form.products.length > 1 ? field(say('product'), select(form.products.map((c) => [c, productName(pack, c, lang())]), f.product, (v) => { f.product = v; touch(); })) : null,
      field(say('made_on'), line(f.made_on, (v) => { f.made_on = v; touch(); }, { type: 'date', max: day() })))),
    check(say('corrected'), f.corrected, (on) => { f.corrected = on; if (on) f.order = false; touch(); draw(); }, { hint: say('corrected_hint') }), after);
}

/** The order to correct, issued on the spot. @param {import('../visit/form.js').Open} visit @param {FindingForm} f @param {() => void} touch */
function order(visit, f, touch) {
  const rest = h('div', { class: 'stack' });
  const draw = () => {
    const latest = latestDue(visit.pack, f);
    if (f.order && !f.due) f.due = latest;
    fill(rest, f.order ? [field(say('order_due'), line(f.due, (v) => { f.due = v; touch(); }, { type: 'date', min: day(1) }), { hint: say('order_latest', { date: latest }) }), field(say('order_demand'), lines(f.demand, (v) => { f.demand = v; touch(); }, { rows: 2 }))] : null);
  };
  draw();
  return [check(say('order'), f.order, (on) => { f.order = on; draw(); touch(); }, { hint: say('order_hint') }), rest];
}
