import type { ChoiceOffer, RepositoryOffer } from '../protocol/hub/repository';
import { repositoryFolders } from './cache/cacheFolders';
import { bytesHere } from './cache/snapshot';
import { choicesIn } from './choosing/neededFiles';
import { bytesOf } from './choosing/quantisations';
import { checkedRevision, parseRepository } from './choosing/repositoryName';
import type { HubConnection } from './network/connection';
import { repositoryAt } from './network/hubApi';

/** What a repository has to offer, and how much of it is here. @throws DownloadError, AccessError, OptionsError */
export async function look(connection: HubConnection, cacheDir: string, params: { readonly repository: string; readonly revision: string; readonly token: string | null; readonly retryMs: number }, signal: AbortSignal): Promise<RepositoryOffer> {
  const { repository } = parseRepository(params.repository, connection.endpoint);
  const revision = checkedRevision(params.revision);
  const { commit, modelType, files } = await repositoryAt(connection, repository, revision, { token: params.token, retryMs: params.retryMs, signal });
  const folders = repositoryFolders(cacheDir, repository);
  const choices = await Promise.all(choicesIn(repository, files).map(async (choice): Promise<ChoiceOffer> => {
    const here = await Promise.all(choice.files.map((file) => bytesHere(folders, commit, file)));
    return { ...choice, bytes: bytesOf(choice.files), bytesHere: here.reduce((a, b) => a + b, 0) };
  }));
  return { repository, revision, commit, modelType, choices };
}
