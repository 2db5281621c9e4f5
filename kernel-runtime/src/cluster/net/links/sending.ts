/** What a rank sends to one peer: small messages at once while there is credit, large ones by announcement and grant. */
import { DecentLabError } from '../../../errors.js';
import { encodeHead, frameInvalid, HEAD_BYTES, type Head } from '../../protocol/head.js';
import { BudgetOut } from './budget.js';
import type { BulkSender } from './bulk-sender.js';
import type { ControlChannel } from './control-channel.js';
import { Outgoing } from './outgoing.js';
import { EAGER_BYTES, MAX_WORDS_BYTES } from './sizes.js';
import type { Message } from './types.js';
import { WordsSent } from './words.js';

export interface SendingOptions {
  /** This rank. */
  readonly rank: number;
  readonly control: ControlChannel;
}

interface Waiting {
  readonly message: Message;
  readonly length: number;
  resolve(): void;
  reject(error: Error): void;
}

export class Sending {
  readonly #options: SendingOptions;
  readonly #words = new WordsSent();
  readonly #budget = new BudgetOut();
  /** Announced and not yet gone, by sequence. */
  readonly #outgoing = new Map<number, Outgoing>();
  /** What not even an announcement may leave for: the receiver has consumed nothing for long. */
  #waiting: Waiting[] = [];
  /** Of announcements; it wraps around. */
  #sequence = 0;
  #bulk: BulkSender | undefined;
  #ended: Error | undefined;

  constructor(options: SendingOptions) {
    this.#options = options;
  }

  /**
   * Sends a message. Resolves when its memory is free again: a small one is copied at once.
   * @throws VALUE_INVALID through the promise if its words are too long to be sent, LINK_ENDED if the link has ended
   */
  send(message: Message): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    const length = message.payload.reduce((sum, { byteLength }) => sum + byteLength, 0);
    try {
      assertWords(message.words);
      const sent = this.#waiting.length === 0 ? this.#begin(message, length) : undefined;
      if (sent) return sent;
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) =>
      this.#waiting.push({ message, length, resolve, reject })
    );
  }

  /** The receiver has dialled for large payloads. */
  attach(bulk: BulkSender): void {
    this.#bulk = bulk;
    for (const message of this.#outgoing.values()) if (message.mayGoOn) bulk.push(message);
  }

  /** @throws FRAME_INVALID if there is no such message */
  onGrant({ sequence, length }: Head): void {
    const message = this.#outgoing.get(sequence);
    if (!message) {
      // It may have been dropped with its epoch.
      if (((this.#sequence - sequence) | 0) > 0) return;
      throw frameInvalid(`a grant for the message ${sequence}, which was not sent`);
    }
    if (length <= message.granted || length > message.length) {
      throw frameInvalid(`a grant of ${length} bytes for one of ${message.length}`);
    }
    message.grant(length);
    this.#bulk?.push(message);
  }

  /** @throws FRAME_INVALID if it is more than was taken */
  onCredit({ length, number }: Head): void {
    this.#budget.give(length, number);
    while (this.#waiting.length > 0) {
      const [{ message, length: bytes, resolve, reject }] = this.#waiting;
      const sent = this.#begin(message, bytes);
      if (!sent) return;
      this.#waiting.shift();
      sent.then(resolve, reject);
    }
  }

  /** Messages of an older epoch are not sent any more. */
  dropBefore(epoch: number): void {
    for (const message of this.#outgoing.values()) if (message.epoch < epoch) message.drop();
    const old = this.#waiting.filter(({ message }) => message.epoch < epoch);
    this.#waiting = this.#waiting.filter(({ message }) => message.epoch >= epoch);
    for (const { resolve } of old) resolve();
  }

  /** The link has ended. */
  close(error: Error): void {
    this.#ended = error;
    this.#bulk?.close();
    for (const message of this.#outgoing.values()) message.drop();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** @returns when its memory is free; undefined if there is no credit for it */
  #begin(message: Message, length: number): Promise<void> | undefined {
    if (length <= EAGER_BYTES && this.#budget.take(length)) {
      this.#write('message', message, { length, sequence: 0 });
      return Promise.resolve();
    }
    if (length > 0 && this.#budget.announce()) return this.#announce(message);
    return undefined;
  }

  async #announce(message: Message): Promise<void> {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) >>> 0;
    const outgoing = new Outgoing({ epoch: message.epoch, sequence, parts: message.payload });
    this.#outgoing.set(sequence, outgoing);
    this.#write('announcement', message, { length: outgoing.length, sequence });
    await outgoing.freed;
    this.#outgoing.delete(sequence);
    if (this.#ended && !outgoing.isSent) throw this.#ended;
  }

  #write(
    kind: 'message' | 'announcement',
    { words, payload, epoch, era, stream, number }: Message,
    { length, sequence }: { length: number; sequence: number }
  ): void {
    const { rank: sender, control } = this.#options;
    const place = this.#place(words);
    const head = { kind, sender, epoch, era, stream, number, sequence, words: place, length };
    const bytes = encodeHead(head, kind === 'message' ? length : 0);
    let at = HEAD_BYTES;
    if (kind === 'message') {
      for (const part of payload) {
        bytes.set(part, at);
        at += part.byteLength;
      }
    }
    control.write(bytes);
  }

  /** Where the receiver finds the words; it is told of new ones first. */
  #place(words: string): number {
    const { rank: sender, control } = this.#options;
    const { place, isNew } = this.#words.placeOf(words);
    if (!isNew) return place;
    const text = Buffer.from(words);
    const bytes = encodeHead(
      { kind: 'words', sender, words: place, length: text.length },
      text.length
    );
    text.copy(bytes, HEAD_BYTES);
    control.write(bytes);
    return place;
  }
}

function assertWords(words: string): void {
  if (words.length <= MAX_WORDS_BYTES / 3) return;
  const bytes = Buffer.byteLength(words);
  if (bytes <= MAX_WORDS_BYTES) return;
  throw new DecentLabError('VALUE_INVALID', {
    what: 'The exchanged value',
    expected: `a structure that takes ${MAX_WORDS_BYTES} bytes in words at most`,
    received: `${bytes} bytes`
  });
}
