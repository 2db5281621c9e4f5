/** A mesh whose messages take as long as a slower network would: each leaves when it would have arrived there. */
import { setImmediate, setTimeout } from 'node:timers/promises';

import type { LeafData } from '../../mathematics/communicator/values.js';
import type { Call } from './call.js';
import { frameBytes } from './counters.js';
import type { MeshOptions } from './mesh.js';
import { RecordedMesh } from './recorded-mesh.js';
import { Shaper, type ShaperOptions } from './shaper.js';
import type { Signal } from './signals.js';

/** Timers are right to a millisecond or two; what is left is waited for turn by turn. */
const TIMER_MS = 2;
/** Of messages from this size on, the time that the real link takes is part of the time that they shall take. */
const MEASURED_BYTES = 1 << 20;

export class ShapedMesh extends RecordedMesh {
  readonly #shaper: Shaper;
  /** The last message to each rank: one follows the other. */
  readonly #last = new Map<number, Promise<unknown>>();
  /** Ms that a byte of the last large message took on the real link. */
  #msPerByte = 0;

  constructor(options: MeshOptions & ShaperOptions) {
    super(options);
    this.#shaper = new Shaper(options);
  }

  override post(ranks: readonly number[], call: Call, arrays: readonly LeafData[]): Promise<void> {
    const { epoch } = this;
    const bytes = frameBytes(arrays);
    const kept = arrays.map(data => data.slice());
    const parts = ranks.map(to =>
      this.#later(to, bytes, async () => {
        this.assertEpoch(epoch);
        const began = performance.now();
        await super.post([to], call, kept);
        if (bytes >= MEASURED_BYTES) this.#msPerByte = (performance.now() - began) / bytes;
      })
    );
    const sent = Promise.all(parts).then(() => undefined);
    sent.catch(() => undefined);
    return sent;
  }

  override signal(to: number, { head, arrays }: Signal): void {
    const kept = { head, arrays: arrays.map(data => data.slice()) };
    void this.#later(to, frameBytes(arrays), () => Promise.resolve(super.signal(to, kept)));
  }

  /** Begins `send` behind the last message to this rank, and so that it ends when the message would have arrived. */
  #later(to: number, bytes: number, send: () => Promise<void>): Promise<void> {
    const arrival = this.#shaper.send(to, bytes, performance.now());
    const begin = arrival - (bytes >= MEASURED_BYTES ? bytes * this.#msPerByte : 0);
    const begun = Promise.resolve(this.#last.get(to))
      .then(() => until(begin))
      .then(() => ({ sent: send() }));
    this.#last.set(to, begun);
    return begun.then(({ sent }) => sent);
  }
}

async function until(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > TIMER_MS) await setTimeout(left - TIMER_MS);
  while (performance.now() < time) await setImmediate();
}
