import { DownloadError } from '../../engine/base/errors';

const MOST_CHARACTERS = 400;
/** What Windows takes for devices, whatever stands behind the first dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
// Control characters, what Windows does not take in names, and a backslash, which divides folders there.
const FORBIDDEN = /[\u0000-\u001f\u007f<>:"|?*\\]/;

/**
 * The parts of a file's name in a repository, each of which is the name of a file or folder on every system: no way up or out, no drive, no device.
 * @throws DownloadError
 */
export function fileNameParts(path: string, repository: string): readonly string[] {
  const parts = path.split('/');
  const isSound = path.length <= MOST_CHARACTERS && parts.every((part) => part !== '' && !/^\.{1,2}$|[. ]$/.test(part) && !FORBIDDEN.test(part) && !DEVICE.test(part));
  if (!isSound) throw new DownloadError(`${repository} has a file named ${JSON.stringify(path)}, which cannot be the name of a file on every system; nothing was written, ask its owner to rename it.`);
  return parts;
}
