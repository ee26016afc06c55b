import { HARMONY } from './harmony';
import { HEADERS } from './headers';
import type { MarkerFamily } from './markerFamily';
import { ROLE_TOKENS } from './roleTokens';
import { TOOL_ANSWERS } from './toolAnswers';
import { WORDS } from './words';

/** Every family whose markers are known. Where two know the same marker, the first one has it. */
const MARKER_FAMILIES: readonly MarkerFamily[] = [...HEADERS, HARMONY, ...ROLE_TOKENS, ...TOOL_ANSWERS, ...WORDS];

/** The family whose markers the text holds, the earliest marker first, tokens before words; null for text without any. */
export function markerFamilyOf(text: string): MarkerFamily | null {
  return earliest(text, MARKER_FAMILIES.filter(({ spelled }) => !spelled)) ?? earliest(text, MARKER_FAMILIES.filter(({ spelled }) => spelled));
}

function earliest(text: string, families: readonly MarkerFamily[]): MarkerFamily | null {
  let found: { readonly family: MarkerFamily; readonly at: number } | null = null;
  for (const family of families) {
    const at = text.search(family.open);
    if (at >= 0 && (!found || at < found.at) && (!family.needs || family.needs(text))) found = { family, at };
  }
  return found?.family ?? null;
}

/** The name of another family whose tokens stand where the first has no marker. */
export function secondFamily(text: string, first: MarkerFamily): string | null {
  const rest = text.replace(first.open, (marker) => ' '.repeat(marker.length));
  return MARKER_FAMILIES.find((family) => family !== first && !family.spelled && rest.search(family.open) >= 0 && (!family.needs || family.needs(rest)))?.name ?? null;
}
