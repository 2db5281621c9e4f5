/** Starts engines on this machine, as children of the controller. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

import { heapLimit, heapOptions, memoryKills } from '../../memory.js';
import { programFile } from '../../package.js';
import { describeExit } from '../../platform.js';
import { withHugePages } from './huge-pages.js';
import type { EngineProcess, EngineStart, Launcher } from './launcher.js';
import { limitedEnvironment } from './limits.js';

/**
 * The pipe on which an engine hears of a Stop while it computes, gives signs of life, and notices that the controller is
 * gone.
 */
const STOP_FD = 3;
/** Of the log, for a user; and for the cause of a death, as V8's notes with a deep stack are long. */
const TAIL_CHARACTERS = 2_000;
const NOTES_CHARACTERS = 20_000;
/** Of the machine's memory, for the JavaScript heaps of all engines. */
const HEAP_SHARE = 0.5;

/**
 * The launcher of this machine.
 * @param through words in front of the engine's program, by rank: a program that becomes the one it is given, such as
 * `ip netns exec NAME` or `numactl --cpunodebind=1`. Defaults to none
 */
export function localLauncher(through: (rank: number) => readonly string[] = () => []): Launcher {
  return { start: options => start(options, through(options.config.rank)) };
}

function start(
  { config, cwd, execArgv, processes, environment }: EngineStart,
  through: readonly string[]
): EngineProcess {
  const log = join(config.folder, `engine-${config.rank}.log`);
  const file = openSync(log, 'a', 0o600);
  const heap = heapLimit(processes, HEAP_SHARE);
  const killsBefore = memoryKills();
  const options = [...heapOptions(heap), ...execArgv];
  const [program, ...words] = [...through, process.execPath, ...options, programFile('engine')];
  const child = spawn(program, words, {
    cwd,
    env: withHugePages({ ...limitedEnvironment(), ...environment }),
    stdio: ['pipe', file, file, 'pipe']
  });
  closeSync(file);
  const pipe = child.stdio[STOP_FD] as Duplex;
  // The pipes break when the process ends; its exit tells the story.
  pipe.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(config));
  const logTail = (characters = TAIL_CHARACTERS): string =>
    existsSync(log) ? readFileSync(log, 'utf8').trim().slice(-characters) : '';
  const exited = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) =>
      resolve(
        describeExit({
          ...{ code, signal, said: logTail(NOTES_CHARACTERS), heapLimit: heap },
          memoryKills: memoryKills() - killsBefore
        })
      )
    );
  });
  return {
    pid: child.pid ?? null,
    log,
    exited,
    logTail,
    onBeat: handler => void pipe.on('data', (text: Buffer) => handler(parseInt(text.toString()))),
    interrupt: request => void pipe.write(`${request}\n`),
    kill: () => void child.kill('SIGKILL')
  };
}
