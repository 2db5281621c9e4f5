/** Knocks at the doors of ranks that have become silent, until one answers: a link that was cut may be mended. */
import { dialWebsocket, DialRefused, type DialOptions } from '../websocket.js';

export interface ProbesOptions {
  /** Ms between two attempts, and for each. */
  readonly interval: number;
  /** How a rank is asked. */
  dial(peer: number): DialOptions;
  /** A rank has answered, or its process is gone: nobody knocks any more. */
  onAnswer(peer: number): void;
}

/** Nobody listens there: the process has ended, which others tell. */
const NOBODY = new Set(['ECONNREFUSED', 'ENOENT']);

export class Probes {
  readonly #options: ProbesOptions;
  readonly #peers = new Set<number>();
  /** Those that are being asked: an answer may take longer than a pause. */
  readonly #asked = new Set<number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProbesOptions) {
    this.#options = options;
  }

  /** Knocks at this rank's door from now on. */
  add(peer: number): void {
    this.#peers.add(peer);
    this.#timer ??= setInterval(() => this.#knock(), this.#options.interval).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#peers.clear();
  }

  #knock(): void {
    for (const peer of this.#peers) if (!this.#asked.has(peer)) void this.#ask(peer);
  }

  async #ask(peer: number): Promise<void> {
    const { dial, interval, onAnswer } = this.#options;
    this.#asked.add(peer);
    try {
      const socket = await dialWebsocket({ ...dial(peer), timeout: interval });
      socket.on('error', () => undefined).terminate();
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!(error instanceof DialRefused) && !NOBODY.has(code)) return;
    } finally {
      this.#asked.delete(peer);
    }
    if (!this.#peers.delete(peer)) return;
    if (this.#peers.size === 0) this.close();
    onAnswer(peer);
  }
}
