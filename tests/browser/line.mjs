// A line between a phone and the house that can be made to misbehave: it loses, doubles, delays and cuts what goes along it,
// is slow and loses packets, and may bring a newer version of the app.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** Bytes of a packet. */
const PACKET = 1460;

/**
 * What the line may do to one request. refuse: it does not arrive; cut: half of it does; late: it arrives when another one
 * has; twice: it arrives twice; lose the reply, cut the reply: it arrives, and nothing or half of the answer comes back.
 */
export const FAULTS = ['refuse', 'cut', 'late', 'twice', 'lose the reply', 'cut the reply'];

/** @returns an address of its own that leads to `target`; `faults`, `change` and `slow` may be set while it is in use. */
export async function openLine(target) {
  const line = { faults: () => '', change: null, slow: null, requests: 0, bytes: 0, uploaded: 0, down: 0, lost: 0, late: [], to: target };
  const server = createServer((asked, answer) => {
    line.requests += 1;
    const { socket } = asked; // a request that has been read to its end has none any more
    const cut = () => socket.destroy();
    const carried = line.slow ? slowly(line, asked, answer, cut) : carry(line, asked, answer, cut);
    carried.catch(cut);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  line.url = `http://127.0.0.1:${server.address().port}`;
  line.close = () => { server.closeAllConnections(); server.close(); };
  return line;
}

/** What is sent, counted. */
async function* counted(line, asked) {
  for await (const part of asked) {
    line.bytes += part.length;
    if (asked.method === 'PATCH') line.uploaded += part.length;
    yield part;
  }
}

async function carry(line, asked, answer, cut) {
  const fault = line.faults(asked);
  if (fault === 'refuse') return cut();
  const sent = { url: new URL(asked.url, line.to), method: asked.method, headers: { ...asked.headers }, body: Buffer.alloc(0) };
  if (line.change) {
    sent.headers['accept-encoding'] = 'identity';
    delete sent.headers['if-none-match'];
  }
  if (fault === 'cut') return half(line, asked, sent, cut);
  sent.body = await whole(counted(line, asked));
  if (line.late.length) send(line.late.shift()).catch(() => {});
  if (fault === 'late') {
    line.late.push(sent);
    return cut();
  }
  if (fault === 'twice') send(sent).catch(() => {});
  const came = await send(sent);
  if (fault === 'lose the reply') return cut();
  const body = line.change ? line.change(sent.url.pathname, came.body) : came.body;
  line.down += body.length;
  const { 'transfer-encoding': _, etag, ...headers } = came.headers;
  if (etag && !line.change) headers.etag = etag;
  if (came.status !== 304 && asked.method !== 'HEAD') headers['content-length'] = body.length;
  answer.writeHead(came.status, headers);
  if (fault === 'cut the reply') return answer.write(body.subarray(0, body.length / 2), cut);
  answer.end(body);
}

/** Half of what is sent arrives, then the line is gone. */
async function half(line, asked, sent, cut) {
  const onward = request(sent.url, { method: sent.method, headers: sent.headers });
  onward.on('error', () => {});
  let left = Number(asked.headers['content-length'] || 0) / 2;
  for await (const part of counted(line, asked)) {
    onward.write(part.subarray(0, left));
    left -= part.length;
    if (left <= 0) break;
  }
  cut();
  onward.destroy();
}

async function whole(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Sends a request; answers what came back. */
async function send({ url, method, headers, body }) {
  const onward = request(url, { method, headers });
  onward.end(body);
  const [came] = await once(onward, 'response');
  return { status: came.statusCode, headers: came.headers, body: await whole(came) };
}

/**
 * Carries a request as a slow line does: everything together at most `rate` bytes a second each way, `delay` milliseconds
 * there and back, a part `loss` of the packets lost. This is what TCP makes of such a line (a new connection costs two trips
 * more, one of them for TLS; what is lost comes again a trip later and holds up what follows; a lone packet is missed after
 * a second): the kernel's own emulation would need rights and modules that a test does not have.
 */
async function slowly(line, asked, answer, cut) {
  const { delay, loss } = line.slow;
  const trips = answer.socket.known ? 1 : 3;
  answer.socket.known = true;
  const onward = request(new URL(asked.url, line.to), { method: asked.method, headers: asked.headers });
  onward.on('error', cut);
  creep(line, 'there', counted(line, asked), onward).catch(cut);
  const [came] = await once(onward, 'response');
  for (let trip = 0; trip < trips; trip += 1) {
    await setTimeout(delay);
    for (; Math.random() < loss; line.lost += 1) await setTimeout(1000);
  }
  answer.writeHead(came.statusCode, came.headers);
  await creep(line, 'back', came, answer);
}

/** Carries bytes packet by packet. */
async function creep(line, way, from, to) {
  const { slow } = line;
  for await (const part of from) {
    if (way === 'back') line.down += part.length;
    for (let at = 0; at < part.length; at += PACKET) {
      const packet = part.subarray(at, at + PACKET);
      for (let again = true; again;) {
        // the line is one for all: whoever comes waits until those before have gone
        slow[way] = Math.max(slow[way] || 0, Date.now()) + (packet.length / slow.rate) * 1000;
        await setTimeout(slow[way] - Date.now());
        again = Math.random() < slow.loss;
        if (again) { line.lost += 1; await setTimeout(slow.delay); }
      }
      to.write(packet);
    }
  }
  to.end();
}
