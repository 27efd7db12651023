// What lies on the device at rest: sealed with a key that the browser uses for us and gives to nobody (AES-GCM, not
// extractable), one for each account. When the key goes, all that was sealed with it is noise. What this keeps safe and what
// it does not: docs/decisions/0011-what-lies-on-a-phone.md.



/** @returns {Promise<CryptoKey>} */
export function newKey() {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** @param {CryptoKey} key @param {BufferSource} plain */
async function close(key, plain) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain) };
}

/** Seals a value of plain data. @param {CryptoKey} key @param {unknown} value @returns {Promise<Box>} */
export function closed(key, value) {
  return close(key, new TextEncoder().encode(JSON.stringify(value)));
}

/** Opens it again. @param {CryptoKey} key @param {Box} box @returns {Promise<any>} */
export async function opened(key, box) {
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.iv }, key, /** @type {ArrayBuffer} */ (box.data));
  return JSON.parse(new TextDecoder().decode(plain));
}

/** Seals a file; what is sealed stays a file, which the browser keeps beside the database. @param {CryptoKey} key @param {Blob} file @returns {Promise<Box>} */
export async function closedFile(key, file) {
  const { iv, data } = await close(key, await file.arrayBuffer());
  return { iv, data: new Blob([data]), type: file.type };
}

/** @param {CryptoKey} key @param {Box} box @returns {Promise<Blob>} */
export async function openedFile(key, box) {
  const data = await /** @type {Blob} */ (box.data).arrayBuffer();
  return new Blob([await crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.iv }, key, data)], { type: box.type });
}

/** @param {unknown} thing @returns {thing is Box} */
export function isBox(thing) {
  return thing instanceof Object && 'iv' in thing && 'data' in thing;
}
