/** A mesh in a slower network, where each call may meet a slow card. */
import { Network } from '../net/shaping/network.js';
import type { MeshOptions } from './mesh.js';
import { RecordedMesh } from './recorded-mesh.js';
import { Shaper, type ShaperOptions } from './shaper.js';

export class ShapedMesh extends RecordedMesh {
  readonly #shaper: Shaper;
  readonly #network: Network;

  constructor(options: MeshOptions & ShaperOptions) {
    const shaper = new Shaper(options);
    const network = new Network(shaper);
    super({ ...options, wire: network });
    this.#shaper = shaper;
    this.#network = network;
  }

  override post(...args: Parameters<RecordedMesh['post']>): ReturnType<RecordedMesh['post']> {
    this.#shaper.beginCall();
    return super.post(...args);
  }

  override signal(...args: Parameters<RecordedMesh['signal']>): void {
    this.#shaper.beginCall();
    super.signal(...args);
  }

  override close(): void {
    super.close();
    this.#network.close();
  }
}
