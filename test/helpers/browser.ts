/** The Chromium of this machine, driven without a window. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

/** How long a test with a page may take, in milliseconds. */
export const limit = 240_000;
/** How long a page may take for anything that is awaited: a busy machine shows everything, but late. */
const PATIENCE_MS = 90_000;

/** All that run now, for the runner, which loads this module apart from the tests. */
const shared = globalThis as { decentlabBrowsers?: Set<Browser> };
const running = (shared.decentlabBrowsers ??= new Set());
export const openBrowsers = (): readonly Browser[] => [...running];

/** The path of a Chromium on PATH; null if there is none. */
export function findBrowser(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = names.flatMap(name => folders.map(folder => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

/** Starts the browser that `findBrowser` found. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error(`None of ${names.join(', ')} is on PATH.`);
  const browser = await chromium.launch({ executablePath, args: flags });
  running.add(browser);
  browser.once('disconnected', () => running.delete(browser));
  return browser;
}

/** Opens a page in a context of its own. */
export async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
