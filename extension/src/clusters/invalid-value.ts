/** A value that the kernel refuses, in the reader's language: it says what it expected in English words of few forms. */
import type { TranslationBundle } from '@jupyterlab/translation';

type Words = (trans: TranslationBundle, value: Refused, ...parts: string[]) => string;

interface Refused {
  /** A word of the library, the same in every language. */
  name: string;
  received: string;
}

const forms: readonly [RegExp, Words][] = [
  [
    /^a whole number >= (\d+)$/,
    (trans, { name, received }, least) =>
      trans.__('%1: %2 is no whole number from %3 on.', name, received, least)
  ],
  [
    /^a whole number from (\d+) to (\d+)$/,
    (trans, { name, received }, least, most) =>
      trans.__('%1: %2 is no whole number from %3 to %4.', name, received, least, most)
  ],
  [
    /^one of (.+) \(did you mean (\S+)\?\)$/,
    (trans, { name, received }, names, nearest) =>
      trans.__('%1: there is no %2. Did you mean %3? Known are %4.', name, received, nearest, names)
  ],
  [
    /^one of ([^()]+)$/,
    (trans, { name, received }, names) =>
      trans.__('%1: there is no %2. Known are %3.', name, received, names)
  ],
  [
    /^auto, cpu, gpu, or some GPUs/,
    (trans, { name, received }) =>
      trans.__('%1: %2 is none of auto, cpu, gpu, and GPUs by number as in gpu:0,2.', name, received) // prettier-ignore
  ],
  [
    /^one graph, not a schedule of graphs$/,
    (trans, { received }) =>
      trans.__('The graph %1 changes with time; a cluster begins with one that stays.', received)
  ],
  [
    /^ranks from 0 to (\d+)$/,
    (trans, { received }, last) =>
      trans.__('There is no engine %1: they are 0 to %2.', received, last)
  ],
  [
    /^two different ranks from 0 to (\d+)$/,
    (trans, { received }, last) =>
      trans.__('A link joins two different engines from 0 to %1, and %2 does not.', last, received)
  ],
  [
    /^other ranks from 0 to (\d+), each once$/,
    (trans, { received }, last) =>
      trans.__('An engine takes from others from 0 to %1, from each once, and %2 does not.', last, received) // prettier-ignore
  ],
  [
    /^a square matrix with one row a node$/,
    (trans, { received }) => trans.__('W is square, and this is %1.', received)
  ],
  [/^a finite number$/, (trans, { received }) => trans.__('%1 is no finite number.', received)]
];

/** The sentence of VALUE_INVALID; null for a form that is not known here. */
export function invalidValue(
  { what, expected, received, from, to, rank }: Readonly<Record<string, unknown>>,
  trans: TranslationBundle
): string | null {
  if (from !== undefined)
    return trans.__('There is no link between engines %1 and %2.', String(from), String(to));
  if (what === undefined) return trans.__('Engine %1 refuses it.', String(rank));
  const name = isWord(what) ? what : trans.__('A value');
  for (const [form, words] of forms) {
    const found = form.exec(String(expected));
    if (found) return words(trans, { name, received: String(received) }, ...found.slice(1));
  }
  return null;
}

/** `Cluster.start, engines`, `backend`: not a phrase. */
function isWord(text: unknown): text is string {
  return /^[\w.]+(?:, \w+)?$/.test(String(text));
}
