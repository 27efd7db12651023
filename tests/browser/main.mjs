// Runs the journeys one after another and says what came of each. Closing line: `N passed, N failed`.
import { mkdtempSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openHouse } from './house.mjs';
import { People } from './people.mjs';
import { portraits, takePictures } from './pictures.mjs';

const args = process.argv.slice(2);
const wish = args.indexOf('--pictures');
const folder = wish >= 0 ? resolve(process.env.FROM || process.cwd(), args.splice(wish, 2)[1]) : null;
const [wanted = ''] = args;

async function journeys() {
  const files = readdirSync(join(import.meta.dirname, 'journeys')).filter((f) => f.endsWith('.mjs')).sort();
  const loaded = await Promise.all(files.map(async (f) => Object.entries(await import(`./journeys/${f}`)).map(([name, journey]) => [f, name, journey])));
  // by the name of the journey or of its file
  const meant = new RegExp(wanted);
  return loaded.flat().filter(([file, name]) => meant.test(`${file} ${name}`)).map(([, name, journey]) => [name, journey]);
}

async function walk(name, journey, people) {
  const began = Date.now();
  const faults = [];
  try {
    await journey(people);
  } catch (error) {
    faults.push(error.message.split('\n').slice(0, 6).join('\n'));
  }
  faults.push(...(await people.leave()));
  const time = `${((Date.now() - began) / 1000).toFixed(1)} s`;
  console.log(`${faults.length ? 'FAILED' : 'ok    '} ${name.replaceAll('_', ' ')} (${time})`);
  for (const fault of faults) console.log(`       ${fault}`);
  return faults.length === 0;
}

const house = await openHouse();
console.log(`demonstration made in ${house.seconds.toFixed(1)} s at ${house.url}`);
const people = await People.gather(house);
let [passed, failed] = [0, 0];
try {
  if (folder) {
    mkdirSync(folder, { recursive: true });
    await portraits(people, folder);
    console.log(`pictures: ${folder}`);
  } else {
    for (const [name, journey] of await journeys()) {
      if (await walk(name, journey, people)) passed += 1; else failed += 1;
    }
    if (!wanted) {
      const pictures = mkdtempSync(join(tmpdir(), 'paicha-pictures-'));
      if (await walk('pictures_of_the_main_pages', () => takePictures(people, pictures), people)) passed += 1; else failed += 1;
      console.log(`pictures: ${pictures}`);
    }
  }
  const broken = house.log.filter((line) => line.includes('ERROR'));
  if (broken.length) {
    failed += 1;
    console.log(`FAILED the log of the program\n       ${broken.slice(0, 10).join('\n       ')}`);
  }
} finally {
  await people.browser.close();
  await house.close();
}
if (!folder) console.log(`${people.pages} pages looked at`);
if (!folder || failed) console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
