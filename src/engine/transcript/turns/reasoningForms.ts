/** How models write their reasoning, and what they put around the answer behind it. */
export interface ReasoningForm {
  /** Opens the reasoning, and closes it. */
  readonly tags: readonly [string, string];
  /** What may stand around the answer, behind the reasoning. */
  readonly answer?: readonly (readonly [string, string])[];
  /** They are tokens, which stand around an answer without reasoning, too. */
  readonly isToken?: true;
  /** They are words: they count where a text begins with the first. */
  readonly spelled?: true;
}

/** Every form that is known. In a text, the one whose tag stands first counts. */
export const REASONING_FORMS: readonly ReasoningForm[] = [
  // Qwen3, SmolLM3, DeepSeek-R1, GLM, OLMo 3, Phi-4-reasoning, EXAONE 4; with an answer in tags: Hunyuan, Granite 3.3.
  { tags: ['<think>', '</think>'], answer: [['<answer>', '</answer>'], ['<response>', '</response>']] },
  { tags: ['<thinking>', '</thinking>'], answer: [['<answer>', '</answer>'], ['<response>', '</response>']] },
  // Hunyuan 3.
  { tags: ['<think:opensource>', '</think:opensource>'] },
  // Magistral, Ministral 3.
  { tags: ['[THINK]', '[/THINK]'] },
  { tags: ['<seed:think>', '</seed:think>'] },
  // Command R7B, Command A Reasoning.
  { tags: ['<|START_THINKING|>', '<|END_THINKING|>'], answer: [['<|START_RESPONSE|>', '<|END_RESPONSE|>'], ['<|START_TEXT|>', '<|END_TEXT|>']], isToken: true },
  // Gemma 4.
  { tags: ['<|channel>thought\n', '<channel|>'] },
  // Apertus.
  { tags: ['<|inner_prefix|>', '<|inner_suffix|>'] },
  // Granite 3.2.
  { tags: ['Here is my thought process:', 'Here is my response:'], spelled: true },
];
