/** What cannot be done, in the reader's language: the kernel tells a code with details, and its own sentence for the rest. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { shortBytes } from '../graph/scene.js';

/** A refusal of the kernel, or that there is none. */
export class KernelFault extends Error {
  /** From the runtime's table of errors, or one of the page's own (KERNEL_GONE, NO_KERNEL); null for any other error. */
  readonly code: string | null;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(sentence: string, code: string | null, detail: Readonly<Record<string, unknown>>) {
    super(sentence);
    this.code = code;
    this.detail = detail;
  }
}

type Detail = Readonly<Record<string, unknown>>;

/** The sentence of a fault. Notifications cut a text at 140 characters, hence the short ones for what panels meet. */
export function faultSentence(error: unknown, trans: TranslationBundle): string {
  if (!(error instanceof KernelFault))
    return error instanceof Error ? error.message : String(error);
  const told = error.code === null ? null : sentenceOf(error.code, error.detail, trans);
  return told ?? error.message;
}

/** How many engines would fit; null if that is not what is wrong, or none does. */
export function fittingEngines(error: unknown): number | null {
  if (!(error instanceof KernelFault)) return null;
  const { code, detail } = error;
  const count = code === 'MEMORY_SHORT' ? detail['fitting'] : detail['free'];
  const isShort = code === 'MEMORY_SHORT' || code === 'LIMIT_REACHED';
  return isShort && typeof count === 'number' && count > 0 ? count : null;
}

function sentenceOf(code: string, detail: Detail, trans: TranslationBundle): string | null {
  const text = (name: string): string => String(detail[name]);
  switch (code) {
    case 'MEMORY_SHORT':
      return trans.__(
        '%1 engines need about %2, and %3 are free.',
        text('engines'),
        shortBytes(Number(detail['need'])),
        shortBytes(Number(detail['free']))
      );
    case 'LIMIT_REACHED':
      return trans.__(
        'You may have %1 engines at a time on this machine, and %2 run already.',
        text('limit'),
        text('running')
      );
    case 'LIMITS_INVALID':
      return trans.__('The limits of this machine cannot be read: %1.', text('path'));
    case 'CLUSTER_NOT_FOUND':
      return trans.__('Cluster %1 is not running any more.', text('received'));
    case 'CLUSTER_ENDED':
      return trans.__('Cluster %1 has ended, with the variables of its engines.', text('id'));
    case 'CONTROLLER_SILENT':
      return trans.__('Cluster %1 does not answer; its engines may still be there.', text('id'));
    case 'KERNEL_GONE':
      return trans.__('The kernel went away before it answered.');
    case 'NO_KERNEL':
      return trans.__('There is no kernel of DecentLab that could do it.');
    case 'RANKS_BUSY':
      return trans.__(
        'A cell runs on engine %1: W is set between cells.',
        [detail['ranks']].flat().join(', ')
      );
    case 'TOPOLOGY_FROZEN':
      return trans.__(
        'Engine %1 has windows, whose slots are those of its neighbours: free them first, by winFree() on all engines.',
        text('rank')
      );
    case 'TOPOLOGY_UNKNOWN':
      return trans.__('There is no topology called %1.', text('received'));
    case 'FILE_INVALID':
      return trans.__('%1 does not describe a topology of these engines.', text('path'));
    case 'CLUSTER_NOT_STARTED':
      return trans.__('The cluster could not start: %1', text('cause'));
    case 'ENGINE_NOT_STARTED':
      return trans.__('Engine %1 could not start: %2', text('rank'), text('cause'));
    case 'BACKEND_MISSING':
      return trans.__(
        'The backend %1 is not set up here; `decentlab doctor` says what it lacks.',
        text('name')
      );
    case 'BACKEND_DEVICE':
      return trans.__('The backend %1 cannot compute on such devices here.', text('name'));
    case 'DEVICE_MISSING':
      return trans.__('%1 was asked for, and is not there.', text('wanted'));
    case 'VALUE_INVALID':
      return invalidValue(detail, trans);
    default:
      return null;
  }
}

/** What is named there is the library's word, the same in every language. */
function invalidValue(detail: Detail, trans: TranslationBundle): string {
  const { what, expected, received, from, to } = detail;
  if (from !== undefined)
    return trans.__('There is no link between engines %1 and %2.', String(from), String(to));
  const [, least] = /^a whole number >= (\d+)$/.exec(String(expected)) ?? [];
  return least === undefined
    ? trans.__('%1: received %2, expected %3.', String(what), String(received), String(expected))
    : trans.__('%1: %2 is no whole number from %3 on.', String(what), String(received), least);
}
