/** The tests' hub on loopback, for programs of others: `npx tsx tools/hub/serveHub.ts [BYTES_A_SECOND]`. Prints its address and serves until it is ended. */
import { HubServer } from '../../test/support/hub/hubServer';
import { checkpointRepository } from '../../test/support/hub/repositories';

void HubServer.start({ 'org/tiny': checkpointRepository([700_000, 900_000]) }).then((hub) => {
  hub.speed = process.argv[2] === undefined ? null : Number(process.argv[2]);
  console.log(hub.endpoint);
});
