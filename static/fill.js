// What the on-site form gains with scripts: how many questions are answered, the next open one, the time of the end.
(() => {
  'use strict';
  const form = document.querySelector('form.fill');
  if (!form) return;
  const asks = [...form.querySelectorAll('.ask:not(.ask-beside)')];
  const line = form.querySelector('.fill-done');
  const next = Object.assign(document.createElement('a'), { textContent: document.documentElement.lang.startsWith('zh') ? '下一项未答' : 'Next open' });
  const end = form.elements.ended_at;
  let touched = !!end.value;

  function count() {
    const open = asks.filter((ask) => !ask.querySelector('.choices input:checked'));
    line.hidden = asks.length === 0;
    line.textContent = line.dataset.done.replace('{n}', asks.length - open.length).replace('{m}', asks.length);
    if (open.length) { next.href = '#' + CSS.escape(open[0].id); line.append(next); }
  }
  // The record ends when the last thing is written, unless somebody says otherwise. The form wants the time in China.
  function ends() {
    if (!touched) end.value = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 16);
  }
  end.addEventListener('change', () => { touched = true; });
  form.addEventListener('input', (event) => { if (event.target !== end) ends(); count(); });
  count();
})();
