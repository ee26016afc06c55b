import { isMap, isSeq, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { TranscriptDocument } from '../../../../concepts/transcript';
import { TranscriptError } from '../../../base/errors';
import { fillBraces } from '../../filling/bracesBody';
import { placeRuns } from '../../filling/filledBody';
import { turnOfRuns } from '../../filling/filledTurns';
import { unfilledNotes } from '../../filling/fillingNotes';
import type { DocumentInsertion } from '../../turns/documentInsertion';
import type { FormatReader } from '../../turns/format';
import { generationTurn, makeTurn, type ParsedTranscript, type ParsedTurn } from '../../turns/parsedTranscript';
import { SourceText } from '../../turns/sourceText';
import { splitReasoning } from '../../turns/splitReasoning';
import { entry, readYaml, resolved, type YamlText } from '../../yaml/readYaml';
import { yamlMessages } from '../../yaml/yamlMessages';
import { scalarSource, writtenSource } from '../../yaml/yamlScalar';
import { yamlValues } from '../../yaml/yamlValue';
import { newMessage, withinScalar } from '../../yaml/yamlWriting';

/** GitHub's prompt files. */
export const githubPrompt: FormatReader = {
  format: 'github-prompt',
  hasName: (path) => /\.prompt\.ya?ml$/.test(path),
  hasText: (text) => /^\s*(?:---\s*\n)?(?:name|description|model|modelParameters|messages|testData)[ \t]*:/.test(text) && /^messages:[ \t]*\r?\n[ \t]*-[ \t]+(?:role|content):/m.test(text),
  parse: parseGithubPrompt,
  insertion,
};

function messageList(name: string, text: string): { readonly yaml: YamlText; readonly list: YAMLSeq } {
  const yaml = readYaml(text, 0, text.length, name);
  const list = entry(yaml.document, yaml.document.contents, 'messages');
  if (!isSeq(list)) throw new TranscriptError(`${name} holds no chat: it needs "messages:" with a list of "- role: user" and "content: ..." below.`);
  return { yaml, list };
}

/**
 * A GitHub prompt file: `messages` with a role and a content each, whose `{{placeholders}}` are filled in from the first row of `testData`. A last
 * message of the assistant is what a model wrote: it stands as it is, without the line break that ends a block.
 * @throws TranscriptError
 */
function parseGithubPrompt(name: string, text: string): ParsedTranscript {
  const { yaml, list } = messageList(name, text);
  const messages = yamlMessages(yaml, list, name);
  const rows = entry(yaml.document, yaml.document.contents, 'testData');
  const row = isSeq(rows) ? resolved(yaml.document, rows.items[0]) : null;
  const values = yamlValues(yaml, row, `the testData of ${name}`, false);
  const names = new Set<string>();
  const turns = messages.map(({ role, content }, index): ParsedTurn => {
    if (role === 'assistant' && index === messages.length - 1) return answerTurn(text, content);
    const source = content ? scalarSource(text, 0, content) : SourceText.inserted('');
    const filled = fillBraces(source.text, values);
    for (const placeholder of filled.names) names.add(placeholder);
    return turnOfRuns(role, placeRuns(source, filled.runs));
  });
  return { format: 'github-prompt', turns, notes: unfilledNotes([...names], values, isSeq(rows) && rows.items.length > 1 ? `the first of ${rows.items.length} rows of testData` : 'testData') };
}

function answerTurn(text: string, content: Scalar | null): ParsedTurn {
  const source = content ? writtenSource(text, content) : SourceText.inserted('');
  const { segments, closed } = splitReasoning(source);
  return makeTurn('assistant', segments, { complete: closed && source.text.length > 0 });
}

function insertion({ name, text }: TranscriptDocument, { turns }: ParsedTranscript): DocumentInsertion {
  const { yaml, list } = messageList(name, text);
  if (!generationTurn(turns)) return { ...newMessage(text, yaml, list), endOfTurn: '' };
  const message = resolved(yaml.document, list.items.at(-1)) as YAMLMap;
  const content = isMap(message) ? message.get('content', true) as Scalar | undefined : undefined;
  const writing = content?.range ? withinScalar(text, yaml, message, content) : null;
  if (!writing) throw new TranscriptError(`The last message of ${name} is the assistant's, and its content is not written so that every text can follow; write it in double quotes or as a block with "|+".`);
  return { ...writing, endOfTurn: '' };
}
