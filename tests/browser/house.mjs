// A demonstration of its own on a free loopback port, served by the program under test.
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');

function program() {
  const metadata = execFileSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], { cwd: ROOT, maxBuffer: 1 << 24 });
  return join(JSON.parse(metadata).target_directory, 'debug', 'paicha');
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Starts the program; answers when it listens. */
async function serve(data, address, log) {
  const server = spawn(program(), ['demo', '--data', data, '--listen', address], {
    env: { ...process.env, RUST_LOG: 'warn,paicha=info', NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = once(server, 'exit');
  const serving = new Promise((open, fail) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      log.push(line);
      if (line.includes('serving')) open();
    });
    gone.then(([code]) => fail(new Error(`the program ended (${code}):\n${log.slice(-20).join('\n')}`)));
  });
  const end = async (signal) => {
    if (server.exitCode === null) server.kill(signal);
    await gone;
  };
  try {
    await serving;
  } catch (error) {
    await end('SIGTERM');
    throw error;
  }
  return end;
}

/** Makes the data and serves it. `close` stops exactly this server and removes its folder; `crash` ends it without a
 * warning, `revive` starts it again on the same data. */
export async function openHouse() {
  const folder = mkdtempSync(join(tmpdir(), 'paicha-browser-'));
  const data = join(folder, 'demo');
  const address = `127.0.0.1:${await freePort()}`;
  const began = Date.now();
  const log = [];
  // a demonstration that was made before saves a minute while one works on journeys
  if (process.env.PAICHA_DEMO) cpSync(process.env.PAICHA_DEMO, data, { recursive: true });
  let end;
  try {
    end = await serve(data, address, log);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const close = async () => {
    await end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  const crash = () => end('SIGKILL');
  // a connection that knocks at the closed door may hold its number for a moment
  const revive = async (tries = 40) => {
    try {
      end = await serve(data, address, log);
    } catch (error) {
      if (tries === 0 || !error.message.includes('Address already in use')) throw error;
      await setTimeout(250);
      await revive(tries - 1);
    }
  };
  return { url: `http://${address}`, folder, log, seconds: (Date.now() - began) / 1000, close, crash, revive };
}
