// What pages gain with scripts; everything works without. Attributes, not ids, say where something applies:
// form[data-keep], [data-confirm], form[data-submit-on-change], form[data-sum], [data-copy], input[data-upload], [data-live],
// .rows, details.menu, #menu.
(() => {
  'use strict';
  const root = document.documentElement;
  const say = (zh, en) => (root.lang.startsWith('zh') ? zh : en);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (type, work, early) => document.addEventListener(type, work, early);
  const make = (tag, props, ...inside) => {
    const el = Object.assign(document.createElement(tag), props);
    el.append(...inside);
    return el;
  };

  // ---- typed text stays on this device until a good flash ([data-sent]) says that the server has it
  const WEEK = 7 * 24 * 3600e3;
  const KEPT = 'kept:';
  // Storage may be full or forbidden (private windows): then nothing is kept and nothing breaks.
  const store = (work) => { try { return work(localStorage); } catch { return null; } };
  const drop = (match) => store((s) => Object.keys(s).filter((k) => k.startsWith(KEPT) && match(k, s)).forEach((k) => s.removeItem(k)));
  const state = (field) => (field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value);
  const typed = (form) => [...form.elements].filter((f) => f.name && !f.readOnly && !/password|file|hidden|submit|button/.test(f.type));

  function keep(form) {
    const key = [KEPT, document.body.dataset.who, location.pathname, form.getAttribute('action')].join(':');
    const fields = typed(form);
    const first = fields.map(state);
    let timer;
    const save = (sent) => {
      clearTimeout(timer);
      const values = fields.map((f, i) => [i, f.name, first[i], state(f)]).filter((v) => v[2] !== v[3]);
      store((s) => (values.length ? s.setItem(key, JSON.stringify({ at: Date.now(), sent, values })) : s.removeItem(key)));
    };
    const kept = store((s) => JSON.parse(s.getItem(key)));
    // A field the server has since filled differently (errors, a newer version) keeps what the server says.
    for (const [i, name, was, value] of kept ? kept.values : []) {
      const f = fields[i];
      if (f && f.name === name && first[i] === was) f[typeof value === 'boolean' ? 'checked' : 'value'] = value;
    }
    if (kept) save(); // it did not arrive, whatever was hoped when it was sent
    if (fields.some((f, i) => state(f) !== first[i])) tellRestored(form, key);
    form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(save, 300); });
    form.addEventListener('submit', () => save(true));
  }

  function tellRestored(form, key) {
    const away = make('button', { type: 'button', className: 'btn link small', textContent: say('放弃', 'Discard') });
    const note = make('div', { className: 'notice grey' }, make('div', {}, say('已恢复上次未提交的内容。', 'Text not sent last time has been restored.'), away));
    note.setAttribute('role', 'status');
    away.onclick = () => { drop((k) => k === key); form.reset(); note.remove(); };
    form.prepend(note);
    unfold(form);
  }
  const unfold = (el) => { const fold = el.closest('details'); if (fold) fold.open = true; };

  // ---- a question before what cannot be undone; one submission at a time
  function ask(question, then) {
    const no = make('button', { className: 'btn', textContent: say('取消', 'Cancel') });
    const yes = make('button', { className: 'btn primary', value: 'yes', textContent: say('确定', 'Confirm') });
    const box = make('dialog', {}, make('form', { method: 'dialog' }, make('p', { textContent: question }), make('div', { className: 'buttons' }, no, yes)));
    box.onclose = () => { box.remove(); if (box.returnValue === 'yes') then(); };
    document.body.append(box);
    box.showModal();
  }
  const stop = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  const wake = (form) => { delete form.dataset.busy; all('.busy', form).forEach((b) => b.classList.remove('busy')); };
  on('submit', (event) => {
    const form = event.target;
    const by = event.submitter;
    const question = (by && by.dataset.confirm) || form.dataset.confirm;
    if (question && !form.dataset.sure && window.HTMLDialogElement && form.requestSubmit) {
      stop(event);
      ask(question, () => { form.dataset.sure = 1; form.requestSubmit(by); delete form.dataset.sure; });
      return;
    }
    if (form.method !== 'post') return;
    if (form.dataset.busy) { stop(event); return; }
    if ('forget' in form.dataset) drop(() => true);
    form.dataset.busy = 1;
    if (by) by.classList.add('busy');
    setTimeout(() => wake(form), 20e3); // a line that went dead must not leave a dead form
  }, true);
  addEventListener('pageshow', () => all('form[data-busy]').forEach(wake));

  // ---- filters, chosen files
  const size = (n) => (n < 1048576 ? Math.ceil(n / 1024) + ' KB' : (n / 1048576).toFixed(1) + ' MB');
  function showPicked(input) {
    const max = Number(input.dataset.max) || Infinity;
    const lines = [...input.files].map((file) => make('li', { className: file.size > max ? 'over' : '' },
      make('span', { textContent: file.name }),
      make('span', { className: 'nowrap', textContent: size(file.size) + (file.size > max ? say('，超过上限 ', ', above ') + size(max) : '') })));
    all('.picked', input.parentNode).forEach((old) => old.remove());
    input.after(make('ul', { className: 'picked' }, ...lines));
  }
  on('change', ({ target }) => {
    if (target.matches('input[data-upload]')) showPicked(target);
    if (target.form && 'submitOnChange' in target.form.dataset && target.name && target.type !== 'search') target.form.requestSubmit();
  });

  // ---- a form whose numbers must not add up to more than [data-sum]: its <output> follows while they are typed
  function addUp(form) {
    const out = form.querySelector('output');
    if (!out) return;
    const sum = all('[inputmode=numeric]', form).reduce((n, field) => n + (Number(field.value.replace(/[,，\s]/g, '')) || 0), 0);
    out.textContent = sum.toLocaleString('en');
    out.classList.toggle('late', sum > Number(form.dataset.sum));
  }
  on('input', ({ target }) => { if (target.form && 'sum' in target.form.dataset) addUp(target.form); });

  // ---- the phone's menu, menus that close by themselves, copying, rows that lead where their first link leads
  const side = document.getElementById('menu');
  function showMenu(open) {
    side.classList.toggle('open', open);
    const opener = document.querySelector('a[href="#menu"]');
    opener.setAttribute('aria-expanded', open);
    (open ? side.querySelector('a:not(.side-close)') : opener).focus();
  }
  const closeMenus = (but) => all('details.menu[open]').forEach((d) => { if (!d.contains(but)) d.open = false; });
  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    const tip = make('span', { className: 'tip', textContent: say('已复制', 'Copied') });
    tip.setAttribute('role', 'status');
    button.append(tip);
    setTimeout(() => tip.remove(), 1500);
  }
  on('click', (event) => {
    const at = (selector) => event.target.closest(selector);
    closeMenus(event.target);
    if (side && at('a[href="#menu"], .side-close')) { event.preventDefault(); showMenu(!side.classList.contains('open')); }
    if (at('[data-copy]')) copy(at('[data-copy]'));
    const link = at('.rows tbody tr') && at('.rows tbody tr').querySelector('a[href]');
    if (!link || at('a, button, input, select, label, summary') || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) open(link.href, '_blank', 'noopener'); else link.click();
  });
  on('keydown', (event) => {
    if (event.key !== 'Escape') return;
    closeMenus(null);
    if (side && side.classList.contains('open')) showMenu(false);
  });

  // ---- on arrival
  drop((k, s) => { const kept = JSON.parse(s.getItem(k)); return Date.now() - kept.at > WEEK || (kept.sent && document.querySelector('[data-sent]')); });
  all('form[data-keep]').forEach(keep);
  all('form[data-sum]').forEach(addUp);
  if (navigator.clipboard) all('[data-copy]').forEach((b) => { b.hidden = false; });
  all('.rows tbody tr').forEach((row) => row.classList.toggle('linked', !!row.querySelector('a[href]')));
  const wrong = document.querySelector('[aria-invalid]');
  if (wrong) { unfold(wrong); (wrong.querySelector('input') || wrong).focus(); }

  // ---- figures that follow what happens: a part of the page is read again when its stream tells of a change
  function follow(part) {
    let asked = false;
    const renew = async () => {
      asked = false;
      const answer = await fetch(location.href).catch(() => null);
      const fresh = answer && answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(part.id);
      if (!fresh) return;
      const open = all('details', part).map((d) => d.open);
      part.replaceChildren(...fresh.childNodes);
      all('details', part).forEach((d, i) => { d.open = open[i]; });
    };
    const stream = new EventSource(part.dataset.live);
    stream.addEventListener('change', () => {
      if (asked || document.hidden) { asked = true; return; }
      asked = true;
      setTimeout(renew, 200); // what happens at once is read once
    });
    on('visibilitychange', () => { if (asked && !document.hidden) renew(); });
  }
  if (window.EventSource) all('[data-live]').forEach(follow);
})();
