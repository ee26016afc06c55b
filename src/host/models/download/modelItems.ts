import { formatBytes } from '../../../concepts/formatNumbers';
import { FAMILIES_IN_SHORT, familyName } from '../../../concepts/models/familyNames';
import { KNOWN_MODELS } from '../../../hub/choosing/knownModels';
import { parseRepository } from '../../../hub/choosing/repositoryName';
import type { ChoiceOffer, FoundModel, RepositoryOffer } from '../../../protocol/hub/repository';

/** A line of the question which model to download. A heading has none to fetch. */
export interface ModelLine {
  readonly label: string;
  readonly description?: string;
  readonly heading?: true;
  /** Shown whatever is typed. */
  readonly alwaysShow?: boolean;
  /** `organisation/name`, perhaps with `:QUANT`. */
  readonly repository?: string;
}

/** What is typed, where it names a repository; then models known to work; then what the hub found. */
export function modelLines(typed: string, found: readonly FoundModel[], endpoint: string): ModelLine[] {
  const named = namedRepository(typed, endpoint);
  const others = found.filter(({ repository }) => repository !== named);
  return [
    ...(named === null ? [] : [{ label: `$(cloud-download) ${named}`, description: 'this repository', alwaysShow: true, repository: named }]),
    { label: 'of families that are read', heading: true },
    ...KNOWN_MODELS.map(({ repository, gigabytes, family, wasRun }): ModelLine => ({ label: repository, description: `about ${formatBytes(gigabytes * 1e9)}, ${family}${wasRun ? ', was run and traced' : ''}`, repository })),
    ...(others.length === 0 ? [] : [{ label: `on ${new URL(endpoint).host}`, heading: true } as const]),
    ...others.map(({ repository, downloads, gated, modelType }): ModelLine => ({
      label: repository,
      description: [`${downloads.toLocaleString('en-US')} downloads`, ...(gated ? ['gated'] : []), ...(modelType === null ? [] : [typeText(modelType)])].join(', '),
      alwaysShow: true,
      repository,
    })),
  ];
}

function typeText(modelType: string): string {
  return familyName(modelType) ?? `${modelType}: not read`;
}

/** `organisation/name` or the address of its page; a name alone is a search. */
function namedRepository(typed: string, endpoint: string): string | null {
  try {
    const { repository, quantisation } = parseRepository(typed, endpoint);
    return repository.includes('/') ? `${repository}${quantisation === null ? '' : `:${quantisation}`}` : null;
  } catch {
    return null;
  }
}

/** "988 MB in 9 files, 120 MB of it are here". */
export function choiceText({ bytes, bytesHere, files }: ChoiceOffer): string {
  const here = bytesHere === 0 ? '' : bytesHere === bytes ? ', all of it is here' : `, ${formatBytes(bytesHere)} of it are here`;
  return `${formatBytes(bytes)} in ${files.length} ${files.length === 1 ? 'file' : 'files'}${here}`;
}

/** Said before gigabytes are fetched for nothing; '' for a model that is read or whose type the hub does not know. */
export function unreadNote({ modelType, repository }: RepositoryOffer): string {
  return modelType === null || familyName(modelType) !== null ? '' : `${repository} is of type "${modelType}", which FlashTrace does not read (it reads ${FAMILIES_IN_SHORT})`;
}
