// Visits made through the app's own modules, without its screens: answers, photographs, signatures, seals.
import { Phone } from './field.mjs';
import { check } from './people.mjs';

/** A phone on this line on which somebody has signed in and received the pack. */
export async function phoneOn(people, line, login) {
  const phone = await Phone.of(people, { baseURL: line.url });
  await phone.signIn(login);
  await phone.state('已同步');
  return phone;
}

/**
 * Makes visits with photographs; answers their ids. A photograph is drawn anew and made smaller as the camera's are, or,
 * with `noise`, kept as it is and so many bytes large: noise does not compress. `sealed` on the window, when there is one,
 * is told of each visit as soon as it is sealed.
 */
export function work(page, { visits, photos, noise = 0, side = 1200, second = '' }) {
  return page.evaluate(async ({ visits, photos, noise, side, second: name }) => {
    const load = (path) => import(`/field/${path}`);
    const [db, form, submission, account, store] = await Promise.all(['core/db.js', 'visit/form.js', 'visit/submission.js', 'core/account.js', 'core/photos.js'].map(load));
    const [sites, campaigns, colleagues] = await Promise.all(['enterprises', 'campaigns', 'colleagues'].map((one) => db.all(one)));
    const me = account.who().id;
    const second = colleagues.find((c) => c.id !== me && (!name || c.name === name));
    const canvas = Object.assign(document.createElement('canvas'), { width: side, height: (side * 3) / 4 });
    const pen = canvas.getContext('2d');
    let taken = 0;
    const draw = () => {
      for (let i = 0; i < 60; i += 1) {
        pen.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
        pen.fillRect(Math.random() * canvas.width, Math.random() * canvas.height, side / 6, side / 8);
      }
      return store.blobOf(canvas, 'image/jpeg', 0.9);
    };
    const heavy = async () => {
      const bytes = new Uint8Array(noise);
      for (let at = 0; at < noise; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(noise, at + 65536)));
      return store.keep(new Blob([await draw(), bytes], { type: 'image/jpeg' }), null);
    };
    const photograph = async () => {
      taken += 1;
      return noise ? heavy() : store.take(await draw(), false);
    };
    const made = [];
    for (let v = 0; v < visits; v += 1) {
      const id = await form.beginUnplanned(sites[v % sites.length], campaigns[0].id);
      const visit = await form.openVisit(id);
      for (const q of visit.questions) form.answerTo(visit.form, q.id).answer = 'conforms';
      while (taken < Math.round(((v + 1) * photos) / visits)) form.answerTo(visit.form, visit.questions[taken % visit.questions.length].id).photos.push(await photograph());
      const signature = await store.keep(await store.blobOf(canvas, 'image/png'), null);
      Object.assign(visit.form, { second: second.id, credentials: true, withdrawal: true });
      for (const who of ['me', 'second', 'party']) visit.form.signatures[who] = { name: '测试', sha256: signature, typed: false, at: '', of: form.stamp(visit) };
      const lacks = form.missing(visit);
      if (lacks.length) throw new Error(JSON.stringify(lacks));
      const item = await submission.seal(visit, me);
      await window.sealed?.(id, item.content);
      made.push(id);
    }
    return made;
  }, { visits, photos, noise, side, second });
}

/** Exchanges again and again, more often than the app would by itself, until `done` has come. */
export async function hurry(page, pause, done) {
  const again = setInterval(() => page.evaluate(async () => (await import('/field/core/exchange.js')).exchange(true)).catch(() => {}), pause);
  return done.finally(() => clearInterval(again));
}

/** Waits until everything has its receipt; answers the items. */
export async function allSent(phone, seconds) {
  await phone.page.goto('/field/#/outbox');
  await phone.page.locator('.f-standing.green', { hasText: '全部送达' }).waitFor({ timeout: seconds * 1000 });
  const items = await phone.kept('items');
  check(items.every((i) => i.state === 'stored'), 'all have their receipt');
  const photos = await phone.kept('photos');
  check(photos.every((p) => p.freed && !p.blob), 'all copies are freed');
  return items;
}
