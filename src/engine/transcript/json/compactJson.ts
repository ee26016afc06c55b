import type { Node } from 'jsonc-parser';
import { SourceText } from '../turns/sourceText';
import type { JsonText } from './jsonTree';
import { literalSource, stringSource } from './jsonTree';

/**
 * An object or a list as JSON text with nothing between its tokens, every character with its place. A tool's result that is no text reaches a model so: the makers' client libraries
 * send bodies without white space (JavaScript's JSON.stringify, Python's httpx), and a server that has a text to fill in takes over what came. Keys and numbers are as they stand.
 */
export function compactJson(json: JsonText, node: Node): SourceText {
  const units: { text: string; at: number }[] = [];
  write(json, node, (text, at) => units.push({ text, at }));
  const end = placeOf(json, node).end;
  return SourceText.withOffsets(units.map(({ text }) => text).join(''), Uint32Array.from([...units.flatMap(({ text, at }) => Array.from({ length: text.length }, () => at)), end]));
}

/** A tool's answer: a text as it is, everything else as JSON. */
export function answerText(json: JsonText, node: Node): SourceText {
  return node.type === 'string' ? stringSource(json, node) : compactJson(json, node);
}

/** Where a node stands in the document, which may hold its JSON text in a string. */
function placeOf(json: JsonText, node: Node): { start: number; end: number } {
  return literalSource(json, node).range;
}

function write(json: JsonText, node: Node, put: (text: string, at: number) => void): void {
  const { start, end } = placeOf(json, node);
  switch (node.type) {
    case 'object':
    case 'array': {
      const [open, close] = node.type === 'object' ? '{}' : '[]';
      put(open, start);
      node.children!.forEach((child, index) => {
        if (index > 0) put(',', placeOf(json, node.children![index - 1]).end);
        write(json, child, put);
      });
      put(close, end - 1);
      break;
    }
    case 'property': {
      const [name, value] = node.children!;
      write(json, name, put);
      put(':', placeOf(json, name).end);
      write(json, value, put);
      break;
    }
    case 'string': {
      const source = stringSource(json, node);
      put('"', start);
      // Character by character, as escapes may be written otherwise than they stand: the two halves of an emoji are one.
      let unit = 0;
      for (const character of source.text) {
        const escaped = JSON.stringify(character).slice(1, -1);
        if (escaped.length === character.length) for (let i = 0; i < escaped.length; i++) put(escaped[i], source.startOf(unit + i));
        else put(escaped, source.startOf(unit));
        unit += character.length;
      }
      put('"', source.range.end);
      break;
    }
    default: {
      const source = literalSource(json, node);
      for (let i = 0; i < source.text.length; i++) put(source.text[i], source.startOf(i));
    }
  }
}
