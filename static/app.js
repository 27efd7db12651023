// What pages gain with scripts; everything works without. Attributes, not ids, say where it applies.
(() => {
  'use strict';
  const zh = document.documentElement.lang.startsWith('zh');
  const say = (chinese, english) => (zh ? chinese : english);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, props = {}, ...inside) => {
    const el = Object.assign(document.createElement(tag), props);
    el.append(...inside);
    return el;
  };

  // ---- text typed into form[data-keep] stays on this device until the server has said that it arrived
  const WEEK = 7 * 24 * 3600 * 1000;
  const PREFIX = 'kept:';
  const who = document.body.dataset.who || '';
  const keyOf = (form) => PREFIX + who + ':' + location.pathname + ':' + (form.dataset.keep || form.getAttribute('action') || '');
  // Storage may be full or forbidden (private windows): then nothing is kept, and nothing breaks.
  const store = (work) => { try { return work(localStorage); } catch { return null; } };
  const typed = (form) => [...form.elements].filter((f) => f.name && !f.readOnly && !['password', 'file', 'hidden', 'submit', 'button'].includes(f.type));
  const isTick = (field) => field.type === 'checkbox' || field.type === 'radio';
  const untouched = (field) => {
    if (isTick(field)) return field.checked === field.defaultChecked;
    if (field.tagName === 'SELECT') return [...field.options].every((o) => o.selected === o.defaultSelected) || field.selectedIndex === 0;
    return field.value === field.defaultValue && field.value === '';
  };
  const valuesOf = (form) => typed(form).filter((f) => !untouched(f)).map((f) => [f.name, isTick(f) ? f.value : null, isTick(f) ? f.checked : f.value]);

  function restore(form) {
    const kept = store((s) => JSON.parse(s.getItem(keyOf(form))));
    if (!kept || Date.now() - kept.at > WEEK) return false;
    let changed = false;
    for (const [name, value, state] of kept.values) {
      for (const field of typed(form)) {
        if (field.name !== name || (isTick(field) && field.value !== value) || !untouched(field)) continue;
        if (isTick(field)) field.checked = state; else field.value = state;
        changed = changed || !untouched(field);
      }
    }
    return changed;
  }

  function tellRestored(form) {
    const drop = make('button', { type: 'button', className: 'btn link small', textContent: say('放弃', 'Discard') });
    const note = make('div', { className: 'notice grey' }, make('div', {}, say('已恢复上次未提交的内容。', 'Text not sent last time has been restored.'), drop));
    note.setAttribute('role', 'status');
    drop.onclick = () => { store((s) => s.removeItem(keyOf(form))); form.reset(); note.remove(); };
    form.prepend(note);
    const fold = form.closest('details');
    if (fold) fold.open = true;
  }

  function keep(form) {
    const sent = store((s) => s.getItem(keyOf(form) + ':sent'));
    // A good flash answers the act that was sent from this form; without it the text was not received.
    if (sent && document.querySelector('[data-sent]')) store((s) => s.removeItem(keyOf(form)));
    store((s) => s.removeItem(keyOf(form) + ':sent'));
    if (restore(form)) tellRestored(form);
    let timer;
    const save = () => {
      clearTimeout(timer);
      const values = valuesOf(form);
      store((s) => (values.length ? s.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values })) : s.removeItem(keyOf(form))));
    };
    form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(save, 300); });
    form.addEventListener('submit', () => { save(); store((s) => s.setItem(keyOf(form) + ':sent', '1')); });
    addEventListener('pagehide', save);
  }
  // The act may have led to another page: a good flash clears whatever was marked as sent.
  const clearSent = () => store((s) => Object.keys(s).filter((k) => k.startsWith(PREFIX) && k.endsWith(':sent')).forEach((k) => { s.removeItem(k.slice(0, -5)); s.removeItem(k); }));
  const forget = () => store((s) => Object.keys(s).filter((k) => k.startsWith(PREFIX)).forEach((k) => s.removeItem(k)));

  // ---- questions before what cannot be undone
  function ask(question, then) {
    const no = make('button', { className: 'btn', value: '', textContent: say('取消', 'Cancel') });
    const yes = make('button', { className: 'btn primary', value: 'yes', textContent: say('确定', 'Confirm') });
    const box = make('dialog', {}, make('form', { method: 'dialog' }, make('p', { textContent: question }), make('div', { className: 'buttons' }, no, yes)));
    box.addEventListener('close', () => { box.remove(); if (box.returnValue === 'yes') then(); });
    document.body.append(box);
    box.showModal();
  }

  document.addEventListener('submit', (event) => {
    const form = event.target;
    const by = event.submitter;
    const question = (by && by.dataset.confirm) || form.dataset.confirm;
    if (question && !form.dataset.sure && window.HTMLDialogElement) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(question, () => { form.dataset.sure = 'yes'; form.requestSubmit(by); delete form.dataset.sure; });
      return;
    }
    if (form.method !== 'post') return;
    if (form.dataset.busy) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if ('forget' in form.dataset) forget();
    form.dataset.busy = 'yes';
    if (by) by.classList.add('busy');
    setTimeout(() => wake(form), 20000); // a line that went dead must not leave a dead form
  }, true);
  const wake = (form) => { delete form.dataset.busy; all('.busy', form).forEach((b) => b.classList.remove('busy')); };
  addEventListener('pageshow', () => all('form[data-busy]').forEach(wake));

  // ---- filters
  document.addEventListener('change', (event) => {
    const form = event.target.form;
    if (form && 'submitOnChange' in form.dataset && event.target.name && event.target.type !== 'search') form.requestSubmit();
  });

  // ---- the phone's menu, and menus that close by themselves
  const side = document.getElementById('menu');
  function showMenu(open) {
    side.classList.toggle('open', open);
    all('a[href="#menu"]').forEach((a) => a.setAttribute('aria-expanded', String(open)));
    (open ? side.querySelector('a:not(.side-close)') : document.querySelector('a[href="#menu"]')).focus();
  }
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href="#menu"], .side-close');
    if (link && side) { event.preventDefault(); showMenu(!side.classList.contains('open')); }
    all('details.menu[open]').forEach((d) => { if (!d.contains(event.target)) d.open = false; });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    all('details.menu[open]').forEach((d) => { d.open = false; });
    if (side && side.classList.contains('open')) showMenu(false);
  });

  // ---- copying
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const tip = make('span', { className: 'vh', textContent: say('已复制', 'Copied') });
    tip.setAttribute('role', 'status');
    button.classList.add('copied');
    button.append(tip);
    setTimeout(() => { button.classList.remove('copied'); tip.remove(); }, 1500);
  });

  // ---- a row leads where its first link leads
  const rowLink = (row) => row.querySelector('a[href]');
  document.addEventListener('click', (event) => {
    const row = event.target.closest('.rows tbody tr');
    if (!row || event.target.closest('a, button, input, select, label, summary') || String(getSelection())) return;
    const link = rowLink(row);
    if (!link) return;
    if (event.ctrlKey || event.metaKey) open(link.href, '_blank', 'noopener'); else link.click();
  });

  // ---- chosen files: names and sizes, and a warning before the upload rather than after it
  const size = (n) => (n < 1024 ? n + ' B' : n < 1048576 ? Math.round(n / 1024) + ' KB' : (n / 1048576).toFixed(1) + ' MB');
  function showPicked(input) {
    const max = Number(input.dataset.max) || Infinity;
    const list = make('ul', { className: 'picked' }, ...[...input.files].map((file) => {
      const over = file.size > max;
      return make('li', { className: over ? 'over' : '' }, make('span', { textContent: file.name }),
        make('span', { className: 'num nowrap', textContent: size(file.size) + (over ? say('，超过上限 ', ', above ') + size(max) : '') }));
    }));
    list.setAttribute('role', 'status');
    const old = input.parentNode.querySelector('.picked');
    if (old) old.remove();
    input.after(list);
  }
  document.addEventListener('change', (event) => { if (event.target.matches('input[data-upload]')) showPicked(event.target); });

  // ---- on arrival
  all('form[data-keep]').forEach(keep);
  if (document.querySelector('[data-sent]')) clearSent();
  if (navigator.clipboard) all('[data-copy]').forEach((b) => { b.hidden = false; });
  all('.rows tbody tr').forEach((row) => { if (rowLink(row)) row.classList.add('linked'); });
  const wrong = document.querySelector('[aria-invalid]');
  if (wrong) { const fold = wrong.closest('details'); if (fold) fold.open = true; wrong.focus(); }
})();
