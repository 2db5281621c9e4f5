/** The controller's door: a link is a client's or an engine's, as its first message says. */
import type { ControlLink } from '../net/control.js';
import { Limit } from '../net/limit.js';
import { isEither, type Check } from '../protocol/checks.js';
import { isFromClient, type ClientHello, type FromClient } from '../protocol/client-messages.js';
import { decodeMessage } from '../protocol/codec.js';
import { isFromEngine, type EngineHello, type FromEngine } from '../protocol/engine-messages.js';

/** Hears the messages of one link after the first. */
type Take<T> = (message: T) => void;

export interface Household {
  enterClient(hello: ClientHello, link: ControlLink): Take<FromClient>;
  enterEngine(hello: EngineHello, link: ControlLink): Take<FromEngine>;
}

const HELLO_LIMIT_MS = 5_000;

type Hello = ClientHello | EngineHello;

const isHello: Check<Hello> = ((message: unknown) =>
  isEither<FromClient | FromEngine>(isFromClient, isFromEngine)(message) &&
  message.type === 'hello') as Check<Hello>;

/** Lets a link in. One that says something else first, or nothing in time, is closed. */
export function receive(link: ControlLink, household: Household): void {
  let take: ((bytes: Uint8Array) => void) | undefined;
  const limit = new Limit(HELLO_LIMIT_MS, () => link.close('no hello in time'));
  link.onClose(() => limit.end());
  link.onMessage(bytes => {
    if (take) return take(bytes);
    limit.end();
    take = enter(decodeMessage(bytes, isHello), link, household);
  });
}

function enter(hello: Hello, link: ControlLink, household: Household): (bytes: Uint8Array) => void {
  if (hello.role === 'client') {
    const take = household.enterClient(hello, link);
    return bytes => take(decodeMessage(bytes, isFromClient));
  }
  const take = household.enterEngine(hello, link);
  return bytes => take(decodeMessage(bytes, isFromEngine));
}
