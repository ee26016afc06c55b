import { join } from 'node:path';
import { ggufPart, isGgufModelName } from '../gguf/fileNames';
import { broken, filesAre, type Candidate } from './candidate';

/** Names that say nothing without their folder's. */
const GENERIC = /^(ggml[-_])?(model|gguf|unnamed)\b/i;

/**
 * The models among a folder's GGUF files: a split one is one model.
 * @param folder the folder's own name, for files whose name says nothing
 */
export function ggufCandidates(dir: string, folder: string, files: readonly string[], source: Candidate['source']): Candidate[] {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    if (!isGgufModelName(file)) continue;
    const part = ggufPart(file);
    const key = part ? `${part.stem}-of-${part.count}` : file;
    groups.set(key, [...groups.get(key) ?? [], file]);
  }
  const whole = [...groups.values()].map((parts): Candidate => {
    const [first] = parts;
    const split = ggufPart(first);
    const base = split?.stem ?? first.slice(0, -'.gguf'.length);
    const missing = split ? split.count - parts.length : 0;
    return {
      path: join(dir, first), name: GENERIC.test(base) ? `${folder}/${base}` : base, source,
      files: parts.map((part) => join(dir, part)),
      ...(missing > 0 && { problem: broken(`"${join(dir, first)}" is one of ${split!.count} files of a model, of which ${filesAre(missing)} missing; download the rest into the same folder.`) }),
    };
  });
  // What llama.cpp names a download that has not ended; the next start of its program goes on with it.
  const begun = files.filter((file) => /\.gguf\.downloadInProgress$/.test(file)).map((file): Candidate => ({
    path: join(dir, file), name: file.slice(0, -'.gguf.downloadInProgress'.length), source, files: [join(dir, file)],
    problem: broken(`"${join(dir, file)}" has not been downloaded to its end; start it again with llama.cpp, which goes on from there.`),
  }));
  return [...whole, ...begun];
}
