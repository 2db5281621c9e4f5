/** JupyterLab for tests: the project's own one, in a folder of its own, with nothing of the user's settings. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { venvExecutable } from '../../kernel-runtime/src/platform.js';
import { findBrowser } from './browser.js';
import { writeKernelspec } from './venv.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Another version of JupyterLab for all browser tests, and a folder for JUPYTER_PATH with extensions beside ours. */
const jupyterLab =
  process.env['DECENTLAB_TEST_LAB'] ?? venvExecutable(join(root, '.venv'), 'jupyter-lab');
const sharedExtensions = process.env['DECENTLAB_TEST_SHARE'];
const labextension = join(root, 'extension/labextension');
/** How long a server may take to end its kernels. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 15_000;
const LOOK_AGAIN_MS = 20;
const pageAddress = /http:\/\/127\.0\.0\.1:\d+/;

/** Why no test can run in JupyterLab on this machine; null if nothing is missing. `needs` are files of the project. */
export function whyNoLab(needs: readonly string[] = []): string | null {
  if (findBrowser() === null) return 'no Chromium on PATH';
  if (!existsSync(jupyterLab)) return 'no .venv: `npm test` makes it';
  if (!existsSync(labextension)) return 'extension not built: `npm run build` does it';
  const missing = needs.find(path => !existsSync(join(root, path)));
  return missing === undefined ? null : `${missing} is missing`;
}

/** A title that says why its tests are skipped. */
export function titleWith(title: string, reason: string | null): string {
  return reason === null ? title : `${title} (skipped: ${reason})`;
}

export interface LabOptions {
  /** Files of the served folder by path, as JSON. */
  files?: Record<string, unknown>;
  /** Folders of the project that are copied into the served folder. */
  folders?: readonly string[];
  /** A folder for JUPYTER_PATH with further extensions. */
  share?: string;
  /** The path below which all pages lie, as a hub gives each user one. Defaults to `/`. */
  base?: string;
  /** Settings of the user, by plugin, e.g. `jupyterlab-decentlab/clusters`. */
  settings?: Record<string, unknown>;
  /** Variables of the server, which kernels inherit. */
  env?: NodeJS.ProcessEnv;
  /** The server's program. Defaults to the project's own JupyterLab. */
  program?: string;
  /** Without our extension: what a page is compared with. */
  isBare?: boolean;
  /** The text of the kernelspec. Defaults to that of the built kernel. */
  kernelspec?: string;
}

export class Lab {
  readonly #options: LabOptions;
  readonly #folder: string;
  readonly #token = randomBytes(16).toString('hex');
  #process!: ChildProcess;
  #origin = '';

