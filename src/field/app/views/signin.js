// The door: signing in for the first time, or again after the session has lapsed; or going on as somebody who is here.
import { begin, change, confirm, here, knock, who } from '../core/account.js';
import { fill, h, icon } from '../core/dom.js';
import { Trouble } from '../core/http.js';
import { persist } from '../core/storage.js';
import { lang, say, speak } from '../core/words.js';
import { remember } from '../core/db.js';
import { button, card, field, line, notice, once } from './parts.js';

/** @param {import('../main.js').Context} context */
export async function view(context) {
  const me = who();
  const known = (await here()).filter((account) => account.id !== me?.id);
  const wrong = h('div', {});
  const typed = { login: me?.login || '', password: '', code: '', token: '' };
  const password = field(say('password'), line('', (v) => { typed.password = v; }, { type: 'password', autocomplete: 'current-password', name: 'password' }));
  const login = field(say('login'), line(typed.login, (v) => { typed.login = v; }, { autocomplete: 'username', name: 'login', autocapitalize: 'off', readonly: Boolean(me) }));
  const code = h('div', {});
  const inside = async (/** @type {string | null} */ token, /** @type {string | null} */ ends) => {
    await begin(token, ends, typed.login, me?.id);
    await persist();
    location.hash = '#/';
    context.redraw();
  };
  const enter = async () => {
    fill(wrong);
    try {
      const opened = typed.token ? await confirm(typed.token, typed.code) : await knock(typed.login.trim(), typed.password);
      if (opened.change) return fill(wrong, notice('orange', say('sign_in_change'), ' ', h('a', { href: '/sign-in' }, say('sign_in_desk'))));
      if (!opened.code) return await inside(opened.token, opened.ends);
      typed.token = opened.token;
      fill(code, field(say('second_factor'), line('', (v) => { typed.code = v; }, { inputmode: 'numeric', autocomplete: 'one-time-code', name: 'code' })));
    } catch (error) {
      fill(wrong, notice('red', sentence(error)));
    }
  };
  const browser = async () => {
    try {
      await inside(null, null);
    } catch (error) {
      fill(wrong, notice('red', error instanceof Trouble && error.status === 401 ? say('sign_in_no_session') : sentence(error)));
    }
  };
  const submit = once(enter);
  const form = h('form', { class: 'stack', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); submit(event); } }, login, password, code, wrong,
    h('button', { class: 'btn primary f-wide' }, say('sign_in')));
  const other = lang() === 'zh' ? 'en' : 'zh';
  return {
    title: say('app'), tabs: Boolean(me), body: [
      h('div', { class: 'f-door' }, h('img', { src: '/static/favicon.svg', alt: '', width: 64, height: 64 }), h('p', {}, say('app_line'))),
      me ? notice('orange', say('sign_in_again', { name: me.name })) : null,
      card('', form, button(say('sign_in_session'), browser, { kind: 'link f-wide' })),
      known.length ? card(say('sign_in_here'), known.map((account) => button(account.name, async () => { await change(account.id); location.hash = '#/'; context.redraw(); }, { symbol: 'person', kind: 'f-wide' }))) : null,
      h('p', { class: 'f-center' }, h('button', { class: 'btn link', type: 'button', lang: other === 'zh' ? 'zh-CN' : 'en', onclick: async () => { speak(other); await remember('settings', other, 'lang'); context.redraw(); } }, icon('language'), other === 'zh' ? '中文' : 'English')),
    ],
  };
}

/** @param {unknown} error */
function sentence(error) {
  if (!(error instanceof Trouble)) return String(error);
  if (error.code === 'field.other_account') return say('sign_in_other');
  return error.status === 0 ? say('sign_in_offline') : error.message;
}
