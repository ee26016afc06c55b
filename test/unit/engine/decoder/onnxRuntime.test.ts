import assert from 'node:assert/strict';
import { runtimeFault } from '../../../../src/engine/decoder/runtime/onnxRuntime';

describe('ONNX Runtime that cannot be used', () => {
  const fault = new Error('/lib/libonnxruntime.so.1: cannot open shared object file\nRequire stack:\n- here');

  it('is not in the package: says which one to install', () => {
    const { code, message } = runtimeFault(fault, false, 'linux-arm64');
    assert.equal(code, 'device');
    assert.match(message, /no ONNX Runtime for linux-arm64.*flashtrace-vscode-linux-arm64-VERSION\.vsix/);
  });

  it('does not exist for the machine: says for which it does', () => {
    assert.match(runtimeFault(fault, false, 'darwin-x64').message, /no build for darwin-x64; open the folder on another machine \(linux-x64, linux-arm64, darwin-arm64, win32-x64, win32-arm64\)/);
  });

  it('does not load: says the reason in one line, and what it needs', () => {
    const { message } = runtimeFault(fault, true, 'win32-x64');
    assert.match(message, /^ONNX Runtime does not load on this machine \("\/lib\/libonnxruntime\.so\.1: cannot open shared object file"\); it needs Linux with glibc 2\.28, macOS 14 or Windows 10/);
  });
});
