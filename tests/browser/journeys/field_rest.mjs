// What lies on a phone: sealed while somebody works with it, gone when they sign out.
import { Phone } from '../field.mjs';
import { check } from '../people.mjs';
import { begin } from '../shift.mjs';

/** Everything that the browser keeps for the app, as text: what somebody reads who has the files of the profile. */
function raw(phone) {
  return phone.page.evaluate(async () => {
    const answer = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = fail; });
    const text = async (value) => {
      if (value instanceof Blob) return new TextDecoder('latin1').decode(await value.arrayBuffer());
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return new TextDecoder('latin1').decode(value);
      if (value instanceof CryptoKey) return value.extractable && value.type !== 'public' ? 'a key that can be taken out' : 'a key';
      if (value instanceof Object) return (await Promise.all(Object.entries(value).map(async ([k, v]) => `${k}=${await text(v)}`))).join('\n');
      return String(value);
    };
    const said = {};
    for (const { name } of await indexedDB.databases()) {
      const db = await answer(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        if (['campaigns', 'packs'].includes(store)) continue; // public
        said[`${name.slice(0, 20)}/${store}`] = await text(await answer(db.transaction(store).objectStore(store).getAll()));
      }
      db.close();
    }
    return said;
  });
}

export async function what_lies_on_a_phone_is_sealed_and_gone_after_signing_out(people) {
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.received();
  const visit = await begin(phone);
  const secret = '配电室第三柜未上锁';
  const [id] = await phone.questions();
  await phone.answer(id, 'not_checked');
  await phone.page.locator(`#q-${id} textarea`).first().fill(secret);
  await phone.photograph(`#q-${id}`, 'sealed');
  await phone.page.waitForFunction(async ([key, words]) => JSON.stringify(await (await import('/field/core/db.js')).get('drafts', key)).includes(words), [visit, secret]);
  const told = await phone.page.evaluate(async () => {
    const { all, get } = await import('/field/core/db.js');
    const { fileOf } = await import('/field/core/db.js');
    const [photo] = await all('photos');
    const token = await (await import('/field/core/account.js')).who().token;
    const begin = new Uint8Array(await (await fileOf(photo.blob)).arrayBuffer()).slice(0, 3);
    return { firms: (await all('enterprises')).map((e) => e.name), names: (await all('colleagues')).map((c) => c.name), token, me: (await get('meta', 'me')).name, jpeg: [...begin].join() };
  });
  check(told.jpeg === '255,216,255' && told.firms.length > 0 && told.token, 'the app itself reads all of it');
  const lies = await raw(phone);
  const names = told.names.filter((n) => n !== told.me); // whose phone it is stands at the door
  for (const [store, text] of Object.entries(lies)) {
    for (const word of [secret, told.token, ...told.firms, ...names, 'JFIF', 'a key that can be taken out']) check(!text.includes(word), `${store} holds «${word}» openly`);
  }
  check(Object.values(lies).some((text) => text.includes('box=')), 'it was looked into');
  await phone.reopen(`/field/#/visit/${visit}`);
  check((await phone.page.locator(`#q-${id} textarea`).first().inputValue()) === secret, 'it is all there again');

  // what an earlier version left open is sealed when the app is next opened
  await phone.page.evaluate(async () => {
    const answer = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = fail; });
    const [{ all }, { who }] = await Promise.all([import('/field/core/db.js'), import('/field/core/account.js')]);
    const [firm] = await all('enterprises');
    const db = await answer(indexedDB.open(`paicha-field-${who().id}`));
    const tx = db.transaction(['enterprises', 'meta'], 'readwrite');
    tx.objectStore('enterprises').put(firm);
    tx.objectStore('meta').delete('at rest');
    await new Promise((done) => { tx.oncomplete = done; });
    db.close();
  });
  await phone.reopen();
  const again = await raw(phone);
  check(!Object.values(again).some((text) => told.firms.some((name) => text.includes(name))), 'nothing lies open any more');

  // drop the draft, sign out: nothing is left of it
  await phone.page.evaluate(async (key) => (await import('/field/core/drafts.js')).drop(key), visit);
  await phone.page.goto('/field/#/settings');
  await phone.page.reload();
  await phone.tap(phone.page.getByRole('button', { name: '退出登录' }));
  await phone.page.locator('[name=login]').waitFor();
  const left = await phone.page.evaluate(async () => (await indexedDB.databases()).map((d) => d.name));
  check(left.join() === 'paicha-field', `left: ${left}`);
  const door = await raw(phone);
  check(!Object.values(door).join().includes('ying') && !Object.keys(door).some((k) => /rest-/.test(k)), 'the door knows nobody');
}
