/** Counts what the windows of this rank exchange with others, and records it for timelines. */
import type { WindowMessage } from '../../../mathematics/communicator/windows/messages.js';
import { spans } from '../../net/spans.js';
import { frameBytes, type Counters } from '../counters.js';

/** In timelines: what writes is sent, what is asked for is waited for. */
const KINDS = {
  put: { kind: 'send', op: 'winPut' },
  accumulate: { kind: 'send', op: 'winAccumulate' },
  get: { kind: 'wait', op: 'winGet' },
  lock: { kind: 'wait', op: 'winMutex' }
} as const;

/** A request that has not been answered. */
interface Open {
  readonly to: number;
  readonly since: number;
  end(): void;
}

export class WindowTraffic {
  readonly #counters: Counters;
  readonly #open = new Map<number, Open>();

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  sent(to: number, message: WindowMessage): void {
    const bytes = bytesOf(message);
    this.#counters.sent(to, bytes);
    if (!(message.kind in KINDS)) return;
    const { kind, op } = KINDS[message.kind as keyof typeof KINDS];
    const name = `${op} "${(message as { window: string }).window}"`;
    const details = kind === 'send' ? { peer: to, bytes } : { peer: to };
    const end = spans.begin(kind, name, details);
    this.#open.set(message.id, { to, since: performance.now(), end });
  }

  received(from: number, message: WindowMessage): void {
    this.#counters.received(from, bytesOf(message));
    if (message.kind !== 'answer' && message.kind !== 'refusal') return;
    const open = this.#open.get(message.id);
    if (open?.to === from) this.#close(message.id, open);
  }

  /** These ranks answer no more. */
  forget(ranks: readonly number[]): void {
    for (const [id, open] of this.#open) if (ranks.includes(open.to)) this.#close(id, open);
  }

  #close(id: number, { to, since, end }: Open): void {
    this.#open.delete(id);
    this.#counters.waited(to, performance.now() - since);
    end();
  }
}

function bytesOf(message: WindowMessage): number {
  return 'datas' in message ? frameBytes(message.datas) : 0;
}
