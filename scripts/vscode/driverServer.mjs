import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/**
 * @typedef {object} TestReport
 * @property {number} passed
 * @property {number} failed
 * @property {number} pending
 */

/**
 * The loopback end of the tests' driver client. `POST {url}/{method}` with the JSON argument answers `{ value }` or
 * `{ error }`; `log` prints a line of the tests' reporter, `report` hands in their counts.
 * @param {() => Promise<import('../../test/integration/support/driverApi').DriverApi>} driver resolved when the page is there
 * @returns {Promise<{ url: string, report: () => TestReport | undefined, close: () => void }>}
 */
export async function startDriverServer(driver) {
  const secret = randomUUID(); // other users of this machine can reach a loopback port, too
  /** @type {TestReport | undefined} */
  let report;
  const own = {
    log: (/** @type {{ text: string }} */ { text }) => void process.stdout.write(`${text}\n`),
    report: (/** @type {TestReport} */ counts) => void (report = counts),
  };
  const server = createServer((request, response) => {
    void (async () => {
      const [, given, method] = (request.url ?? '').split('/');
      if (request.method !== 'POST' || given !== secret) {
        response.writeHead(404).end();
        return;
      }
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const argument = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
      const target = method in own ? own : await driver();
      const call = /** @type {Record<string, (argument: any) => unknown>} */ (/** @type {unknown} */ (target))[method];
      const reply = call
        ? await Promise.resolve().then(() => call(argument)).then((value) => ({ value }), (error) => ({ error: String(error?.message ?? error) }))
        : { error: `The driver has no method "${method}".` };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
    })().catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/${secret}`, report: () => report, close: () => { server.closeAllConnections(); server.close(); } };
}
