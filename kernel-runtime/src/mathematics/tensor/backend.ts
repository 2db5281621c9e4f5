/** Which backend of TensorFlow.js computes in this process and in those that it starts. */
import { DecentLabError } from '../../errors.js';

/** The environment variable that names it: processes inherit it. */
export const BACKEND_VARIABLE = 'DECENTLAB_BACKEND';

const BACKENDS = ['wasm', 'cpu'] as const;
export type Backend = (typeof BACKENDS)[number];

/** The backend of this name; `auto` is the fastest of those that are there. @throws VALUE_INVALID */
export function backendNamed(name: string): Backend {
  const found = BACKENDS.find(backend => backend === name);
  if (found !== undefined) return found;
  if (name === 'auto') return BACKENDS[0];
  const expected = `${BACKENDS.join(', ')} or auto, the backends of this version`;
  throw new DecentLabError('VALUE_INVALID', { what: 'backend', expected, received: name });
}

/** The backend that was asked for, or the fastest. @throws VALUE_INVALID */
export function chosenBackend(): Backend {
  return backendNamed(process.env[BACKEND_VARIABLE] ?? 'auto');
}

/** Every engine computes on the processor; no other device can be chosen yet. @throws VALUE_INVALID */
export function assertDevices(devices: string | undefined): void {
  if (devices === undefined || devices === 'cpu') return;
  const expected = 'cpu, the one kind of device of this version';
  throw new DecentLabError('VALUE_INVALID', { what: 'devices', expected, received: devices });
}
