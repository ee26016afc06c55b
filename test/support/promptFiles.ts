import type { TranscriptFormat } from '../../src/concepts/transcript';

/** A prompt file of each kind whose text alone tells its kind. */
export const SAMPLES: Readonly<Record<string, { readonly name: string; readonly text: string; readonly format: TranscriptFormat }>> = {
  prompty: {
    name: 'a.prompty', format: 'prompty',
    text: '---\nname: Shop\nsample:\n  name: Ana\n  items: [lamp, chair]\ninputs:\n  tone: {type: string, default: kind}\n---\nsystem:\nYou help {{ name }} in a {{tone}} way.\n{% for i in items -%}\n- {{ i | upper }}\n{% endfor %}\nuser:\nWhere?\n\nassistant:\nHere.\n',
  },
  mustache: { name: 'b.prompty', format: 'prompty', text: '---\ntemplate: mustache\nsample: {a: [1, 2], b: x}\n---\nuser:\n{{#a}}{{.}}{{b}}{{/a}}\n' },
  github: {
    name: 'a.prompt.yml', format: 'github-prompt',
    text: 'name: Sum\nmodel: openai/gpt-4o\nmodelParameters:\n  temperature: 0.5\nmessages:\n  - role: system\n    content: "Be\\n brief"\n  - role: user\n    content: >-\n      Sum\n      {{input}}\n  - role: assistant\n    content: |2+\n      A\n\ntestData:\n  - input: It\'s a text.\n    expected: A\n',
  },
  dotprompt: { name: 'a.prompt', format: 'dotprompt', text: '---\nmodel: googleai/gemini\ninput:\n  default:\n    list: [a, b]\n---\n{{role "system"}}\nS\n{{role "user"}}\n{{#each list}}{{this}}{{else}}none{{/each}}\n{{~role "model"}}\nA\n' },
  promptfoo: { name: 'promptfooconfig.yaml', format: 'promptfoo', text: '# a test\nprompts:\n  - |\n    - role: user\n      content: "Where is {{city}}?"\nproviders:\n  - openai:gpt-4o\ntests:\n  - vars:\n      city: Oslo\n' },
  results: { name: 'results.json', format: 'promptfoo-results', text: '{\n  "evalId": "e",\n  "results": {\n    "version": 3,\n    "results": [\n      {"prompt": {"raw": "Where is \\"Oslo\\"?", "label": "x"}, "response": {"output": "In Norway."}, "vars": {"city": "Oslo"}}\n    ]\n  }\n}\n' },
};
