// The rooms of the project from the ground up: a room may import itself and those that stand before it here. Lint keeps it (.dependency-cruiser.mjs), `npm run rooms`
// draws it, and a test holds the picture in docs/architecture.md to it. Where two rooms match a file, the longer path has it.

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ readonly path: string, readonly says: string }} Room */

const WEBVIEW = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'webview');
/** Folders of the panel that are no view of it. */
const NO_VIEWS = ['elements', 'app', 'gallery'];
/** Each view is a folder and needs no line here: they stand side by side. */
const VIEWS = readdirSync(WEBVIEW, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !NO_VIEWS.includes(entry.name)).map(({ name }) => `webview/${name}`).sort();

/** @type {readonly Room[]} */
export const ROOMS = [
  { path: 'src/concepts', says: 'what a span, a transcript, a passage, a share, a contrast, a verdict and a method are: plain data, and what is said of it' },
  { path: 'src/concepts/trials', says: 'what doing without passages has shown: verified, written anew' },
  { path: 'src/concepts/models', says: 'what a model on this machine is, and what memory it takes' },
  { path: 'src/protocol/engine', says: 'what can be asked of the engine, and what it answers' },
  { path: 'src/protocol/hub', says: 'what can be asked of the downloader, and what it answers' },

  { path: 'src/engine/base', says: 'errors, seeded numbers, pauses, words that stand for others' },
  { path: 'src/engine/transcript/turns', says: 'turns with the place of every character; what several formats share' },
  { path: 'src/engine/transcript/json', says: 'what formats of conversations in JSON share' },
  { path: 'src/engine/transcript/json/writing', says: 'where a generation goes in JSON, laid out as the file is' },
  { path: 'src/engine/transcript/json/file', says: 'the conversations of a JSON document: itself, lines, items, rows' },
  { path: 'src/engine/template/jinja/python', says: 'values of Python: their words, methods, order, JSON' },
  { path: 'src/engine/template/jinja', says: 'Jinja2 on top of a library: where Jinja2 differs from it' },
  { path: 'src/engine/transcript/yaml', says: 'YAML with the place of every character; front matter' },
  { path: 'src/engine/transcript/filling', says: 'templates filled in with values, and where each text comes from' },
  { path: 'src/engine/transcript/formats/chats/apis', says: 'requests and responses of the makers\' APIs' },
  { path: 'src/engine/transcript/formats/chats', says: 'conversations as data (JSON)' },
  { path: 'src/engine/transcript/formats/promptFiles', says: 'prompts as files of their own, with front matter' },
  { path: 'src/engine/transcript/formats/markers/families', says: 'how families of chat templates mark turns: tables' },
  { path: 'src/engine/transcript/formats/markers', says: 'texts with markers of turns in them, and logs that quote such' },
  { path: 'src/engine/transcript/formats/plainText', says: 'plain text, with role lines or labels or without' },
  { path: 'src/engine/transcript/formats/exports/traces', says: 'what tracers of applications record: runs, generations, spans' },
  { path: 'src/engine/transcript/formats/exports', says: 'what tools and data sets export (JSON)' },
  { path: 'src/engine/transcript/formats', says: 'the table of formats: document text to turns, and where a generation goes' },
  { path: 'src/engine/template', says: 'chat templates, and where they write each text' },
  { path: 'src/engine/gguf', says: 'GGUF files: metadata, tensors, and what their blocks stand for' },
  { path: 'src/engine/tokenizer/spelling', says: 'how a vocabulary spells bytes, spaces and added tokens' },
  { path: 'src/engine/tokenizer/placing', says: 'where in the text a token stands' },
  { path: 'src/engine/tokenizer/files', says: 'the files that a tokenizer is made of: vocabulary, special tokens, chat templates' },
  { path: 'src/engine/tokenizer/gguf', says: 'the same from a GGUF file\'s metadata' },
  { path: 'src/engine/tokenizer', says: 'text to ids with exact character ranges, and back' },
  { path: 'src/engine/prompt', says: 'turns to the tokens that the model sees' },
  { path: 'src/engine/checkpoint/config', says: 'what the decoder needs to know of a config.json' },
  { path: 'src/engine/checkpoint/weights/stored', says: 'arrays in files, slices of them, numbers of their types' },
  { path: 'src/engine/checkpoint/weights/quantised', says: 'quantised weights of safetensors: a file a format' },
  { path: 'src/engine/checkpoint/weights', says: 'names, shapes, stored types and places of weights; slices of them' },
  { path: 'src/engine/checkpoint/families/description', says: 'what a family of models can say of itself, and what descriptions share' },
  { path: 'src/engine/checkpoint/families/dense', says: 'families that are a Llama with other details' },
  { path: 'src/engine/checkpoint/families/normedOutput', says: 'families with norms on what attention and MLP give' },
  { path: 'src/engine/checkpoint/families/experts', says: 'families with a mixture of experts' },
  { path: 'src/engine/checkpoint/families/hybrid', says: 'families with layers that mix tokens without softmax attention' },
  { path: 'src/engine/checkpoint/families', says: 'the table of families: which are read, and what is closest to one that is not' },
  { path: 'src/engine/checkpoint/gguf/architectures', says: 'what tells architectures of GGUF files apart, and which of their metadata were read' },
  { path: 'src/engine/checkpoint/gguf', says: 'a GGUF file as a checkpoint: its config, and whose tensor is whose' },
  { path: 'src/engine/checkpoint', says: 'a checkpoint folder, found and checked' },
  { path: 'src/engine/checkpoint/packed', says: 'weights in the form in which they stay in memory, and the files that hold those that were converted' },
  { path: 'src/engine/state', says: 'what a run leaves behind, and which of it is kept within the memory budget' },
  { path: 'src/engine/decoder/runtime', says: 'ONNX Runtime, loaded when it is needed; tensors for it' },
  { path: 'src/engine/decoder/graph/builder', says: 'ONNX graphs, written node by node: nodes, weights, what several graphs share' },
  { path: 'src/engine/decoder/recurrent', says: 'what rows take of columns through the state of a recurrent layer' },
  { path: 'src/engine/decoder/graph/layer', says: 'the parts of a layer: attention, recurrent layers, MLP, experts' },
  { path: 'src/engine/decoder/graph', says: 'the graphs: a run of the model, its logits, attention of some rows, contributions' },
  { path: 'src/engine/decoder', says: 'the sessions, the device, sampling' },
  { path: 'src/engine/attribution/aggregation', says: 'a weighted span of rows to shares of tokens, layer by layer' },
  { path: 'src/engine/attribution/methods', says: 'shares to scores, hop by hop: a file a method' },
  { path: 'src/engine/attribution/thread', says: 'the tracer in a worker thread' },
  { path: 'src/engine/attribution/inputs', says: 'what the tracer asks of the state: attention, contributions' },
  { path: 'src/engine/model', says: 'a model in memory: it runs, keeps its states, attributes, within the budget' },
  { path: 'src/engine/discovery', says: 'the models on this machine: where tools keep them, what each is, whether it fits' },
  { path: 'src/engine/requests', says: 'trace, generate, alternatives: one path a request' },
  { path: 'src/engine/requests/trials', says: 'what the model makes of a transcript without some of its tokens: removed, or hidden' },
  { path: 'src/engine/requests/cut', says: 'passages hidden from the generation, coarse to fine' },
  { path: 'src/engine/requests/verify', says: 'passages of a trace tried out one at a time' },
  { path: 'src/engine/requests/rewrite', says: 'the answer written anew without a passage' },
  { path: 'src/engine/process', says: 'the engine, here or in a process of its own' },

  { path: 'src/hub/choosing', says: 'repositories and files by their names: which are sound, which are needed' },
  { path: 'src/hub/cache', says: 'the Hugging Face cache: blobs, snapshots, locks' },
  { path: 'src/hub/network', says: 'connections to the hub: the only room that opens any' },
  { path: 'src/hub', says: 'a repository looked up, its files fetched: one path' },
  { path: 'src/hub/thread', says: 'the downloader\'s thread, seen from those who ask it' },

  { path: 'src/view/trace', says: 'a trace as views draw it: facts, sources, blocks, rows' },
  { path: 'src/view/colour', says: 'scores to colour steps; the palette of every theme' },
  { path: 'src/view/text', says: 'what views say in words' },
  { path: 'src/view/page', says: 'HTML pages: the panel\'s and the standalone one' },
  { path: 'src/protocol/panel', says: 'what host and panel say to one another' },

  { path: 'src/evaluation/measures', says: 'how good scores are, in numbers' },
  { path: 'src/evaluation/transcripts', says: 'prompts with known evidence, answered by the model' },
  { path: 'src/evaluation/methods', says: 'every way to score that is compared' },
  { path: 'src/evaluation/report', says: 'what an evaluation found, as data and as Markdown' },
  { path: 'src/evaluation', says: 'the evaluation, and the recorded cases' },

  { path: 'src/cli/output', says: 'traces for terminals and as JSON' },
  { path: 'src/cli', says: 'options, paths, notes' },
  { path: 'src/cli/commands', says: 'a file a command' },

  { path: 'src/host/commands', says: 'what a command is, and how it fails' },
  { path: 'src/host/settings', says: 'checked settings' },
  { path: 'src/host/documents', says: 'texts, edits and the ranges that follow them' },
  { path: 'src/host/runs', says: 'the engine process of the window; runs with progress and cancel' },
  { path: 'src/host/tracing', says: 'the latest trace of each document' },
  { path: 'src/host/generating', says: 'generations into documents' },
  { path: 'src/host/verifying', says: 'sources tried out' },
  { path: 'src/host/rewriting', says: 'answers written anew, and shown beside the old' },
  { path: 'src/host/comparing', says: 'why this rather than that' },
  { path: 'src/host/live', says: 'traces that follow the selection' },
  { path: 'src/host/models', says: 'finding and choosing a checkpoint' },
  { path: 'src/host/models/download', says: 'Download Model: asked, fetched, offered' },
  { path: 'src/host/editor', says: 'what the editor shows: colours, hovers, lenses, status bar' },
  { path: 'src/host/panel', says: 'the panel, seen from the host' },

  { path: 'src', says: 'the programs: extension, engine process, its watcher\'s and tracer\'s threads, the downloader\'s thread, command line' },

  { path: 'webview/elements', says: 'what views are made of' },
  ...VIEWS.map((path) => ({ path, says: 'a view of the panel' })),
  { path: 'webview/app', says: 'messages to a model, the model to the page' },
  { path: 'webview', says: 'the panel\'s script' },
  { path: 'webview/gallery', says: 'every state of the panel in every theme' },

  { path: 'bench/measuring', says: 'times, memory, processes, plots' },
  { path: 'bench/subject', says: 'what is measured' },
  { path: 'bench/speed', says: 'ratios of times within one run' },
  { path: 'bench/memory', says: 'growth and peak memory with length' },
  { path: 'bench/soak', says: 'what engine and editor hold after thousands of traces, generations and switches of models' },
  { path: 'bench/families', says: 'what taps, experts and windows cost in shapes of other families' },
  { path: 'bench/curves', says: 'time and memory against length' },
  { path: 'bench/evaluation', says: 'plots of the evaluation' },
  { path: 'bench/real/prompts', says: 'prompts of many kinds, with what a right answer says' },
  { path: 'bench/real', says: 'what sentences are worth to real models, and what methods say of them' },
  { path: 'bench/real/report', says: 'docs/evaluation/real.md from what was recorded' },
  { path: 'bench', says: 'the programs of the benchmark' },
];

