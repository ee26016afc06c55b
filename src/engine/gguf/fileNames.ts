/** One of several files of a model, as llama.cpp names it: `STEM-00001-of-00003.gguf`. */
export interface GgufPart {
  /** What stands before the numbers, folders included. */
  readonly stem: string;
  /** From 1 on. */
  readonly number: number;
  readonly count: number;
}

const PART = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/is;
/** Projectors of images or sound into a model, and statistics that quantising used. */
const NO_MODEL = /(^|[/\\._-])(mmproj|imatrix)/i;

/** @returns null for a model in one file */
export function ggufPart(path: string): GgufPart | null {
  const [, stem, number, count] = PART.exec(path) ?? [];
  return stem === undefined ? null : { stem, number: Number(number), count: Number(count) };
}

export function ggufPartPath({ stem, number, count }: GgufPart): string {
  const digits = (value: number) => String(value).padStart(5, '0');
  return `${stem}-${digits(number)}-of-${digits(count)}.gguf`;
}

/** Whether the name is that of a GGUF file with a language model, or a part of one. */
export function isGgufModelName(path: string): boolean {
  return /\.gguf$/i.test(path) && !NO_MODEL.test(path);
}
