/** What V8, the C++ library, ONNX Runtime and the system's linker write when memory runs out. */
const OUT_OF_MEMORY = /heap out of memory|bad_alloc|allocation failed|failed to allocate|cannot allocate memory|out of memory/i;

export function saysOutOfMemory(text: string): boolean {
  return OUT_OF_MEMORY.test(text);
}
