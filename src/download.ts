/** The downloader's thread: the only program that uses the network, and only while somebody has Download Model run. */
import { parentPort, workerData } from 'node:worker_threads';
import { HubRequests } from './hub/hubRequests';
import { isToDownloader } from './protocol/hub/checkedMessages';
import type { DownloaderData } from './protocol/hub/messages';

const port = parentPort!;
const requests = new HubRequests(workerData as DownloaderData, (message) => { port.postMessage(message); });
port.on('message', (message: unknown) => {
  if (isToDownloader(message)) requests.receive(message);
  else console.warn('A message to the downloader has a form that nobody sends and was dropped.');
});
