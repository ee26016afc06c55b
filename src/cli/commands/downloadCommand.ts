import { join } from 'node:path';
import { formatBytes } from '../../concepts/formatNumbers';
import { AccessError, OptionsError } from '../../engine/base/errors';
import { chosenIn } from '../../hub/choosing/neededFiles';
import { checkedRevision, parseRepository } from '../../hub/choosing/repositoryName';
import { Downloader, needsToken } from '../../hub/thread/downloader';
import { downloaderData, environmentToken } from '../../hub/thread/hubEnvironment';
import { parseOptionsAnd } from '../arguments';
import type { Command } from '../command';
import { progressLine } from '../output/progressLine';
import { distDir } from '../programPaths';

export const downloadCommand: Command = {
  usage: `flashtrace download REPOSITORY[:QUANT] [--revision R] [--token-from-env]
  Fetches a model from the hub (HF_ENDPOINT, else huggingface.co) into the Hugging Face cache and prints where it is; goes on where an earlier run was cut.
  QUANT is a GGUF quantisation (Q4_K_M). --token-from-env sends HF_TOKEN, or what "hf auth login" left, to the hub. The one command that uses the network.`,
  async run(args, { write, note, signal }) {
    const { name, values: options } = parseOptionsAnd('a repository (organisation/name)', args, { revision: { type: 'string' }, 'token-from-env': { type: 'boolean' } });
    const data = downloaderData();
    const { repository, quantisation } = parseRepository(name, data.endpoint);
    const revision = checkedRevision(options.revision ?? 'main');
    const token = options['token-from-env'] ? await environmentToken() : null;
    if (options['token-from-env'] && token === null) throw new OptionsError('--token-from-env is given, but neither HF_TOKEN nor the token file of huggingface_hub holds a token; set one, or leave the option out.');
    const downloader = new Downloader(join(distDir, 'download.js'), data);
    const progress = progressLine(process.stderr);
    try {
      const offer = await downloader.call('look', { repository, revision, token }, { signal });
      const { kind, name: chosen, files, bytes, bytesHere } = chosenIn(repository, offer.choices, quantisation);
      note(`${repository} (${chosen}, commit ${offer.commit.slice(0, 12)}): ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}${bytesHere > 0 ? `, of which ${formatBytes(bytesHere)} are here` : ''}.`);
      const { path } = await downloader.call('download', { repository, revision, commit: offer.commit, choice: { kind, name: chosen, files }, token }, { signal, onProgress: progress.show });
      progress.end();
      write(`${path}\n`);
    } catch (error) {
      progress.end();
      throw needsToken(error) && token === null ? new AccessError(`${error.message.replace(/\.$/, '')}; with --token-from-env it is sent.`) : error;
    } finally {
      await downloader.dispose();
    }
  },
};
