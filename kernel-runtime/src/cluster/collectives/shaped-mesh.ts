/** A mesh in a slower network: its sockets lead through one, and each of its calls may meet a slow card. */
import { socketAddress } from '../../platform.js';
import { Network } from '../net/shaping/network.js';
import type { Place } from '../net/websocket.js';
import { Addresses } from './addresses.js';
import type { MeshOptions } from './mesh.js';
import { RecordedMesh } from './recorded-mesh.js';
import { Shaper, type ShaperOptions } from './shaper.js';

export class ShapedMesh extends RecordedMesh {
  readonly #shaper: Shaper;

  constructor(options: MeshOptions & ShaperOptions) {
    const shaper = new Shaper(options);
    super({ ...options, addresses: new ShapedAddresses(options, new Network(shaper)) });
    this.#shaper = shaper;
  }

  override post(...args: Parameters<RecordedMesh['post']>): ReturnType<RecordedMesh['post']> {
    this.#shaper.beginCall();
    return super.post(...args);
  }

  override signal(...args: Parameters<RecordedMesh['signal']>): void {
    this.#shaper.beginCall();
    super.signal(...args);
  }
}

/** Both what this rank dials and what dials it goes through the network. */
class ShapedAddresses extends Addresses {
  readonly #options: MeshOptions;
  readonly #network: Network;

  constructor(options: MeshOptions, network: Network) {
    super(options);
    this.#options = options;
    this.#network = network;
  }

  override get own(): Place {
    return this.#socket('inner');
  }

  override of(rank: number): Place {
    return this.#network.lead(rank, this.#socket(`to-${rank}`), () => super.of(rank));
  }

  override publish(inner: Place): Promise<Place> {
    return this.#network.listen(super.own, inner);
  }

  override close(): void {
    this.#network.close();
  }

  #socket(name: string): string {
    const { folder, rank } = this.#options;
    return socketAddress(folder, `rank-${rank}-${name}`);
  }
}
