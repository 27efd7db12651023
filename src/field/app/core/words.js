// Every word in both languages. A word that one of them lacks does not pass the type checker, nor the tests.
import zh from '../words/zh.js';
import en from '../words/en.js';

/** @typedef {keyof typeof zh} Word */

/** @type {'zh' | 'en'} */
let chosen = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';

export const lang = () => chosen;

/** @param {'zh' | 'en'} value */
export function speak(value) {
  chosen = value;
  document.documentElement.lang = value === 'zh' ? 'zh-CN' : 'en';
}

/** A sentence with its values: `{n}`. @param {Word} word @param {Record<string, string | number>} [values] */
export function say(word, values = {}) {
  const text = (chosen === 'zh' ? zh : en)[word];
  return text.replace(/\{(\w+)\}/g, (_, name) => whole(String(values[name] ?? '')));
}

/** A date stays on one line: between its parts stands a sign that nobody sees (U+2060). @param {string} value */
const whole = (value) => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? value.replaceAll('-', '\u2060-\u2060') : value);

/** The word for a code of a closed list, such as `severity` and `major`; the code itself when we do not know it. @param {string} list @param {string | null | undefined} code */
export function term(list, code) {
  const key = `${list}_${code}`;
  return key in zh ? say(/** @type {Word} */ (key)) : code || '';
}

/** The name of something that has one in both languages. @param {{zh: string, en: string} | undefined} thing */
export function name(thing) {
  return thing ? (chosen === 'zh' ? thing.zh : thing.en) || thing.zh : '';
}
