// Keeps the app on the device. The server writes `SHELL` before this text: the version, and every file with its hash.
// A version is kept whole or not at all; pages go on with the version they were opened with.
/// <reference lib="webworker" />

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const NAME = `paicha-field-${SHELL.version}`;
const SCANNER = 'paicha-field-scanner';

/** @param {ArrayBuffer} bytes */
async function digest(bytes) {
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  return [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * Keeps a file when it is the one that the version names. What the page has just loaded is at hand; what is of another
 * version is asked for again.
 * @param {Cache} cache @param {string} path @param {string} hash
 */
async function keep(cache, path, hash) {
  for (const how of /** @type {const} */ (['force-cache', 'no-cache'])) {
    const response = await fetch(path, { cache: how, redirect: 'error' });
    const same = response.ok && (await digest(await response.clone().arrayBuffer())) === hash;
    if (same) return cache.put(path, response);
  }
  throw new Error(`${path} is of another version`);
}

async function install() {
  const cache = await caches.open(NAME);
  await Promise.all(SHELL.files.map(([path, hash]) => keep(cache, path, hash)));
}

/** The reader of codes, for browsers that have none. */
async function keepScanner() {
  const cache = await caches.open(SCANNER);
  await Promise.all(SHELL.scanner.map(async ([path, hash]) => {
    const known = await cache.match(path);
    if (!known || (await digest(await known.arrayBuffer())) !== hash) await keep(cache, path, hash);
  }));
}

async function clean() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith('paicha-field-') && name !== NAME && name !== SCANNER).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @type {Promise<Cache> | undefined} */
let kept;

/** @param {Request} request */
async function answer(request) {
  const { pathname } = new URL(request.url);
  kept ||= caches.open(NAME);
  const known = await (await kept).match(request.mode === 'navigate' ? '/field/shell' : pathname);
  return known || (await caches.match(pathname, { cacheName: SCANNER })) || fetch(request);
}

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(clean()));
worker.addEventListener('message', (event) => {
  if (event.data === 'take over') event.waitUntil(worker.skipWaiting());
  if (event.data === 'keep scanner') event.waitUntil(keepScanner().catch(() => {}));
});
worker.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const ours = pathname.startsWith('/field/') || SHELL.files.some(([path]) => path === pathname);
  if (event.request.method === 'GET' && origin === location.origin && ours) event.respondWith(answer(event.request));
});
