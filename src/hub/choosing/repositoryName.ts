import { OptionsError } from '../../engine/base/errors';

/** As `huggingface_hub` checks them (utils/_validators.py): what stands in a cache folder's name divided by `--`. */
const NAME = /^(?:\w[\w.-]*\/)?\w[\w.-]*$/;
const MOST_CHARACTERS = 96;
/** A branch, tag or commit; `/` divides parts of a branch's name. */
const REVISION = /^\w[\w.-]*(?:\/\w[\w.-]*)*$/;
const MOST_REVISION = 200;

/** What somebody typed or pasted: `organisation/name`, with `:QUANT` behind it or as the address of its page. */
export interface NamedRepository {
  readonly repository: string;
  readonly quantisation: string | null;
}

/** True for `organisation/name` and for a name alone, as the hub has them from its first days. */
export function isRepository(text: string): boolean {
  return NAME.test(text) && text.length <= MOST_CHARACTERS && !/--|\.\.|\.git$|[-.](\/|$)/.test(text);
}

/**
 * @param endpoint the hub whose addresses are understood, too
 * @throws OptionsError
 */
export function parseRepository(text: string, endpoint: string): NamedRepository {
  const given = text.trim();
  const path = given.startsWith(`${endpoint}/`) ? given.slice(endpoint.length + 1).split(/[?#]/)[0].split('/').slice(0, 2).join('/') : given;
  const [, repository, quantisation] = /^([^:]*)(?::(\w[\w./-]*))?$/.exec(path) ?? [];
  if (!repository || !isRepository(repository)) throw new OptionsError(`"${given}" names no repository of the hub; give organisation/name, for a GGUF file organisation/name:QUANT.`);
  return { repository, quantisation: quantisation ?? null };
}

/** @throws OptionsError */
export function checkedRevision(text: string): string {
  // Git's own rules against names that are paths (git check-ref-format).
  if (!REVISION.test(text) || text.length > MOST_REVISION || /\.\.|\.lock(\/|$)|\.(\/|$)/.test(text)) throw new OptionsError(`"${text}" is no revision; give a branch, a tag or a commit of the repository.`);
  return text;
}
