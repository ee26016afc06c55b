/** Pieces of many scripts and of everything that has broken an alignment before. */
const PIECES = [
  'the ', 'Quick ', 'antidisestablishmentarianism', ' ', '  ', '    ', '\t', '\n', '\n\n', '\r\n', ' \n ', '. ', ', ', '.', '?!', '"', "don't ", "it's ", '1', '23 ', '456789', '3.14', 'x_1 = f(y) ', '{"a": [1, 2]}', '</div>\n', '> </', 'https://a.b/c?d=e ',
  'naïve ', 'Straße ', 'Ångström', 'e\u0301', 'o\u0308\u0323', 'a\u0323\u0302 ', '\u0301', 'q\u0307\u0323', 'ﬁ', '\u212b', '\u00bd', 'Привет ', 'мир, ', 'Ελληνικά ', 'שלום ', 'مرحبا ', '\u200f', 'नमस्ते ', 'ক্ষ', 'ไทย', 'မြန်မာ',
  '漢字', '日本語です。', 'ひらがな', 'カ\u3099', '한국어 ', '\u1112\u1161\u11ab', '𠮷', '𠀀𠀁', '\u3000', '🙂', ' 🙂', '👩‍👩‍👧‍👦', '🇩🇪', '👍🏽', '❤️', '\u0000', '\u0007', '\u00a0', '\ufeff', '\u2028', '\ufffd', '\ud83d', '\udc00', '<0x0A>', '<unk>', '𝔘𝔫𝔦', '\u{10ffff}',
];

/** A repeatable text. @param extra further pieces, such as special tokens */
export function randomText(seed: number, pieces: number, extra: readonly string[] = []): string {
  const all = [...PIECES, ...extra];
  let state = seed;
  let text = '';
  for (let i = 0; i < pieces; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += all[Math.floor((state / 2 ** 32) * all.length)];
  }
  return text;
}
