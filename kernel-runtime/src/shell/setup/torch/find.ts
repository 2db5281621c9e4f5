/** Asks a Python for its version and its PyTorch, without loading PyTorch: that would need CUDA's libraries. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DecentLabError } from '../../../errors.js';
import type { FoundTorch } from './versions.js';

const ASK = `
import json, platform, importlib.util, os
spec = importlib.util.find_spec("torch")
folder = os.path.dirname(spec.origin) if spec and spec.origin else None
version = None
if folder and os.path.exists(os.path.join(folder, "version.py")):
    found = {}
    exec(open(os.path.join(folder, "version.py")).read(), found)
    version = str(found.get("__version__"))
print(json.dumps({"python": platform.python_version(), "folder": folder, "version": version}))
`;

interface Answer {
  readonly python: string;
  readonly folder: string | null;
  readonly version: string | null;
}

/** What a Python says of itself and of its PyTorch. @throws PYTHON_MISSING when it cannot be started */
export async function askPython(
  command: string
): Promise<{ readonly python: string; readonly torch?: FoundTorch }> {
  const { python, folder, version } = await ask(command);
  return folder && version ? { python, torch: { command, version, folder } } : { python };
}

/** The PyTorch of a Python that has one. @throws PYTHON_MISSING, TORCH_MISSING */
export async function requireTorch(command: string): Promise<FoundTorch> {
  const { torch } = await askPython(command);
  if (torch) return torch;
  throw new DecentLabError('TORCH_MISSING', { command, reason: 'no package `torch`' });
}

async function ask(command: string): Promise<Answer> {
  try {
    const { stdout } = await promisify(execFile)(command, ['-c', ASK]);
    return JSON.parse(stdout) as Answer;
  } catch (cause) {
    throw new DecentLabError('PYTHON_MISSING', { tried: command }, { cause });
  }
}
