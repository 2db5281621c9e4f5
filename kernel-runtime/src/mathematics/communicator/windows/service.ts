/** What a rank does for a peer that asks something of one of its windows. */
import { DecentLabError } from '../../../errors.js';
import type { WindowRequest } from './messages.js';
import type { Arrays, Window } from './window.js';

/** A request that has come, and the way back. */
export interface Petition {
  readonly from: number;
  readonly request: WindowRequest;
  /** It is done; the arrays of a `get`. */
  answer(datas: Arrays): void;
  refuse(error: DecentLabError): void;
  /** The error of a window that is not there, or not any more. */
  missing(): DecentLabError;
}

/** Does what is asked, at once or when the mutex allows it, and answers once; or refuses. */
export function serve(window: Window, petition: Petition): void {
  const { from, request, answer, refuse, missing } = petition;
  const { id, kind, requireMutex } = request;
  const objection = objectionTo(window, from, request);
  if (objection) return refuse(objection);
  const granted = (): void => answer(perform(window, from, request));
  const ticket = { rank: from, id, granted, refused: () => refuse(missing()) };
  if (kind === 'lock') window.mutex.lock(ticket);
  else if (requireMutex) window.mutex.pass(ticket);
  else granted();
}

/** The error of arrays that are no value of a window. */
export function misfit(window: Window, datas: Arrays, what: string): DecentLabError {
  const received = datas.map(data => `${data.constructor.name}(${data.length})`).join(', ');
  return new DecentLabError('SHAPE_MISMATCH', { what, expected: window.signature, received });
}

/** What a peer may not write: only a broken or hostile one tries. */
function objectionTo(
  window: Window,
  from: number,
  { kind, datas }: WindowRequest
): DecentLabError | undefined {
  if (kind !== 'put' && kind !== 'accumulate') return undefined;
  const what = `A ${kind} of rank ${from} to "${window.name}" on rank ${window.near.rank}`;
  if (window.slots.has(from)) return window.fits(datas) ? undefined : misfit(window, datas, what);
  const expected = `in-neighbours, here [${[...window.slots.keys()].join(', ')}]`;
  return new DecentLabError('VALUE_INVALID', { what, expected, received: from });
}

function perform(window: Window, from: number, { kind, datas, p }: WindowRequest): Arrays {
  if (kind === 'put') window.put(from, { datas, p });
  if (kind === 'accumulate') window.accumulate(from, { datas, p });
  return kind === 'get' ? window.own : [];
}
