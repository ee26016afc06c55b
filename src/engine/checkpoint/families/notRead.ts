/** Keys and values that are made from a smaller vector. */
export const MLA = 'multi-head latent attention';

/** Architectures that people have and that are not read, by `model_type`: the closest one that is, and what differs. */
export const NOT_READ: Readonly<Record<string, { readonly closest: string; readonly differs: string }>> = {
  llama4: { closest: 'llama', differs: 'attention in chunks and temperature by position' },
  llama4_text: { closest: 'llama', differs: 'attention in chunks and temperature by position' },
  mllama: { closest: 'llama', differs: 'layers that attend to images' },
  gemma3n: { closest: 'gemma3_text', differs: 'several residual streams (AltUp) and sparse activations' },
  gemma3n_text: { closest: 'gemma3_text', differs: 'several residual streams (AltUp) and sparse activations' },
  phi: { closest: 'phi3', differs: 'LayerNorm, and attention and MLP side by side' },
  phi3small: { closest: 'phi3', differs: 'blocksparse attention' },
  phimoe: { closest: 'phi3', differs: 'LayerNorm and a router of its own' },
  phi4_multimodal: { closest: 'phi3', differs: 'LoRA weights in its layers' },
  phi4mm: { closest: 'phi3', differs: 'LoRA weights in its layers' },
  olmo: { closest: 'olmo2', differs: 'LayerNorm without weights and clipped q, k and v' },
  deepseek_v2: { closest: 'qwen2_moe', differs: MLA },
  deepseek_v3: { closest: 'qwen2_moe', differs: MLA },
  glm4_moe: { closest: 'glm4', differs: 'experts with a router that is corrected by a bias' },
  cohere: { closest: 'cohere2', differs: 'RoPE in every layer and norms of q and k of another kind' },
  falcon_h1: { closest: 'granitemoehybrid', differs: 'attention and Mamba side by side in every layer' },
  nemotron_h: { closest: 'granitemoehybrid', differs: 'layers of one kind of block each' },
  jamba: { closest: 'granitemoehybrid', differs: 'Mamba 1 in place of Mamba 2' },
  bamba: { closest: 'granitemoehybrid', differs: 'partial RoPE and other details of its Mamba layers' },
  lfm2_moe: { closest: 'lfm2', differs: 'experts with a router that is corrected by a bias' },
  mamba: { closest: 'granitemoehybrid', differs: 'Mamba 1 and no attention' },
  mamba2: { closest: 'granitemoehybrid', differs: 'no attention' },
  gpt2: { closest: 'starcoder2', differs: 'learned positions' },
  gpt_neox: { closest: 'starcoder2', differs: 'one product for q, k and v by head, and attention and MLP side by side' },
};
