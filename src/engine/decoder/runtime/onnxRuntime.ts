import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { DeviceError } from '../../base/errors';

/** Where packages with a native runtime exist. */
const MACHINES = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

let loaded: typeof OnnxRuntime | undefined;

/**
 * ONNX Runtime, loaded by the first that needs it: what needs no model (tokens, help) works without, and where it is not there or does not load, that is one sentence.
 * @throws DeviceError
 */
export function onnxRuntime(): typeof OnnxRuntime {
  if (loaded) return loaded;
  // Its builds for Linux and macOS give this machine an identifier and send events to their maker, unless this is set before they are loaded.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  try {
    loaded = require('onnxruntime-node') as typeof OnnxRuntime;
  } catch (error) {
    throw runtimeFault(error, existsSync(join(binariesFolder(), 'onnxruntime_binding.node')));
  }
  // Whatever fails is thrown and told in our words; ONNX Runtime would print it to stderr besides.
  loaded.env.logLevel = 'fatal';
  return loaded;
}

/** For the log. */
export function runtimeVersion(): string {
  try {
    const { versions } = onnxRuntime().env;
    return versions.node ?? versions.common;
  } catch {
    return 'not there'; // the first request that needs it says why
  }
}

/** @param model of the `graph` folder, serialised @throws DeviceError where ONNX Runtime cannot be used */
export function createSession(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  return onnxRuntime().InferenceSession.create(model, options);
}

/** Where ONNX Runtime's native files for this machine are, or would be. */
export function binariesFolder(): string {
  try {
    return join(dirname(require.resolve('onnxruntime-node')), '..', 'bin', 'napi-v6', process.platform, process.arch);
  } catch {
    return '';
  }
}

/** The universal package has no native code; what is installed for one machine may be opened on another (a synced profile, a container); and a Linux may lack glibc. */
export function runtimeFault(error: unknown, isThere: boolean, machine = `${process.platform}-${process.arch}`): DeviceError {
  if (!MACHINES.includes(machine)) {
    return new DeviceError(`FlashTrace runs models with ONNX Runtime, which has no build for ${machine}; open the folder on another machine (${MACHINES.join(', ')}), for example through Remote - SSH.`, { cause: error });
  }
  if (!isThere) {
    return new DeviceError(`This installation of FlashTrace has no ONNX Runtime for ${machine}, without which no model runs; install the package that is made for this machine (flashtrace-vscode-${machine}-VERSION.vsix, by "Install from VSIX..." in the Extensions view) in its place.`, { cause: error });
  }
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new DeviceError(`ONNX Runtime does not load on this machine ("${reason}"); ${machine.startsWith('linux') && !hasGlibc()
    ? 'it needs glibc, which this Linux (Alpine and others with musl) does not have: use an image with glibc, such as Debian'
    : 'it needs Linux with glibc 2.28, macOS 14 or Windows 10, or newer ones'}.`, { cause: error });
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}
