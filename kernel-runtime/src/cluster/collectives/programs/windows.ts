/** The operations on windows. What they ask of peers is answered beside the peers' sockets, whatever their cells do. */
import type { LeafData } from '../../../mathematics/communicator/values.js';
import type { Neighbourhood } from '../../../mathematics/communicator/weights.js';
import type {
  WinCreateOptions,
  WinGetOptions,
  WinMutexOptions,
  WinPutOptions
} from '../../../mathematics/communicator/windows/one-sided.js';
import type { UpdateOptions, Writing } from '../../../mathematics/communicator/windows/room.js';
import { spans } from '../../net/spans.js';
import type { Begun, Exchange, Program } from '../program.js';
import { disseminate } from './all-ranks.js';

/** The window. */
export interface Named {
  readonly name: string;
}

export interface WinCreateSpec extends Named {
  readonly options: WinCreateOptions;
  /** The slots are those of this neighbourhood, for as long as the window lives. */
  readonly near: Neighbourhood;
  /** The topology in words, equal on all ranks that have the same one. */
  readonly topology: string;
}

/** Makes the memory here, and resolves once all ranks have theirs: no write can come too early. */
export const winCreate: Program<WinCreateSpec> = (exchange, { name, options, near, topology }) => {
  const { caller, arrays, signature } = exchange;
  const { host } = caller.windows;
  host.assertFree(name);
  const op = `winCreate "${name}"`;
  const words = { op, signature: `${signature} in ${topology}`, options: exchange.options };
  const call = caller.allRanksCall(words);
  const creation = `${caller.mesh.epoch}.${call.era}`;
  const { zeroInit = false } = options;
  host.create({ name, creation, signature, datas: arrays, near, zeroInit });
  caller.mesh.connect(caller.others());
  const met = disseminate(caller, call).catch((error: unknown) => {
    host.free(name);
    throw error;
  });
  return { arriving: met };
};

/** Meets all ranks: what any of them has written is there, and nobody writes any more. */
export const winFree: Program<{ readonly name?: string }> = ({ caller, options }, { name }) => {
  const { host } = caller.windows;
  if (name !== undefined) host.window(name);
  const op = name === undefined ? 'winFree of all' : `winFree "${name}"`;
  const call = caller.allRanksCall({ op, signature: '', options });
  return { arriving: disseminate(caller, call) };
};

/** Lets go of the memory here, whether or not the others could be met. */
export const winDrop: Program<{ readonly name?: string }> = (exchange, { name }) =>
  doing(exchange, ({ host }) => host.free(name));

export interface WinWriteSpec extends Named {
  readonly writing: Writing;
  readonly options: WinPutOptions;
}

/** Puts or accumulates. */
export const winWrite: Program<WinWriteSpec> = (exchange, { writing, name, options }) => {
  const { arrays: datas, signature } = exchange;
  const value = { datas, signature };
  return doing(exchange, ({ host }) => host.write(writing, name, { value, options }));
};

/** Fetches the values of in-neighbours. */
export const winGet: Program<Named & { readonly options: WinGetOptions }> = (exchange, spec) =>
  doing(exchange, ({ host }) => host.get(spec.name, spec.options));

/** Combines the slots with the own value. */
export const winUpdate: Program<Named & { readonly options: UpdateOptions }> = (exchange, spec) => {
  const { name, options } = spec;
  return reading(exchange, async ({ host }) => {
    // With the mutex it may have to wait for peers.
    const end = spans.begin(options.requireMutex ? 'wait' : 'reduce', `winUpdate "${name}"`);
    try {
      const sum = await host.update(name, options);
      return sum.map(data => data.slice());
    } finally {
      end();
    }
  });
};

/** The number of the hold. */
export const winLock: Program<Named & { readonly options: WinMutexOptions }> = (exchange, spec) =>
  reading(exchange, async ({ host }) => [Int32Array.of(await host.lock(spec.name, spec.options))]);

/** Gives mutexes back. */
export const winRelease: Program<{ readonly hold: number }> = (exchange, { hold }) =>
  doing(exchange, ({ host }) => host.release(hold));

/** In-neighbours, and how often each has written. */
export const winVersion: Program<Named> = (exchange, { name }) =>
  reading(exchange, ({ host }) => {
    const versions = host.version(name);
    return [
      Int32Array.from(Object.keys(versions), Number),
      Int32Array.from(Object.values(versions))
    ];
  });

/** The weight p. */
export const winAssociatedP: Program<Named> = (exchange, { name }) =>
  reading(exchange, ({ host }) => [Float64Array.of(host.associatedP(name))]);

/** Waits for a write. */
export const winArrival: Program<Named & { readonly options: { timeout?: number } }> = (
  exchange,
  { name, options }
) =>
  doing(exchange, async ({ host }) => {
    const end = spans.begin('wait', `winArrival "${name}"`);
    try {
      await host.arrival(name, options);
    } finally {
      end();
    }
  });

/** Whether p goes with the values from now on. */
export const winCountP: Program<{ readonly isCounting: boolean }> = (exchange, { isCounting }) =>
  doing(exchange, ({ host }) => host.countP(isCounting));

type Windows = Exchange['caller']['windows'];

/** A result in arrays. */
function reading(
  { caller }: Exchange,
  read: (windows: Windows) => LeafData[] | Promise<LeafData[]>
): Begun {
  return { arriving: Promise.resolve(read(caller.windows)) };
}

function doing(exchange: Exchange, work: (windows: Windows) => void | Promise<void>): Begun {
  return reading(exchange, async windows => {
    await work(windows);
    return [];
  });
}
