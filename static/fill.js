// What the on-site form gains with scripts: only the questions that the answers ask, how many are answered, the next open
// one, the time of the end. Which questions are asked, src/campaigns/branch.rs decides; this follows it.
(() => {
  'use strict';
  const form = document.querySelector('form.fill');
  if (!form) return;
  const asks = [...form.querySelectorAll('.ask:not(.ask-beside)')];
  const line = form.querySelector('.fill-done');
  const next = Object.assign(document.createElement('a'), { textContent: document.documentElement.lang.startsWith('zh') ? '下一项未答' : 'Next open' });
  const end = form.elements.ended_at;
  let touched = !!end?.value;

  // Of the answers that a branch names for one question any will do; of several questions each must be answered so.
  function branch() {
    const given = new Map();
    for (const ask of asks) {
      const wanted = (ask.dataset.askedIf || '').split(' ').filter(Boolean).map((one) => one.split('='));
      ask.hidden = !wanted.every(([id]) => wanted.some(([other, answer]) => other === id && given.get(id) === answer));
      if (!ask.hidden) given.set(ask.id, ask.querySelector('.choices input:checked')?.value);
    }
  }
  function count() {
    branch();
    const asked = asks.filter((ask) => !ask.hidden);
    const open = asked.filter((ask) => !ask.querySelector('.choices input:checked'));
    line.hidden = asks.length === 0;
    line.textContent = line.dataset.done.replace('{n}', asked.length - open.length).replace('{m}', asked.length);
    if (open.length) { next.href = '#' + CSS.escape(open[0].id); line.append(next); }
  }
  // The record ends when the last thing is written, unless somebody says otherwise. The form wants the time in China.
  function ends() {
    if (end && !touched) end.value = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 16);
  }
  end?.addEventListener('change', () => { touched = true; });
  form.addEventListener('input', (event) => { if (event.target !== end) ends(); count(); });
  count();
})();