/** What may not be imported, whatever stands where. @type {readonly { readonly from: readonly string[], readonly to: readonly string[], readonly because: string }[]} */
export const WALLS = [
  { from: ['src/concepts', 'src/protocol', 'src/engine', 'src/view', 'src/evaluation', 'src/host', 'src/cli', 'src/hub/choosing', 'src/hub/cache', 'src/hub/thread', 'webview', 'bench', 'src/extension.ts', 'src/cli.ts', 'src/engineProcess.ts', 'src/engineWatcher.ts', 'src/tracerWorker.ts'], to: ['src/hub/network', '@huggingface/hub', 'undici', 'proxy-from-env'], because: 'only the downloader uses the network' },
  { from: ['src/hub', 'src/download.ts'], to: ['vscode', 'onnxruntime-node', 'src/view', 'src/host', 'src/cli', 'src/evaluation', 'src/protocol/panel'], because: 'the downloader is a program of its own, for the editor and the command line' },
  { from: ['src/concepts'], to: ['node', 'vscode', 'onnxruntime-node'], because: 'it also runs in a browser' },
  { from: ['src/protocol'], to: ['node', 'vscode', 'src/engine'], because: 'both sides of a boundary read it' },
  { from: ['src/view'], to: ['src/engine', 'src/protocol', 'node', 'vscode', 'onnxruntime-node'], because: 'views get plain data, and also run in a browser' },
  { from: ['src/engine', 'src/engineProcess.ts', 'src/engineWatcher.ts', 'src/tracerWorker.ts'], to: ['vscode', 'src/view', 'src/protocol/panel', 'src/host', 'src/cli', 'src/evaluation'], because: 'the engine knows no editor and no views' },
  { from: ['src/evaluation'], to: ['vscode', 'src/view', 'src/protocol/panel'], because: 'it stands beside the engine' },
  { from: ['src/cli', 'src/cli.ts', 'bench'], to: ['vscode', 'src/host', 'webview'], because: 'the command line and the benchmark need no editor' },
  { from: ['src/host', 'src/extension.ts'], to: ['src/cli', 'src/evaluation', 'webview', 'onnxruntime-node'], because: 'the host answers a person in an editor' },
  { from: ['webview'], to: ['vscode', 'node', 'onnxruntime-node', 'src/engine', 'src/evaluation', 'src/host', 'src/cli', 'src/protocol/engine'], because: 'the panel is a program of its own in a browser' },
  ...VIEWS.map((view) => ({ from: [view], to: VIEWS.filter((to) => to !== view), because: 'a view knows no other: what two need is an element' })),
];
