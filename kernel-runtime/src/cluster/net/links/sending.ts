/** What a rank sends to one peer: small messages at once while there is credit, large ones by announcement and grant. */
import { DecentLabError } from '../../../errors.js';
import { frameInvalid, HEAD_BYTES, writeHead, type Head } from '../../protocol/head.js';
import { BudgetOut } from './budget.js';
import type { BulkSender } from './bulk-sender.js';
import type { ControlChannel } from './control-channel.js';
import { newMessage } from './frame.js';
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
   * Sends a message: a small one is copied at once. A promise for when its memory is free again, or undefined if it is.
   * @throws VALUE_INVALID if its words are too long to be sent; LINK_ENDED, through the promise too
   */
  send(message: Message): Promise<void> | undefined {
    if (this.#ended) throw this.#ended;
    assertWords(message.words);
    let length = 0;
    for (const { byteLength } of message.payload) length += byteLength;
    if (this.#waiting.length === 0) {
      if (this.#sendSmall(message, length)) return undefined;
      if (this.#mayAnnounce(length)) return this.#announce(message);
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
      if (this.#sendSmall(message, bytes)) resolve();
      else if (this.#mayAnnounce(bytes)) this.#announce(message).then(resolve, reject);
      else return;
      this.#waiting.shift();
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

  /** @returns false if it is not small, or there is no credit for it */
  #sendSmall(message: Message, length: number): boolean {
    if (length > EAGER_BYTES || !this.#budget.take(length)) return false;
    this.#write('message', message, { length, sequence: 0 });
    return true;
  }

  #mayAnnounce(length: number): boolean {
    return length > 0 && this.#budget.announce();
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
    const isWhole = kind === 'message';
    const bytes = newMessage(HEAD_BYTES + (isWhole ? length : 0));
    writeHead(bytes, { kind, sender, epoch, era, stream, number, sequence, words: place, length });
    if (isWhole) copyParts(payload, bytes);
    control.write(bytes);
  }

  /** Where the receiver finds the words; it is told of new ones first. */
  #place(words: string): number {
    const { rank: sender, control } = this.#options;
    const { place, isNew } = this.#words.placeOf(words);
    if (!isNew) return place;
    const length = Buffer.byteLength(words);
    const bytes = newMessage(HEAD_BYTES + length);
    writeHead(bytes, { kind: 'words', sender, words: place, length });
    bytes.write(words, HEAD_BYTES);
    control.write(bytes);
    return place;
  }
}

function copyParts(parts: readonly Uint8Array[], bytes: Uint8Array): void {
  let at = HEAD_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
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
