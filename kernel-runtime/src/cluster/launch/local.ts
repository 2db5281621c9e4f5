/** Starts engines on this machine, as children of the controller. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import type { EngineProcess, EngineStart, Launcher } from './launcher.js';

const ENGINE_PROGRAM = fileURLToPath(new URL('../engine/main.js', import.meta.url));
/** The pipe on which an engine hears of a Stop while it computes, and notices that the controller is gone. */
const INTERRUPT_FD = 3;
const INTERRUPT_BYTE = 'i';
const TAIL_CHARACTERS = 2000;

export const localLauncher: Launcher = { start };

function start({ config, cwd, execArgv }: EngineStart): EngineProcess {
  const log = join(config.folder, `engine-${config.rank}.log`);
  const file = openSync(log, 'a', 0o600);
  const child = spawn(process.execPath, [...execArgv, ENGINE_PROGRAM], {
    cwd,
    stdio: ['pipe', file, file, 'pipe']
  });
  closeSync(file);
  const pipe = child.stdio[INTERRUPT_FD] as Writable;
  // The pipes break when the process ends; its exit tells the story.
  pipe.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(config));
  const exited = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return {
    pid: child.pid ?? null,
    log,
    exited,
    logTail: () => readFileSync(log, 'utf8').trim().slice(-TAIL_CHARACTERS),
    interrupt: () => void pipe.write(INTERRUPT_BYTE),
    kill: () => void child.kill('SIGKILL')
  };
}
