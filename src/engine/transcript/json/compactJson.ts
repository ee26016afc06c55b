import type { Node } from 'jsonc-parser';
import { SourceText } from '../turns/sourceText';
import { stringSource, type JsonText } from './jsonTree';

/**
 * A value as `JSON.stringify` writes it, which is what a model gets of a tool's answer that is no text, with the place of every character.
 * A string is its own text: it is written without quotes.
 */
export function compactJson(json: JsonText, node: Node): SourceText {
  if (node.type === 'string') return stringSource(json, node);
  const text: string[] = [];
  const offsets: number[] = [];
  const write = (piece: string, at: number) => {
    for (const unit of piece.split('')) {
      text.push(unit);
      offsets.push(at);
    }
  };
  const visit = (value: Node): void => {
    const end = value.offset + value.length - 1;
    const children = value.children ?? [];
    switch (value.type) {
      case 'object':
      case 'array':
        write(value.type === 'object' ? '{' : '[', value.offset);
        children.forEach((child, index) => {
          const before = children.at(index - 1);
          if (index > 0 && before) write(',', json.text.indexOf(',', before.offset + before.length));
          visit(child);
        });
        write(value.type === 'object' ? '}' : ']', end);
        break;
      case 'property':
        visit(children[0]);
        write(':', json.text.indexOf(':', children[0].offset + children[0].length));
        visit(children[1]);
        break;
      case 'string': {
        const own = stringSource({ text: json.text }, value);
        write('"', value.offset);
        for (let i = 0; i < own.text.length; i++) {
          // Two halves of a character are written as they are, a lone one as an escape.
          const pair = /^[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(own.text.slice(i, i + 2)) || (i > 0 && /^[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(own.text.slice(i - 1, i + 1)));
          write(pair ? own.text[i] : JSON.stringify(own.text[i]).slice(1, -1), own.startOf(i));
        }
        write('"', end);
        break;
      }
      default: write(JSON.stringify(value.value), value.offset);
    }
  };
  visit(node);
  const source = SourceText.withOffsets(text.join(''), Uint32Array.from([...offsets, node.offset + node.length]));
  return json.within ? source.placedIn(json.within) : source;
}
