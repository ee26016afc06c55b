import type { DeviceSetting, ExecutionProvider } from '../../protocol/engine/model';
import { selfTest } from './deviceSelfTest';

export interface ChosenDevice {
  readonly provider: ExecutionProvider;
  /** One sentence each: what was tried and why this one is used. */
  readonly log: readonly string[];
}

/**
 * Tries the execution providers that a setting stands for, one at a time (a failing one throws in ONNX Runtime, it does
 * not fall through). A provider is used only after it has run a small decoder and agreed with the CPU on it: some load
 * and then compute wrong attention. The CPU always works.
 */
export async function chooseDevice(setting: DeviceSetting): Promise<ChosenDevice> {
  const log: string[] = [];
  for (const provider of candidates(setting)) {
    const fault = await selfTest(provider);
    if (fault === null) {
      log.push(`${NAMES[provider]} is used: it agrees with the CPU on a small model.`);
      return { provider, log };
    }
    log.push(`${NAMES[provider]} is not used: ${fault}.`);
  }
  log.push(setting === 'cpu' ? 'The CPU is used, as set.' : 'The CPU is used.');
  return { provider: 'cpu', log };
}

const NAMES = { cuda: 'CUDA', webgpu: 'WebGPU', cpu: 'The CPU' } as const;

/** `auto` never takes WebGPU: a software adapter answers to that name too, and is slower than the CPU. */
function candidates(setting: DeviceSetting): ExecutionProvider[] {
  switch (setting) {
    case 'auto':
    case 'cuda':
      return ['cuda'];
    case 'webgpu':
      return ['webgpu'];
    case 'cpu':
      return [];
  }
}
