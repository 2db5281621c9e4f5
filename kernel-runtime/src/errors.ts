/** The one table of errors: every error a user can meet has a code, a sentence with the value received, and a remedy. */
import { anyRank, withRank } from './remedies.js';
import { tensorErrors } from './tensor-errors.js';

type Sentence = (detail: Record<string, unknown>) => string;

interface ErrorEntry {
  readonly sentence: Sentence;
  readonly remedy: string;
  /** For a script that runs on engines which end with it, where that is another one. */
  readonly inScript?: string;
}

const quoted = (names: unknown): string =>
  (names as readonly string[]).map(name => `"${name}"`).join(', ');

/** Errors in other errors are sentences already. */
const withFullStop = (text: unknown): string => `${String(text).replace(/\.$/, '')}.`;

function windowsInWords({ names, isReplaced }: Record<string, unknown>): string {
  if ((names as readonly string[]).length > 0) return `, which has ${quoted(names)}`;
  return isReplaced ? ': its engine process was replaced, and its windows are gone' : '';
}

const table = {
  DISAGREEMENT: {
    sentence: d =>
      `The ranks disagree: ${d.unit ?? 'rank'} ${d.rank} ${d.said}, but ${d.unit ?? 'rank'} ${d.otherRank} ${d.otherSaid}.`,
    remedy:
      'Let every rank make the same calls, in the same order, with values of one type and shape.'
  },
  PEER_LOST: {
    sentence: d =>
      d.isSilent === true
        ? `${d.call} needs rank ${d.rank}, which is frozen or cut off${inBrackets(d.how)}.`
        : `${d.call} needs rank ${d.rank}, whose engine process has ended${inBrackets(d.how)}; its variables are gone.`,
    remedy:
      'Go on without it by `await cluster.heal()`, or bring it back by `await cluster.restart(rank)`; the variables of the other ranks are kept.',
    inScript: 'Mend what has ended that process, and run the script again.'
  },
  RANK_ABSENT: {
    sentence: d =>
      `${d.what} needs rank ${d.rank}, which the graph goes around since cluster.heal(); ranks ${(d.members as number[]).join(', ')} take part.`,
    remedy: 'Name a rank that takes part, or bring it back by `await cluster.restart(rank)`.'
  },
  GRAPH_HEALED: {
    sentence: d =>
      `The call was ended by cluster.heal(): from now on the graph goes around ${(d.absent as number[]).length === 0 ? 'no rank' : `rank ${(d.absent as number[]).join(', ')}`}.`,
    remedy: 'Variables are kept; run the cell again.'
  },
  HEAL_IMPOSSIBLE: {
    sentence: () => 'No engine is left to go on: every rank is lost or frozen.',
    remedy: 'Bring them back by `await cluster.restart()`; their variables are gone.'
  },
  ENGINE_REPLACED: {
    sentence: d =>
      `The engine process of rank ${d.rank} was replaced while it ran this; its variables are gone.`,
    remedy: 'Define them again on that rank; the variables of the other ranks are kept.'
  },
  PEER_FAILED: {
    sentence: d => `${d.call} waited for rank ${d.rank}, which ended: ${withFullStop(d.error)}`,
    remedy: 'Mend the error of that rank first; the others only wait for it.'
  },
  WINDOW_MISSING: {
    sentence: d => `There is no window "${d.name}" on rank ${d.rank}${windowsInWords(d)}.`,
    remedy:
      'Call winFree() on all ranks, then winCreate on all ranks: every rank has its part of a window.'
  },
  WINDOW_EXISTS: {
    sentence: d => `Rank ${d.rank} has a window "${d.name}" already.`,
    remedy: 'Free it first, on all ranks, with `await winFree(name)`, or take another name.'
  },
  TOPOLOGY_FROZEN: {
    sentence: d =>
      `The topology of rank ${d.rank} cannot change while it has windows (${quoted(d.names)}), whose slots are those of its neighbours.`,
    remedy: 'Free them first, on all ranks, with `await winFree()`.'
  },
  RANKS_BUSY: {
    sentence: d =>
      `A topology is set between two cells, and one runs on rank ${(d.ranks as number[]).join(', ')}.`,
    remedy: 'Wait until the cell has ended, or interrupt it.'
  },
  CALL_TIMEOUT: {
    sentence: d => `${d.call} still waited for rank ${d.rank} after ${d.limit} ms, its time limit.`,
    remedy: 'See what that rank is doing, or raise the limit with the option `timeout`.'
  },
  SHUT_DOWN: {
    sentence: d => `${d.call} was called on rank ${d.rank} after shutdown().`,
    remedy: 'Call init() on that rank to communicate again.'
  },
  DEADLOCK: {
    sentence: d => `The ranks wait for each other, and none can go on: ${d.waits}.`,
    remedy: 'Let every rank make the same calls; calls with a name meet calls of the same name.'
  },
  FRAME_INVALID: {
    sentence: d => `Expected a tensor frame, received ${d.received}; the link was closed.`,
    remedy: 'Use the same version of decentlab on every engine.'
  },
  LINK_ENDED: {
    sentence: d => `The link with rank ${d.rank} has ended (${d.cause}).`,
    remedy: 'Repeat the call: the link is opened anew. If it ends again, restart that engine.',
    inScript: 'Repeat the call: the link is opened anew.'
  },
  LINK_MEMORY_FULL: {
    sentence: d =>
      `There is no room for ${d.bytes} bytes in link memory, of which ${d.used} bytes are in use; it holds 4 GiB at most.`,
    remedy: 'Exchange the value in parts, and let calls that are pending end first.'
  },
  IO_THREAD_ENDED: {
    sentence: d =>
      `The I/O thread of rank ${d.rank} has ended (${d.cause}), and its engine with it.`,
    remedy:
      'Bring the engine back with `await cluster.restart(rank)`; if it ends again, report the cause named here.',
    inScript: 'Run the script again; if it ends again, report the cause named here.'
  },
  INTERRUPTED: {
    sentence: () => 'The call was interrupted.',
    remedy: 'Variables are kept; run the cell again.',
    inScript: 'Run the script again.'
  },
  MESSAGE_INVALID: {
    sentence: d => `Expected a control message, received ${d.received}; the connection was closed.`,
    remedy: 'Use the same version of decentlab in the notebook and in the cluster.'
  },
  CLUSTER_NOT_FOUND: {
    sentence: d => `There is no running cluster ${d.received}.`,
    remedy: 'See `await Cluster.list()`, or start one: `await Cluster.start({ engines: 4 })`.'
  },
  CLUSTER_NOT_STARTED: {
    sentence: d => `The cluster could not start: ${d.cause}.`,
    remedy: 'Mend the cause named here and call Cluster.start again; no process of it is left.'
  },
  CLUSTER_DIFFERS: {
    sentence: d =>
      `Cluster ${d.id} of this notebook runs with other settings: ${(d.differences as string[]).join('; ')}.`,
    remedy:
      'Get it as it is by `await Cluster.connect()`, or replace it, with new variables, by `Cluster.start({ …, reuse: false })`.'
  },
  CLUSTER_ENDED: {
    sentence: d =>
      `Cluster ${d.id} has ended (${d.cause}), and the variables of its engines are gone.`,
    remedy: 'Start a new one: `await Cluster.start({ engines: 4 })`.'
  },
  MEMORY_SHORT: {
    sentence: d =>
      `${d.engines} engines need about ${megabytes(d.need)}, and ${megabytes(d.free)} are free: ${Number(d.fitting) > 0 ? `start ${d.fitting}?` : 'none fits.'}`,
    remedy:
      'Take fewer engines, stop other clusters and kernels, or start them all the same with the option `ignoreMemory: true` (`--ignore-memory` in a shell).'
  },
  LIMIT_REACHED: {
    sentence: d =>
      `${d.engines} engines are more than you may start: ${d.limit} at a time are allowed here (${d.path}), and ${d.running} run already.`,
    remedy:
      'Take fewer, or stop a cluster that you do not need (`decentlab cluster stop`); whoever looks after this machine can raise the limit.'
  },
  LIMITS_INVALID: {
    sentence: d =>
      `The limits of this machine, ${d.path}, cannot be used: expected ${d.expected}, received ${d.received}.`,
    remedy:
      'Whoever looks after this machine has to mend the file, e.g. { "engines": 8, "memoryMB": 2000, "idleMinutes": 10 }; until then no engine starts.'
  },
  CONTROLLER_SILENT: {
    sentence: d =>
      `Cluster ${d.id} does not answer: its controller (process ${d.pid}) is frozen or cut off (${d.cause}).`,
    remedy:
      'Its engines and their variables may still be there: `await Cluster.connect(id)` works as soon as it answers again.'
  },
  ENGINE_NOT_STARTED: {
    sentence: d => `The engine of rank ${d.rank} could not start (${d.cause}).`,
    remedy: 'Read what its process said here, and mend that first.'
  },
  NOT_SHIPPED: {
    sentence: d =>
      `apply sends the function's own text, but ${d.name} is not defined on the engines.`,
    remedy: 'Pass the value as an argument of apply, or define it in a %%px cell before.'
  },
  VARIABLE_MISSING: {
    sentence: d => `${d.name} is not defined on this rank.`,
    remedy: 'Define it in a %%px cell, or with push, on every rank that is asked.'
  },
  SHAPE_MISMATCH: {
    sentence: d => `${d.what}: expected ${d.expected}, received ${d.received}.`,
    remedy:
      'Make the shapes equal before the call; print `x.length` on every rank to find the odd one.'
  },
  TIMELINE_OFF: {
    sentence: () => 'No engine has recorded a timeline.',
    remedy: 'Call `await cluster.recordTimeline()` before the cells that you want to see.'
  },
  VALUE_INVALID: {
    sentence: d => `${d.what}: expected ${d.expected}, received ${d.received}.`,
    remedy: 'Check the argument named here.'
  },
  FILE_INVALID: {
    sentence: d => `${d.path} cannot be used: expected ${d.expected}, received ${d.received}.`,
    remedy: 'The file is of another kind, damaged or half-written: make or fetch it again.'
  },
  NOT_CONVERGED: {
    sentence: d =>
      `${d.what} ended after ${d.steps} steps with x within ${d.distance} of the minimum, not ${d.wanted}.`,
    remedy: 'Raise the regularisation or the tolerance, or allow more steps.'
  },
  NOT_DIFFERENTIABLE: {
    sentence: d => `grad cannot follow this step of the loss: ${d.what}.`,
    remedy:
      'Write it with words of math, such as div(dot(r, r), 2) or exp(t); in a cell `+ - * /` and Math do as well, except in functions of other modules. Or give the gradient by hand.'
  },
  NOT_ON_ENGINE: {
    sentence: d =>
      `${d.name}() was called in a client cell, but only engines have a rank and neighbours.`,
    remedy: 'Start the cell with %%px to run it on the engines.'
  },
  NOT_ON_CLIENT: {
    sentence: d =>
      `${d.name} was used in an engine cell, but engines cannot start or steer a cluster.`,
    remedy: 'Remove %%px from the first line of the cell.',
    inScript:
      'Give it to `node` rather than to `decentlab run`, or take it out: the engines are there.'
  },
  INPUT_IMPOSSIBLE: {
    sentence: d => `input() cannot ask the reader of this notebook: ${d.cause}.`,
    remedy: 'Ask in a cell that runs in JupyterLab or in a console, or give the value in the code.'
  },
  NO_PAGE: {
    sentence: d => `${d.name} speaks with the notebook's page, which only cells of the client can.`,
    remedy: 'Remove %%px from the first line of the cell, and push the result to the engines.'
  },
  MAGIC_UNKNOWN: {
    sentence: d => `There is no "${d.received}" in this kernel. ${d.advice}`,
    remedy: '%lsmagic lists the magics that there are.'
  },
  NAME_UNKNOWN: {
    sentence: d => `Nothing is known of "${d.name}" here.`,
    remedy: 'Run the cell that declares it first; Tab completes the names that there are.'
  },
  MAGIC_PLACE: {
    sentence: d => `"${d.received}" stands below code, but magics stand before the code of a cell.`,
    remedy: 'Move the line to the top, or into a cell of its own.'
  },
  MAGIC_FLAG: {
    sentence: d => `${d.magic} does not understand "${d.received}"; its options are ${d.options}.`,
    remedy: 'Write one of them: Tab completes, and hover tells what each does.'
  },
  NO_CLUSTER: {
    sentence: () => '%%px runs on engines, but this notebook has no cluster.',
    remedy: 'Start one in a cell of its own: `const cluster = await Cluster.start({ engines: 4 })`.'
  },
  CLIENT_ENDED: {
    sentence: d =>
      `The process that runs this notebook's cells ended (${d.cause}), so the variables of all cells are gone; the cluster and its engines are untouched.`,
    remedy: 'A new process has started: run the cells again from the top.'
  },
  CELL_STOPPED: {
    sentence: () => 'Stopped before the cell began.',
    remedy: 'Nothing of it has run; run it again.'
  },
  CLIENT_NOT_STARTED: {
    sentence: d => `The process that runs this notebook's cells could not start (${d.cause}).`,
    remedy: 'Run `npm run build` in the project, then restart the kernel.'
  },
  PYTHON_MISSING: {
    sentence: d => `No Python was found (tried ${d.tried}):`,
    remedy: 'install Python 3.10 or newer, or name one with PYTHON=/path/to/python3.'
  },
  PYTHON_TOO_OLD: {
    sentence: d => `Python ${d.version} (${d.command}) is too old for JupyterLab:`,
    remedy: 'install Python 3.10 or newer, or name one with PYTHON=/path/to/python3.'
  },
  VENV_MISSING: {
    sentence: d =>
      `Python ${d.release} (${d.command}) cannot make a virtual environment, its venv module is missing:`,
    remedy:
      'install it (Debian, Ubuntu: `sudo apt install python3-venv`), or make the environment with uv (`uv venv --seed .venv`), then try again.'
  },
  OPTION_INVALID: {
    sentence: d => `"${d.received}" is not understood, the usage is ${d.usage}:`,
    remedy: 'correct it and try again.'
  },
  PORT_TAKEN: {
    sentence: d => `Port ${d.port} is taken or may not be used:`,
    remedy: 'choose another with `npm start -- --port N`, or let 0 find a free one.'
  },
  LAB_ENDED: {
    sentence: d => `JupyterLab ended while it started, with exit code ${d.code} (${d.said}):`,
    remedy: 'read lab.log; `npx decentlab doctor` checks the set-up.'
  },
  EXTENSION_MISSING: {
    sentence: () => 'The JupyterLab extension has not been built:',
    remedy: 'run `npm start` in the project, which builds it.'
  },
  TOPOLOGY_UNKNOWN: {
    sentence: d => `There is no topology and no file called "${d.received}"; ${d.names}:`,
    remedy: 'take one of them, or the path of a file with W or with edges.'
  },
  ALGORITHM_UNKNOWN: {
    sentence: d => `There is no algorithm called "${d.received}"; ${d.names}:`,
    remedy: 'take one of them, or the path of a .ts file that exports { init, step }.'
  },
  ALGORITHM_FILE: {
    sentence: d => `${d.file} gives no algorithm: ${d.cause}.`,
    remedy:
      'Let it export { name, init, step }, or a function from the options ({ gamma, beta, … }) to one.'
  },
  PROBLEM_INVALID: {
    sentence: d => `${d.file}, ${d.where}: expected ${d.expected}, received ${d.received}.`,
    remedy: 'A problem file holds { "A": [n][m][d], "b": [n][m] }, finite numbers all.'
  },
  NOT_ON_ENGINES: {
    sentence: d => `${d.what} cannot be sent to engines: ${d.cause}.`,
    remedy:
      'Run it in the simulator, or make it on the engines in a %%px cell and call iterate there.'
  },
  CHECK_UNKNOWN: {
    sentence: d => `No check "${d.received}" is defined ${d.where} (${d.names}).`,
    remedy:
      'Take one of these ids, define it in NAME.checks.json beside the lesson, or say in the cell what is expected: check(id, seen, { expected }).'
  },
  CHECK_FAILED: {
    sentence: d => `Check ${d.id} itself failed on ${d.received}: ${d.cause}.`,
    remedy:
      'Either the value is of a kind that the check does not know, or the check has a mistake.'
  },
  EXERCISE_INVALID: {
    sentence: d => `${d.path}, cell ${d.cell}: expected ${d.expected}, received ${d.received}.`,
    remedy: 'Mend the cell named here; CONTRIBUTING.md shows an exercise.'
  },
  SOLUTION_LEFT: {
    sentence: d =>
      `The solution of exercise ${d.id} still stands in ${d.path}; nothing was written.`,
    remedy: 'Take it out there, or write that part of the solution in other words.'
  },
  FILE_EXISTS: {
    sentence: d => `${d.path} is there already; nothing was written.`,
    remedy: 'Take another folder, or allow writing over it with `--force`.'
  },
  COMMAND_UNKNOWN: {
    sentence: d => `decentlab has no command "${d.received}":`,
    remedy: 'see the list that `decentlab --help` prints.'
  },
  ...tensorErrors
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof table;

/** All error codes, for the documentation and its test. */
export const errorCodes = Object.keys(table) as ErrorCode[];

/**
 * An error from the table. `message` is the sentence and the remedy; `code` is stable and may be tested for.
 */
export class DecentLabError extends Error {
  readonly code: ErrorCode;
  readonly detail: Record<string, unknown>;

  constructor(code: ErrorCode, detail: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(describeError(code, detail), options);
    this.name = 'DecentLabError';
    this.code = code;
    this.detail = detail;
  }
}

function megabytes(bytes: unknown): string {
  return `${Math.round(Number(bytes) / 1e6)} MB`;
}

function inBrackets(how: unknown): string {
  return how === undefined ? '' : ` (${String(how)})`;
}

/** The sentence and the remedy of an error. */
export function describeError(code: ErrorCode, detail: Record<string, unknown>): string {
  const entry: ErrorEntry = table[code];
  return `${entry.sentence(detail)} ${withRank(entry.remedy, detail['rank'])}`;
}

/** A text with the remedies of notebooks in it, as a script's author can follow them. */
export function forScripts(text: string): string {
  const entries: readonly ErrorEntry[] = Object.values(table);
  return entries.reduce(
    (said, { remedy, inScript }) =>
      inScript ? said.replace(anyRank(remedy), () => inScript) : said,
    text
  );
}
