/** What a target is compared with: text, and where it is a single token in place of the target's first one, its id in a model's vocabulary. */
export interface OtherText {
  readonly text: string;
  readonly id?: number;
  readonly model?: string;
}

/** A token's id means something to its own model only. */
export function textOrId({ text, id, model }: OtherText, modelName: string): string | number {
  return id !== undefined && model === modelName ? id : text;
}
