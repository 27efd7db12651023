// A line between a phone and the house that can be made to misbehave: it loses replies, cuts uploads, is slow and lossy, and
// may bring a newer version of the app.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** A packet. What is lost of it comes again a round trip later, and whatever follows on its connection waits for it. */
const PACKET = 1460;

/**
 * Carries bytes as a slow line does: all connections share `rate` bytes a second each way, a part `loss` of the packets is
 * lost. This is what TCP makes of such a line, not the line itself: netem would need rights that tests do not have.
 */
async function creep(from, to, slow, way) {
  for await (const part of from) {
    for (let at = 0; at < part.length; at += PACKET) {
      const packet = part.subarray(at, at + PACKET);
      for (let again = true; again;) {
        slow[way] = Math.max(slow[way] || 0, Date.now()) + (packet.length / slow.rate) * 1000;
        await setTimeout(slow[way] - Date.now());
        again = Math.random() < slow.loss;
        if (again) { slow.lost = (slow.lost || 0) + 1; await setTimeout(slow.delay); }
      }
      to.write(packet);
    }
  }
  to.end();
}

/** @returns an address of its own that leads to `target`; `faults` and `change` may be set while it is in use. */
export async function openLine(target) {
  const line = { faults: () => '', change: null, slow: null, requests: 0, bytes: 0, down: 0 };
  const server = createServer((asked, answer) => {
    line.requests += 1;
    const fault = line.faults(asked);
    if (fault === 'refuse') return asked.socket.destroy();
    const url = new URL(asked.url, target);
    const headers = { ...asked.headers };
    if (line.change) {
      headers['accept-encoding'] = 'identity';
      delete headers['if-none-match'];
    }
    const onward = request(url, { method: asked.method, headers }, (came) => {
      came.on('data', (part) => { line.down += part.length; });
      if (line.slow) {
        // there and back once, twice when the connection is new
        const trips = asked.socket.known ? 1 : 2;
        asked.socket.known = true;
        setTimeout(line.slow.delay * trips).then(() => {
          answer.writeHead(came.statusCode, came.headers);
          creep(came, answer, line.slow, 'back').catch(() => asked.socket.destroy());
        });
        return;
      }
      if (fault === 'lose the reply') { came.resume(); came.on('end', () => asked.socket.destroy()); return; }
      if (!line.change) {
        answer.writeHead(came.statusCode, came.headers);
        came.pipe(answer);
        return;
      }
      const parts = [];
      came.on('data', (part) => parts.push(part));
      came.on('end', () => {
        const body = line.change(url.pathname, Buffer.concat(parts));
        const { 'content-length': _, 'transfer-encoding': __, etag: ___, ...rest } = came.headers;
        answer.writeHead(came.statusCode, rest);
        answer.end(body);
      });
    });
    onward.on('error', () => asked.socket.destroy());
    asked.on('data', (part) => {
      line.bytes += part.length;
      if (asked.method === 'PATCH') line.uploaded = (line.uploaded || 0) + part.length;
    });
    if (fault === 'cut') {
      // half of what is sent arrives, then the line is gone
      let left = Number(asked.headers['content-length'] || 0) / 2;
      asked.on('data', (part) => {
        onward.write(part.subarray(0, Math.max(0, left)));
        left -= part.length;
        if (left <= 0) { asked.socket.destroy(); onward.destroy(); }
      });
      return;
    }
    if (line.slow) { creep(asked, onward, line.slow, 'there').catch(() => asked.socket.destroy()); return; }
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  line.url = `http://127.0.0.1:${server.address().port}`;
  line.close = () => { server.closeAllConnections(); server.close(); };
  return line;
}
