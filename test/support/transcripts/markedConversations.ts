/** A conversation as a family of chat templates writes it, marked by letters: S the system's text, Q and R the user's, A and B the assistant's. */
export interface MarkedConversation {
  /** The family, and a model that has it. */
  readonly family: string;
  readonly text: string;
  /** What closes the last turn; '' where nothing does. */
  readonly close: string;
  /** Without a system turn of its own. */
  readonly noSystem?: boolean;
  /** Prose may hold the user's marker: it takes the assistant's too to be read as turns. */
  readonly words?: boolean;
}

const conversation = (family: string, text: string, close: string, more: Partial<MarkedConversation> = {}): MarkedConversation => ({ family, text, close, ...more });

/** Rendered once with each template in transformers' manner, the texts then replaced by letters; B is what was generated. */
export const CONVERSATIONS: readonly MarkedConversation[] = [
  conversation('ChatML', '<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n<|im_start|>user\nR<|im_end|>\n<|im_start|>assistant\nB<|im_end|>\n', '<|im_end|>\n'),
  conversation('ChatML with names', '<|im_start|>system\nS<|im_end|>\n<|im_start|>user name=ann\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n<|im_start|>user name=ann\nR<|im_end|>\n<|im_start|>assistant\nB<|im_end|>\n', '<|im_end|>\n'),
  conversation('Phi-4', '<|im_start|>system<|im_sep|>S<|im_end|><|im_start|>user<|im_sep|>Q<|im_end|><|im_start|>assistant<|im_sep|>A<|im_end|><|im_start|>user<|im_sep|>R<|im_end|><|im_start|>assistant<|im_sep|>B<|im_end|>', '<|im_end|>'),
  conversation('Kimi K2', '<|im_system|>system<|im_middle|>S<|im_end|><|im_user|>user<|im_middle|>Q<|im_end|><|im_assistant|>assistant<|im_middle|>A<|im_end|><|im_user|>user<|im_middle|>R<|im_end|><|im_assistant|>assistant<|im_middle|>B<|im_end|>', '<|im_end|>'),
  conversation('Llama 3', '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nQ<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nR<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nB<|eot_id|>', '<|eot_id|>'),
  conversation('Llama 4', '<|begin_of_text|><|header_start|>system<|header_end|>\n\nS<|eot|><|header_start|>user<|header_end|>\n\nQ<|eot|><|header_start|>assistant<|header_end|>\n\nA<|eot|><|header_start|>user<|header_end|>\n\nR<|eot|><|header_start|>assistant<|header_end|>\n\nB<|eot|>', '<|eot|>'),
  conversation('Gemma', '<bos><start_of_turn>user\nQ<end_of_turn>\n<start_of_turn>model\nA<end_of_turn>\n<start_of_turn>user\nR<end_of_turn>\n<start_of_turn>model\nB<end_of_turn>\n', '<end_of_turn>\n', { noSystem: true }),
  conversation('Gemma 4', '<bos><|turn>system\n<|think|>\nS<turn|>\n<|turn>user\nQ<turn|>\n<|turn>model\nA<turn|>\n<|turn>user\nR<turn|>\n<|turn>model\nB<turn|>\n', '<turn|>\n'),
  conversation('Granite', '<|start_of_role|>system<|end_of_role|>S<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>Q<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>A<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>R<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>B<|end_of_text|>\n', '<|end_of_text|>\n'),
  conversation('Granite 3 with settings', '<|start_of_role|>system<|end_of_role|>S<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>Q<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>A<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>R<|end_of_text|>\n<|start_of_role|>assistant {"length": "short"}<|end_of_role|>B<|end_of_text|>\n', '<|end_of_text|>\n'),
  conversation('Seed', '<seed:bos>system\nS<seed:eos><seed:bos>user\nQ<seed:eos><seed:bos>assistant\nA<seed:eos><seed:bos>user\nR<seed:eos><seed:bos>assistant\nB<seed:eos>', '<seed:eos>'),
  conversation('MiniMax', ']~!b[]~b]system\nS[e~[\n]~b]user\nQ[e~[\n]~b]ai\nA[e~[\n]~b]user\nR[e~[\n]~b]ai\nB[e~[\n', '[e~[\n'),
  conversation('BOT and EOT', '<s><|BOT|>system\nS<|EOT|><|BOT|>user\nQ<|EOT|><|BOT|>assistant\nA<|EOT|><|BOT|>user\nR<|EOT|><|BOT|>assistant\nB<|EOT|>', '<|EOT|>'),
  conversation('Seed-Coder', '<s>system\nS</s><s>user\nQ</s><s>assistant\nA</s><s>user\nR</s><s>assistant\nB</s>', '</s>'),
  conversation('Solar', '<|begin|>system<|content|>S<|end|><|begin|>user<|content|>Q<|end|><|begin|>assistant<|content|>A<|end|><|begin|>user<|content|>R<|end|><|begin|>assistant<|content|>B<|end|>', '<|end|>'),
  conversation('Nemotron', '<SPECIAL_10>System\nS\n<SPECIAL_11>User\nQ\n<SPECIAL_11>Assistant\nA\n<SPECIAL_12>\n<SPECIAL_11>User\nR\n<SPECIAL_11>Assistant\nB\n<SPECIAL_12>\n', '\n<SPECIAL_12>\n'),
  conversation('Harmony', '<|start|>system<|message|>S<|end|><|start|>user<|message|>Q<|end|><|start|>assistant<|channel|>final<|message|>A<|end|><|start|>user<|message|>R<|end|><|start|>assistant<|channel|>final<|message|>B<|return|>', '<|return|>'),
  conversation('Command R', '<BOS_TOKEN><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>S<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Q<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>A<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>R<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>B<|END_OF_TURN_TOKEN|>', '<|END_OF_TURN_TOKEN|>'),
  conversation('GLM', '[gMASK]<sop><|system|>\nS<|user|>\nQ<|assistant|>\nA<|user|>\nR<|assistant|>\nB', ''),
  conversation('Phi-3', '<|system|>\nS<|end|>\n<|user|>\nQ<|end|>\n<|assistant|>\nA<|end|>\n<|user|>\nR<|end|>\n<|assistant|>\nB<|end|>\n', '<|end|>\n'),
  conversation('Phi-4-mini', '<|system|>S<|end|><|user|>Q<|end|><|assistant|>A<|end|><|user|>R<|end|><|assistant|>B<|end|>', '<|end|>'),
  conversation('Zephyr', '<|system|>\nS</s>\n<|user|>\nQ</s>\n<|assistant|>\nA</s>\n<|user|>\nR</s>\n<|assistant|>\nB</s>\n', '</s>\n'),
  conversation('OLMo', '<|endoftext|><|system|>\nS\n<|user|>\nQ\n<|assistant|>\nA<|endoftext|>\n<|user|>\nR\n<|assistant|>\nB<|endoftext|>', '<|endoftext|>'),
  conversation('EXAONE', '[|system|]S[|endofturn|]\n[|user|]Q\n[|assistant|]A[|endofturn|]\n[|user|]R\n[|assistant|]B[|endofturn|]\n', '[|endofturn|]\n'),
  conversation('Ling', '<role>SYSTEM</role>S<|role_end|><role>HUMAN</role>Q<|role_end|><role>ASSISTANT</role>A<|role_end|><role>HUMAN</role>R<|role_end|><role>ASSISTANT</role>B<|role_end|>', '<|role_end|>'),
  conversation('Apertus', '<s><|system_start|>S<|system_end|><|user_start|>Q<|user_end|><|assistant_start|>A<|assistant_end|><|user_start|>R<|user_end|><|assistant_start|>B<|assistant_end|>', '<|assistant_end|>'),
  conversation('Hunyuan', '<｜hy_begin▁of▁sentence｜>S<｜hy_place▁holder▁no▁3｜><｜hy_User｜>Q<｜hy_Assistant｜>A<｜hy_place▁holder▁no▁2｜><｜hy_User｜>R<｜hy_Assistant｜>B<｜hy_place▁holder▁no▁2｜>', '<｜hy_place▁holder▁no▁2｜>'),
  conversation('Hunyuan A13B', '<|startoftext|>S<|extra_4|>Q<|extra_0|>A<|eos|><|startoftext|>R<|extra_0|>B<|eos|>', '<|eos|>'),
  conversation('OLMoE', '|||IP_ADDRESS|||\n<|system|>\nS\n<|user|>\nQ\n<|assistant|>\nA|||IP_ADDRESS|||\n<|user|>\nR\n<|assistant|>\nB|||IP_ADDRESS|||', '|||IP_ADDRESS|||'),
  conversation('DeepSeek', '<｜begin▁of▁sentence｜>S<｜User｜>Q<｜Assistant｜>A<｜end▁of▁sentence｜><｜User｜>R<｜Assistant｜>B<｜end▁of▁sentence｜>', '<｜end▁of▁sentence｜>'),
  conversation('Llama 2', '<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nQ [/INST] A </s><s>[INST] R [/INST]B</s>', '</s>'),
  conversation('Mistral', '<s>[SYSTEM_PROMPT]S[/SYSTEM_PROMPT][INST]Q[/INST]A</s>[INST]R[/INST]B</s>', '</s>'),
  conversation('OpenChat', '<s>GPT4 Correct System: S<|end_of_turn|>GPT4 Correct User: Q<|end_of_turn|>GPT4 Correct Assistant: A<|end_of_turn|>GPT4 Correct User: R<|end_of_turn|>GPT4 Correct Assistant:B<|end_of_turn|>', '<|end_of_turn|>'),
  conversation('Vicuna', 'S USER: Q ASSISTANT: A</s>USER: R ASSISTANT:B</s>', '</s>', { words: true }),
  conversation('StarCoder2', '<|endoftext|>S\n\n### Instruction\nQ\n\n### Response\nA<|endoftext|>\n\n### Instruction\nR\n\n### Response\nB<|endoftext|>', '<|endoftext|>', { words: true }),
  conversation('Alpaca', 'S\n\n### Instruction:\nQ\n\n### Response:\nA</s>\n\n### Instruction:\nR\n\n### Response:\nB</s>', '</s>', { words: true }),
];

/** The texts in place of the letters, each of which is found as the last thing that is written behind a marker. */
export function withTexts({ text }: MarkedConversation, texts: Readonly<Record<'S' | 'Q' | 'A' | 'R' | 'B', string>>): string {
  return text.replace(/(?<![A-Za-z_])([SQARB])(?![A-Za-z_.])/g, (_, letter: keyof typeof texts) => texts[letter]);
}
