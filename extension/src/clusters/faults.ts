/**
 * What cannot be done, in the reader's language: the kernel tells a code with details. What is not known here is said by
 * its code; the kernel's own words, which are English, are shown as a quotation only. Loaded with the first fault.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { shortBytes } from '../graph/scene.js';
import { detailWords } from './details.js';
import { invalidValue } from './invalid-value.js';
import { KernelFault } from './kernel-fault.js';

type Detail = Readonly<Record<string, unknown>>;
type Sentence = (
  detail: Record<string, string>,
  trans: TranslationBundle,
  raw: Detail
) => string | null;

/** Notifications cut a text at 140 characters, hence the short ones for what panels meet. */
const sentences: Readonly<Record<string, Sentence>> = {
  MEMORY_SHORT: ({ engines, need, free }, trans) =>
    trans.__(
      '%1 engines need about %2, and %3 are free.',
      engines,
      shortBytes(Number(need)),
      shortBytes(Number(free))
    ),
  LIMIT_REACHED: ({ limit, running }, trans) =>
    trans.__(
      'You may have %1 engines at a time on this machine, and %2 run already.',
      limit,
      running
    ),
  LIMITS_INVALID: ({ path }, trans) =>
    trans.__('The limits of this machine cannot be read: %1.', path),
  CLUSTER_NOT_FOUND: ({ received }, trans) =>
    trans.__('Cluster %1 is not running any more.', received),
  CLUSTER_ENDED: ({ id }, trans) =>
    trans.__('Cluster %1 has ended, with the variables of its engines.', id),
  CLUSTER_DIFFERS: ({ id }, trans) =>
    trans.__('Cluster %1 of this notebook runs with other settings.', id),
  CONTROLLER_SILENT: ({ id }, trans) =>
    trans.__('Cluster %1 does not answer; its engines may still be there.', id),
  KERNEL_GONE: (_, trans) => trans.__('The kernel went away before it answered.'),
  NO_KERNEL: (_, trans) => trans.__('There is no kernel of DecentLab that could do it.'),
  RANKS_BUSY: (_, trans, { ranks }) =>
    trans.__('A cell runs on engine %1: W is set between cells.', [ranks].flat().join(', ')),
  TOPOLOGY_FROZEN: ({ rank }, trans) =>
    trans.__(
      'Engine %1 has windows, whose slots are those of its neighbours: free them first, by winFree() on all engines.',
      rank
    ),
  TOPOLOGY_UNKNOWN: ({ received }, trans) => trans.__('There is no topology called %1.', received),
  FILE_INVALID: ({ path }, trans) =>
    trans.__('%1 does not describe a topology of these engines.', path),
  CLUSTER_NOT_STARTED: (_, trans, { how, reason }) => {
    const known = reasonSentence(reason, trans);
    if (known !== null) return trans.__('The cluster could not start: %1', known);
    return typeof how === 'string'
      ? trans.__('The cluster could not start: its controller ended (%1).', detailWords(how, trans))
      : trans.__('The cluster could not start.');
  },
  ENGINE_NOT_STARTED: ({ rank }, trans, { how }) =>
    typeof how === 'string'
      ? trans.__('Engine %1 could not start (%2).', rank, detailWords(how, trans))
      : trans.__('Engine %1 could not start.', rank),
  BACKEND_MISSING: ({ name }, trans) =>
    trans.__('The backend %1 is not set up here; `decentlab doctor` says what it lacks.', name),
  BACKEND_DEVICE: ({ name }, trans) =>
    trans.__('The backend %1 cannot compute on such devices here.', name),
  DEVICE_MISSING: ({ wanted }, trans) => trans.__('%1 was asked for, and is not there.', wanted),
  VALUE_INVALID: (_, trans, detail) => invalidValue(detail, trans)
};

/** What is said of a fault. */
export interface Told {
  sentence: string;
  /** What the kernel says, where it may say more than the sentence; null where it does not. */
  quotation: string | null;
}

/** A fault in the reader's language. */
export function toldOf(error: unknown, trans: TranslationBundle): Told {
  const own = error instanceof Error ? error.message : String(error);
  const quotation = own === '' ? null : own;
  const code = error instanceof KernelFault ? error.code : null;
  if (code === null) return { sentence: trans.__('The kernel cannot do this.'), quotation };
  const sentence = sentenceOf(code, (error as KernelFault).detail, trans);
  if (sentence === null)
    return { sentence: trans.__('The kernel cannot do this (%1).', code), quotation };
  return { sentence, quotation: isWhole(code) ? null : quotation };
}

/** The sentence of a fault. */
export function faultSentence(error: unknown, trans: TranslationBundle): string {
  return toldOf(error, trans).sentence;
}

/** How many engines would fit; null if that is not what is wrong, or none does. */
export function fittingEngines(error: unknown): number | null {
  if (!(error instanceof KernelFault)) return null;
  const { code, detail } = error;
  const count = code === 'MEMORY_SHORT' ? detail['fitting'] : detail['free'];
  const isShort = code === 'MEMORY_SHORT' || code === 'LIMIT_REACHED';
  return isShort && typeof count === 'number' && count > 0 ? count : null;
}

/** Of what did not start, its processes have printed more than a sentence holds; of what is not set up, the remedy is long. */
function isWhole(code: string): boolean {
  const longer = ['CLUSTER_NOT_STARTED', 'ENGINE_NOT_STARTED', 'CLUSTER_DIFFERS'];
  return ![...longer, 'BACKEND_MISSING', 'BACKEND_DEVICE', 'DEVICE_MISSING'].includes(code);
}

function sentenceOf(code: string, detail: Detail, trans: TranslationBundle): string | null {
  if (!Object.hasOwn(sentences, code)) return null;
  const texts = Object.entries(detail).map(([name, value]) => [name, String(value)]);
  return (
    sentences[code]?.(Object.fromEntries(texts) as Record<string, string>, trans, detail) ?? null
  );
}

/** The fault behind a start that failed. */
function reasonSentence(reason: unknown, trans: TranslationBundle): string | null {
  if (typeof reason !== 'object' || reason === null) return null;
  const { code, detail } = reason as Detail;
  const isKnown = typeof code === 'string' && typeof detail === 'object' && detail !== null;
  return isKnown ? sentenceOf(code, detail as Detail, trans) : null;
}
