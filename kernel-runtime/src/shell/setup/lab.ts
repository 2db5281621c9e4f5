/** JupyterLab as a child process: started, announced, ended together with us. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DecentLabError } from '../../errors.js';
import { killGroup, venvExecutable } from '../../platform.js';
import { isListening } from './listening.js';
import type { StartOptions } from './options.js';
import { venvFolder } from './place.js';

const FIRST_LESSON = 'tutorials/00-tour.ipynb';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Milliseconds that Lab has to end its kernels before it is killed. */
const GRACE = 8000;

/**
 * Runs JupyterLab on `root` until it ends or a signal ends it. Calls `onUrl` once, when its page can be opened.
 * Resolves to the exit code. Throws LAB_ENDED when it ends by itself before that.
 */
export async function runLab(
  root: string,
  options: StartOptions,
  onUrl: (url: string) => void
): Promise<number> {
  const python = venvExecutable(venvFolder(root), 'python');
  // A group of its own, so that Ctrl-C reaches Lab once, from us, and never asks "Shut down? (y/n)".
  const lab = spawn(python, ['-m', 'jupyterlab', ...labArguments(root, options)], {
    cwd: root,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'ignore', 'pipe']
  });
  const state = { url: false, ending: false };
  const log: string[] = [];
  followLog(lab, join(root, 'lab.log'), line => {
    if (!state.url) log.push(line);
    const url = /(?:^|\s)(https?:\/\/\S+)$/.exec(line)?.[1];
    if (state.url || url === undefined) return;
    state.url = true;
    const isOver = (): boolean => state.ending || lab.exitCode !== null;
    void isListening(url, isOver).then(isOpen => isOpen && onUrl(url));
  });
  const release = endOnSignals(lab, () => (state.ending = true));
  const [code] = (await once(lab, 'close')) as [number | null];
  release();
  if (state.ending) return 0;
  if (!state.url) throw new DecentLabError('LAB_ENDED', { code, said: log.at(-1) ?? 'nothing' });
  return code ?? 1;
}

function labArguments(root: string, { browser, port }: StartOptions): string[] {
  const never = 'jupyterlab.handlers.announcements.NeverCheckForUpdate';
  const list = [
    `--ServerApp.root_dir=${root}`,
    `--LabApp.default_url=/lab${existsSync(join(root, FIRST_LESSON)) ? `/tree/${FIRST_LESSON}` : ''}`,
    `--LabApp.check_for_updates_class=${never}`
  ];
  if (!browser) list.push('--no-browser');
  if (port !== undefined) list.push(`--ServerApp.port=${port}`, '--ServerApp.port_retries=0');
  // Jupyter refuses to run as root unasked; in a container there is often nobody else.
  if (process.getuid?.() === 0) list.push('--allow-root');
  return list;
}

function followLog(lab: ChildProcess, file: string, onLine: (line: string) => void): void {
  if (!lab.stderr) return;
  const log = createWriteStream(file, { mode: 0o600 });
  lab.stderr.pipe(log);
  createInterface({ input: lab.stderr }).on('line', onLine);
}

/** The first signal ends Lab with its kernels; a second one, or the end of the grace, kills the whole group. */
function endOnSignals(lab: ChildProcess, onEnding: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    onEnding();
    if (timer) return killGroup(lab);
    timer = setTimeout(() => killGroup(lab), GRACE);
    lab.kill('SIGTERM');
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    clearTimeout(timer);
    for (const signal of SIGNALS) process.off(signal, end);
  };
}
