/** A value of a GGUF file's metadata; 64-bit integers are numbers where a number holds them exactly. */
export type GgufValue = string | number | bigint | boolean | readonly GgufValue[];

export type GgufMetadata = ReadonlyMap<string, GgufValue>;
