import { createServer } from 'node:net';

/** A TCP port that is free on the loopback address at this moment. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * Asks again until `attempt` gives a value.
 * @template T
 * @param {() => Promise<T | undefined>} attempt failures count as "not yet"
 * @param {number} milliseconds
 * @param {string} failure what to say when the time is over
 * @returns {Promise<T>}
 */
export async function poll(attempt, milliseconds, failure) {
  const end = Date.now() + milliseconds;
  for (let last = ''; ;) {
    try {
      const value = await attempt();
      if (value !== undefined) return value;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > end) throw new Error(last ? `${failure} (${last.split('\n')[0]})` : failure);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
