import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const LINK = /(!?)\[([^\]]*)\]\(([^)\s]+)\)/g;

/**
 * The README as the editor shows it beside the installed extension, where nothing relative can be opened: pictures are in the text itself, so that they show without a
 * network; links into the project go to its repository, and are plain text where none is known.
 * @param {string} root @param {string} text @param {string | undefined} files address under which the repository's files can be read
 */
export function galleryReadme(root, text, files) {
  return text.replace(LINK, (whole, image, title, target) => {
    if (/^(https?:|#)/.test(target)) return whole;
    if (image && target.endsWith('.png')) return `![${title}](data:image/png;base64,${readFileSync(join(root, target)).toString('base64')})`;
    const place = files && `${files}/${posix.normalize(target)}`;
    // Galleries take no SVG: the picture's words stand in its place.
    if (image) return place ? `*${title}* ([picture](${place}))` : `*${title}*`;
    return place ? `[${title}](${place})` : title;
  });
}
