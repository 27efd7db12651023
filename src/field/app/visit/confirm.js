// What one phone tells another about a record that was sealed, and what the other seals to confirm it. The record itself
// stays where it is: what is confirmed is the hash of its very bytes.
import { base64url, hex, sha256 } from '../core/ids.js';
import { MOST } from '../core/qr.js';

/** @typedef {{visit: string, item: string, sha256: string, title: string}} Shown */

const HEAD = 'paicha:1:';

/** @param {string} digits */
function packed(digits) {
  const bytes = digits.replaceAll('-', '').match(/../g)?.map((two) => parseInt(two, 16)) || [];
  return base64url(new Uint8Array(bytes).buffer);
}

/** @param {string} text @returns {string} */
function unpacked(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return hex(Uint8Array.from(plain, (c) => c.charCodeAt(0)));
}

/** @param {string} digits */
const uuid = (digits) => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** What stands in the code of a sealed record. The name is cut to what fits. @param {Item} item */
export async function codeOf(item) {
  const fixed = `${HEAD}${packed(item.about)}:${packed(item.id)}:${packed(await sha256(item.content))}:`;
  let title = item.title;
  while (new TextEncoder().encode(fixed + title).length > MOST) title = [...title].slice(0, -1).join('');
  return fixed + title;
}

/** Reads such a code; nothing when it is another. @param {string} text @returns {Shown | null} */
export function readCode(text) {
  const parts = text.trim().match(/^paicha:1:([\w-]{22}):([\w-]{22}):([\w-]{43}):(.*)$/s);
  if (!parts) return null;
  const [visit, item, sealed] = parts.slice(1, 4).map(unpacked);
  return { visit: uuid(visit), item: uuid(item), sha256: sealed, title: parts[4] };
}