  private constructor(options: LabOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), 'decentlab-lab-'));
  }

  /** Starts JupyterLab and waits until it says its address. */
  static async start(options: LabOptions = {}): Promise<Lab> {
    const lab = new Lab(options);
    lab.#furnish();
    await lab.#launch('0');
    return lab;
  }

  /** Ends the server with its kernels and starts it anew at the same address. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#launch(new URL(this.#origin).port);
  }

  /** Ends the server, with its kernels. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = new Promise(resolve => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    // A server that waits for a kernel which never came up does not end; its kernels end without it.
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE_MS);
    await exited;
    clearTimeout(patience);
  }

  #furnish(): void {
    const { files = {}, folders = [], settings = {}, isBare = false } = this.#options;
    const folder = this.#folder;
    for (const [path, content] of Object.entries(files))
      writeJson(join(folder, 'work', path), content);
    for (const name of folders)
      cpSync(join(root, name), join(folder, 'work', name), { recursive: true });
    mkdirSync(join(folder, 'work'), { recursive: true });
    mkdirSync(join(folder, 'runtime'), { mode: 0o700 });
    this.writeKernelspec(this.#options.kernelspec);
    const installed = join(folder, 'share/labextensions/jupyterlab-decentlab');
    if (!isBare) cpSync(labextension, installed, { recursive: true });
    const quiet = { fetchNews: 'false', checkForUpdates: false };
    const all = { '@jupyterlab/apputils-extension/notification': quiet, ...settings };
    for (const [plugin, values] of Object.entries(all)) this.writeSettings(plugin, values);
  }

  /** The user's settings of one plugin, which the next page reads. */
  writeSettings(plugin: string, values: unknown): void {
    const path = `config/lab/user-settings/${plugin}.jupyterlab-settings`;
    writeJson(join(this.#folder, path), values);
  }

  async #launch(port: string): Promise<void> {
    const { base = '/', env = {}, program = jupyterLab } = this.#options;
    const share = this.#options.share ?? sharedExtensions;
    const folder = this.#folder;
    const own = [`--ServerApp.port=${port}`, `--ServerApp.base_url=${base}`];
    this.#process = spawn(program, [...argumentsFor(join(folder, 'work')), ...own], {
      env: {
        ...process.env,
        JUPYTER_TOKEN: this.#token,
        JUPYTER_PATH: [join(folder, 'share'), ...(share ? [share] : [])].join(delimiter),
        JUPYTER_CONFIG_DIR: join(folder, 'config'),
        JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
        ...env
      },
      stdio: ['ignore', 'ignore', 'pipe']
    });
    this.#origin = await addressOf(this.#process);
  }

  /** The address of a page, `path` relative to JupyterLab, e.g. `tree/a.ipynb`. */
  url(path = ''): string {
    return this.address(`lab/${path}`);
  }

  /** The address of any page of the server. */
  address(path: string): string {
    return `${this.#origin}${this.#options.base ?? '/'}${path}?token=${this.#token}`;
  }

  /** Where the cluster files of its kernels are. */
  get runtimeFolder(): string {
    return join(this.#folder, 'runtime');
  }

  /** Installs the kernel again; by default the built one. */
  writeKernelspec(text?: string): void {
    writeKernelspec(join(this.#folder, 'share'), text);
  }

  /** Puts a file into the served folder, as JSON. */
  write(path: string, content: unknown): void {
    writeJson(join(this.#folder, 'work', path), content);
  }

  /** Reads a JSON file of the served folder; null if there is none, or only half of it. */
  read(path: string): unknown {
    try {
      return JSON.parse(readFileSync(join(this.#folder, 'work', path), 'utf8'));
    } catch {
      return null;
    }
  }

  /** Ends JupyterLab with its kernels, and removes its folder. */
  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Runs all cells of the open notebook by its menu, once its kernel is ready. */
export async function runAllCells(page: Page): Promise<void> {
  await kernelIsIdle(page);
  await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
  await page.getByText('Run All Cells', { exact: true }).click();
}

export interface Look {
  /** The titles of two tabs: where the cells are, and where one looks. */
  readonly notebook: string;
  readonly view: RegExp;
  isSeen(): Promise<boolean>;
}

/**
 * Runs all cells again, as often as it takes until the view shows what they do: a page on a busy machine may have been
 * opened only when that was over. Resolves to how often.
 */
export async function runUntilSeen(page: Page, { notebook, view, isSeen }: Look): Promise<number> {
  for (let runs = 0; ; runs++) {
    const end = Date.now() + LOOK_MS;
    while (Date.now() < end) {
      if (await isSeen()) return runs;
      await sleep(LOOK_AGAIN_MS);
    }
    await page.getByRole('tab', { name: notebook }).click();
    await runAllCells(page);
    await page.getByRole('tab', { name: view }).click();
  }
}

/** Hides the status bar, or shows it again. */
export async function toggleStatusBar(page: Page): Promise<void> {
  await page.getByRole('menuitem', { name: 'View', exact: true }).click();
  await page.getByText('Appearance', { exact: true }).hover();
  await page.getByText('Show Status Bar', { exact: true }).click();
}

/** Restarts the kernel of the open notebook by its menu, and waits until the new one is ready. */
export async function restartKernel(page: Page): Promise<void> {
  await page.getByRole('menuitem', { name: 'Kernel', exact: true }).click();
  await page.getByText('Restart Kernel…', { exact: true }).click();
  const restarted = page.waitForResponse(response => response.url().includes('/restart'));
  await page.getByRole('button', { name: 'Confirm Kernel Restart' }).click();
  await restarted;
  await kernelIsIdle(page);
}

/** The status bar names the kernel only when the notebook is connected to it; the notebook's own sign is earlier. */
function kernelIsIdle(page: Page): Promise<void> {
  const words = page.getByText(/^TypeScript \(DecentLab\) \| Idle$/);
  // The status bar itself may be hidden.
  return words.waitFor({ state: 'attached' });
}

function argumentsFor(rootFolder: string): string[] {
  const isRoot = process.getuid?.() === 0;
  return [
    '--no-browser',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.root_dir=${rootFolder}`,
    ...(isRoot ? ['--allow-root'] : [])
  ];
}

/** Reads on after the address, so that a full pipe never stops the server. */
function addressOf(labProcess: ChildProcess): Promise<string> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    labProcess.once('exit', () => reject(new Error(`JupyterLab ended:\n${said.join('\n')}`)));
    if (!labProcess.stderr) return reject(new Error('JupyterLab has no stderr.'));
    createInterface({ input: labProcess.stderr }).on('line', line => {
      said.push(line);
      const address = pageAddress.exec(line)?.[0];
      if (address !== undefined) resolve(address);
    });
  });
}

function writeJson(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
}
