/** Which backend computes in this process and in those that it starts: by name, or the fastest that is set up. */
import { DecentLabError } from '../../errors.js';
import { nearestNames } from '../math/nearest-names.js';
import type { Backend } from './backends/backend.js';
import { backends } from './backends/table.js';
import { hasNvidia, presentKinds, type DeviceKind } from './devices.js';

/** The environment variable that names it: processes inherit it. */
export const BACKEND_VARIABLE = 'DECENTLAB_BACKEND';

/** Why it was chosen, a clause: for the processes that only inherit its name. */
export const REASON_VARIABLE = 'DECENTLAB_BACKEND_REASON';

/** A backend that is set up, and what it will compute on. */
export interface Choice {
  readonly backend: Backend;
  readonly kind: DeviceKind;
  /** A clause, for lists. */
  readonly why: string;
}

const KIND_WORDS: Readonly<Record<DeviceKind, string>> = { gpu: 'a GPU', cpu: 'the processor' };

/**
 * The backend of this name; `auto` is the fastest that is set up.
 * @param kinds the devices that it may compute on, the wished first. Defaults to those of this machine
 * @throws VALUE_INVALID, BACKEND_MISSING, BACKEND_DEVICE
 */
export function chooseBackend(
  name: string = process.env[BACKEND_VARIABLE] ?? 'auto',
  kinds: readonly DeviceKind[] = presentKinds(),
  table: readonly Backend[] = backends
): Choice {
  return name === 'auto' ? chooseFastest(kinds, table) : chooseNamed(name, kinds, table);
}

function chooseNamed(
  name: string,
  kinds: readonly DeviceKind[],
  table: readonly Backend[]
): Choice {
  const backend = table.find(one => one.name === name);
  if (!backend) throw unknown(name, table);
  const missing = backend.missing();
  if (missing) throw new DecentLabError('BACKEND_MISSING', { name, ...missing });
  const kind = kinds.find(one => backend.kinds().includes(one));
  const inherited =
    process.env[BACKEND_VARIABLE] === name ? process.env[REASON_VARIABLE] : undefined;
  if (kind) return { backend, kind, why: inherited ?? 'asked for by name' };
  throw unreachable(name, kinds[0], [backend]);
}

function chooseFastest(kinds: readonly DeviceKind[], table: readonly Backend[]): Choice {
  for (const kind of kinds) {
    const able = table.filter(one => one.kinds().includes(kind));
    const backend = able.find(one => !one.missing());
    if (!backend) continue;
    const faster = table.slice(0, table.indexOf(backend)).filter(one => one.missing());
    const why =
      faster.length === 0
        ? `the fastest on ${KIND_WORDS[kind]}`
        : `the fastest that is set up on ${KIND_WORDS[kind]}; not set up: ${faster.map(one => one.name).join(', ')}`;
    return { backend, kind, why };
  }
  const ready = table.filter(one => !one.missing());
  throw unreachable('auto', kinds[0], ready);
}

/** None of these backends computes on such a device. */
function unreachable(name: string, kind: DeviceKind, ready: readonly Backend[]): DecentLabError {
  const can = [...new Set(ready.flatMap(one => one.kinds()))].map(one => KIND_WORDS[one]);
  const lacksDriver = kind === 'gpu' && !hasNvidia();
  const why = lacksDriver ? 'no driver of NVIDIA was found, see what `nvidia-smi` says' : undefined;
  return new DecentLabError('BACKEND_DEVICE', { name, can, wanted: KIND_WORDS[kind], why });
}

function unknown(received: string, table: readonly Backend[]): DecentLabError {
  const names = ['auto', ...table.map(one => one.name)];
  const [nearest] = nearestNames(received, names);
  const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  const expected = `one of ${names.join(', ')}${hint}`;
  return new DecentLabError('VALUE_INVALID', { what: 'backend', expected, received });
}
