// A line between a phone and the house that can be made to misbehave: it loses replies, cuts uploads, and may bring a newer
// version of the app.
import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** @returns an address of its own that leads to `target`; `faults` and `change` may be set while it is in use. */
export async function openLine(target) {
  const line = { faults: () => '', change: null, requests: 0, bytes: 0 };
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
    asked.on('data', (part) => { line.bytes += part.length; });
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
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  line.url = `http://127.0.0.1:${server.address().port}`;
  line.close = () => { server.closeAllConnections(); server.close(); };
  return line;
}
