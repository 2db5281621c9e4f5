/** Methods of one thread, called from another one over a port: in order, with the errors of the table on both sides. */
import type { MessagePort, TransferListItem } from 'node:worker_threads';

import { DecentLabError } from '../../errors.js';
import type { Reason } from './types.js';

/** Methods whose arguments and results can be cloned. */
export type Methods<Names extends string = string> = Record<Names, (...args: never[]) => unknown>;

/** What the calling side sends: without an id nobody waits for an answer. */
interface Asked {
  readonly id?: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What the serving side sends: an answer, or an event of its own. Besides, either side hands over lists. */
type Said<Event> =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly event: Event };

/** An error of the table by code and detail; any other as it is. */
export type Failure = { readonly reason: Reason } | { readonly error: unknown };

/** From here on, moving an array's memory is cheaper than copying it. */
const MOVED_BYTES = 1 << 14;

/** How the serving side speaks of its own accord. */
export interface Speaker<Event> {
  /** Sends an event. */
  event(event: Event): void;
  /** Hands a list over. @param moved memory that goes with it */
  hand(items: readonly unknown[], moved: TransferListItem[]): void;
}

/**
 * Answers what comes through a port, beginning in the order of arrival. Large arrays of a result are moved, so that a
 * method must not keep them.
 * @param onItems hears the lists that are handed over
 */
export function serve<Event>(
  port: MessagePort,
  methods: Methods,
  onItems: (items: readonly unknown[]) => void
): Speaker<Event> {
  const say = (said: Said<Event>, moved: TransferListItem[] = []): void =>
    port.postMessage(said, moved);
  port.on('message', (asked: Asked | readonly unknown[]) => {
    if (Array.isArray(asked)) return onItems(asked);
    const { id, method, args } = asked as Asked;
    if (id === undefined) return void methods[method](...(args as never[]));
    new Promise(resolve => resolve(methods[method](...(args as never[])))).then(
      value => say({ id, value }, movable(membersOf(value))),
      (error: unknown) => say({ id, failure: failureOf(error) })
    );
  });
  return {
    event: event => say({ event }),
    hand: (items, moved) => port.postMessage(items, moved)
  };
}

/** The methods on the other side of a port. */
export class Remote<All, Event> {
  readonly #port: MessagePort;
  readonly #pending = new Map<number, (said: Said<Event>) => void>();
  #asked = 0;

  /** @param onItems hears the lists that are handed over */
  constructor(
    port: MessagePort,
    onEvent: (event: Event) => void,
    onItems: (items: readonly unknown[]) => void
  ) {
    this.#port = port;
    port.on('message', (heard: Said<Event> | readonly unknown[]) => {
      if (Array.isArray(heard)) return onItems(heard);
      const said = heard as Said<Event>;
      if ('event' in said) return onEvent(said.event);
      this.#pending.get(said.id)?.(said);
      this.#pending.delete(said.id);
    });
  }

  /** Calls a method. @throws what it throws, with the stack of this side */
  async ask<Name extends keyof All & string>(
    method: Name,
    ...args: ArgumentsOf<All[Name]>
  ): Promise<ResultOf<All[Name]>> {
    const said = await new Promise<Said<Event>>(resolve => {
      const id = ++this.#asked;
      this.#pending.set(id, resolve);
      this.#port.postMessage({ id, method, args } satisfies Asked);
    });
    if ('failure' in said) throw errorOf(said.failure);
    return (said as { value: ResultOf<All[Name]> }).value;
  }

  /** Calls a method whose end nobody waits for. */
  tell<Name extends keyof All & string>(method: Name, ...args: ArgumentsOf<All[Name]>): void {
    this.#port.postMessage({ method, args } satisfies Asked);
  }

  /** Hands a list over. */
  hand(items: readonly unknown[]): void {
    this.#port.postMessage(items);
  }

  close(): void {
    this.#port.close();
  }
}

type ArgumentsOf<M> = M extends (...args: infer A) => unknown ? A : never;
type ResultOf<M> = M extends (...args: never[]) => infer R ? Awaited<R> : never;

/** What stands in a result, or in one of its lists. */
function membersOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flat() : [];
}

/** The memory of the large arrays among some values, if it is theirs alone. */
export function movable(values: readonly unknown[]): TransferListItem[] {
  const large = values.filter(ArrayBuffer.isView).filter(({ buffer, byteLength }) => {
    const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
    return isOwn && byteLength >= MOVED_BYTES;
  });
  return [...new Set(large.map(({ buffer }) => buffer as ArrayBuffer))];
}

/** An error as it crosses. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof DecentLabError)) return { error };
  const { code, detail } = error;
  return { reason: { code, detail } };
}

/** Made anew here, so that its stack leads to the caller. */
export function errorOf(failure: Failure): unknown {
  if (!('reason' in failure)) return failure.error;
  return new DecentLabError(failure.reason.code, failure.reason.detail);
}
