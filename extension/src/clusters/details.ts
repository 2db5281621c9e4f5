/** What engines do, what they wait for and how they ended, in the reader's language: the cluster tells it in English words of few forms. */
import type { TranslationBundle } from '@jupyterlab/translation';

type Words = (trans: TranslationBundle, ...parts: string[]) => string;

const forms: readonly [RegExp, Words][] = [
  [/^cell (\d+)$/, (trans, number) => trans.__('cell %1', number)],
  [
    /^(.+), for rank ([\d, ]+)$/,
    (trans, call, ranks) => trans.__('%1, for engine %2', call, ranks)
  ],
  [
    /^its process has given no sign of life for ([\d.]+) s$/,
    (trans, seconds) => trans.__('its process has given no sign of life for %1 s', seconds)
  ],
  [
    /^ranks ([\d, ]+) hear nothing of it, though its process runs$/,
    (trans, ranks) => trans.__('engines %1 hear nothing of it, though its process runs', ranks)
  ],
  [
    /^it was not ready within (\d+) s$/,
    (trans, seconds) => trans.__('it was not ready within %1 s', seconds)
  ],
  [/^exit code (\d+)$/, (trans, code) => trans.__('exit code %1', code)],
  [
    /^signal (\w+)/,
    (trans, signal = '') => {
      const meaning = meaningOf(signal, trans);
      return meaning === ''
        ? trans.__('signal %1', signal)
        : trans.__('signal %1: %2', signal, meaning);
    }
  ],
  [
    /^out of memory: its JavaScript heap may take (\d+) MB$/,
    (trans, megabytes) => trans.__('out of memory: its JavaScript heap may take %1 MB', megabytes)
  ],
  [
    /^out of memory: the system ended it at the limit of (.+) for all processes here$/,
    (trans, limit) =>
      trans.__(
        'out of memory: the system ended it at the limit of %1 for all processes here',
        limit
      )
  ],
  [
    /^out of memory: it used (.+), more than the limit of (.+)$/,
    (trans, used, limit) =>
      trans.__('out of memory: it used %1, more than the limit of %2', used, limit)
  ],
  [
    /^out of memory: it used (.+), and only (.+) of (.+) were left$/,
    (trans, used, free, all) =>
      trans.__('out of memory: it used %1, and only %2 of %3 were left', used, free, all)
  ]
];

/** The detail of an engine's state; one of another form stays as it is. */
export function detailWords(detail: string, trans: TranslationBundle): string {
  for (const [form, words] of forms) {
    const found = form.exec(detail);
    if (found) return words(trans, ...found.slice(1));
  }
  return detail;
}

function meaningOf(signal: string, trans: TranslationBundle): string {
  switch (signal) {
    case 'SIGSEGV':
      return trans.__('a segmentation fault, which is a fault in native code');
    case 'SIGBUS':
      return trans.__('a bus error, which is a fault in native code');
    case 'SIGILL':
      return trans.__('an illegal instruction in native code');
    case 'SIGFPE':
      return trans.__('an arithmetic fault in native code');
    case 'SIGABRT':
    case 'SIGTRAP':
      return trans.__('it aborted itself');
    case 'SIGKILL':
      return trans.__('somebody ended it, or the system did because memory ran out');
    case 'SIGTERM':
      return trans.__('somebody asked it to end');
    default:
      return '';
  }
}
