import type { Command } from '../../commands/command';
import type { ModelDownloads } from './modelDownloads';

/** Fetches a model from the hub: the one command that uses the network. */
export function downloadModel(downloads: ModelDownloads): Command {
  return { id: 'flashtrace.downloadModel', run: () => downloads.run() };
}
