/** What one kernel costs from its start to its end: first replies, completion, idle memory, Stop. */
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf } from '../processes.js';
import { FrontEnd } from './front-end.js';
import type { KernelKind } from './kinds.js';

/** Milliseconds or MB; absent where the kernel cannot do it. */
export interface SessionSample {
  readonly firstReply: number;
  /** From the start of the process to the end of its first cell. */
  readonly firstCell: number;
  readonly idleRss: number;
  readonly idlePss: number | undefined;
  readonly firstCompletion: number | undefined;
  readonly completions: readonly number[];
  /** Answers while a loop keeps the cells busy. */
  readonly busy: BusyAnswers;
  /** From the request to stop a busy loop to its error reply. */
  readonly stop: number | undefined;
}

/** Milliseconds; nothing where the kernel answers only after the cell. */
interface BusyAnswers {
  readonly completions: number[];
  readonly hovers: number[];
  readonly signatures: number[];
}

/** A kernel that loads something in the background is idle after this. */
const SETTLE_MS = 2_000;
/** A loop that runs is hot. */
const LOOP_MS = 300;
const STOP_LIMIT_MS = 5_000;
/** A kernel that has not answered by then answers after the cell. */
const BUSY_LIMIT_MS = 1_000;
const BUSY_ROUNDS = 5;

/** Starts a kernel, measures, and ends it. */
export async function measureSession(kind: KernelKind): Promise<SessionSample> {
  const started = performance.now();
  const frontEnd = await FrontEnd.start(kind);
  try {
    await frontEnd.run('1');
    const firstCell = performance.now() - started;
    await sleep(SETTLE_MS);
    const { rss, pss } = memoryOf(frontEnd.pid);
    await frontEnd.run(kind.cells.text);
    const [firstCompletion, ...completions] = await complete(frontEnd);
    const { firstReply } = frontEnd;
    const memory = { idleRss: rss, idlePss: pss };
    const loop = await measureLoop(frontEnd);
    return { firstReply, firstCell, ...memory, firstCompletion, completions, ...loop };
  } finally {
    await frontEnd.close();
  }
}

/** The time of each completion that found something. */
async function complete(frontEnd: FrontEnd): Promise<number[]> {
  const times: (number | undefined)[] = [];
  for (const member of frontEnd.kind.cells.members)
    times.push(await timeOf(frontEnd, 'complete_request', `text.${member}`));
  return times.filter(time => time !== undefined);
}

/** The time of an answer about the end of `code`; undefined for one that knows nothing. */
async function timeOf(frontEnd: FrontEnd, type: string, code: string): Promise<number | undefined> {
  const started = performance.now();
  const reply = await frontEnd.request(type, { code, cursor_pos: code.length, detail_level: 0 });
  const elapsed = performance.now() - started;
  const { matches = [], found = false } = reply as { matches?: unknown[]; found?: boolean };
  return found || matches.length > 0 ? elapsed : undefined;
}

/** Answers while a loop runs, and how long its Stop takes: undefined if the kernel dies of it, or does not stop. */
async function measureLoop(frontEnd: FrontEnd): Promise<Pick<SessionSample, 'busy' | 'stop'>> {
  const { busy, ended } = frontEnd.begin(frontEnd.kind.cells.endless);
  const settled = ended.then(
    () => performance.now(),
    () => undefined
  );
  await busy;
  await sleep(LOOP_MS);
  const answers = await askWhileBusy(frontEnd);
  const asked = performance.now();
  await frontEnd.interrupt();
  const stopped = await Promise.race([settled, sleep(STOP_LIMIT_MS, undefined, { ref: false })]);
  return { busy: answers, stop: stopped === undefined ? undefined : stopped - asked };
}

async function askWhileBusy(frontEnd: FrontEnd): Promise<BusyAnswers> {
  const answers: BusyAnswers = { completions: [], hovers: [], signatures: [] };
  const [member] = frontEnd.kind.cells.members;
  for (let k = 0; k < BUSY_ROUNDS; k++) {
    const questions = [
      [answers.completions, 'complete_request', `text.${member}`],
      [answers.hovers, 'inspect_request', 'text'],
      [answers.signatures, 'inspect_request', `${frontEnd.kind.cells.call}(`]
    ] as const;
    for (const [times, type, code] of questions) {
      const answer = timeOf(frontEnd, type, code).catch(() => undefined);
      const time = await Promise.race([answer, sleep(BUSY_LIMIT_MS, undefined, { ref: false })]);
      if (time === undefined) return answers;
      times.push(time);
    }
  }
  return answers;
}
