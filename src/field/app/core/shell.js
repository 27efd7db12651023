// The app on the device: kept by the worker, renewed between two pieces of work, never under somebody's hands.
import { bus, tell } from './dom.js';
import { isNative } from './scan.js';

/** @type {ServiceWorker | null} */
let waiting = null;

/** Whether a newer version lies ready. */
export const isNewer = () => waiting !== null;

/** The work of the day has come. @type {Promise<unknown>} */
const inStep = new Promise((done) => { bus.addEventListener('in step', done, { once: true }); });

/** Keeps the app on the device. */
export async function settle() {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.register('/field/sw.js', { scope: '/field/' });
  const ready = (/** @type {ServiceWorker | null} */ worker) => {
    if (worker?.state !== 'installed' || !navigator.serviceWorker.controller) return;
    waiting = worker;
    tell('newer');
  };
  ready(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => ready(worker));
  });
  const { active } = await navigator.serviceWorker.ready;
  // Where the browser cannot read codes, the reader is fetched while there is network, after what is needed more.
  if (!(await isNative())) inStep.then(() => active?.postMessage('keep scanner'));
}

/** Goes over to the newer version. What is being written is on the disk already. */
export function renew() {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
  waiting?.postMessage('take over');
}
