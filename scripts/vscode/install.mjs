// Puts the VS Code servers that the tests run in into the user's cache, the newest and the oldest that `engines` admits; done when they are there.
import { ensureCodeServer, RELEASES } from './codeServer.mjs';

if (process.platform !== 'linux') console.log('Only Linux has the VS Code server route: nothing to install.');
else for (const release of Object.values(RELEASES)) await ensureCodeServer(release);
