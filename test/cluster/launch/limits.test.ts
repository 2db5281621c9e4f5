/** The file that limits what all users may take: what it may say, and that notebook, panel and shell all follow it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedIdle, parseLimits } from '../../../kernel-runtime/src/cluster/launch/limits.js';
import { temporaryFolder } from '../../helpers/folder.js';
import { FrontEnd } from '../../helpers/front-end.js';
import { root } from '../../helpers/project.js';

const path = '/etc/decentlab/limits.json';

describe('a file of limits', () => {
  it.each([
    ['{}', {}],
    ['{ "engines": 8 }', { engines: 8 }],
    [
      '{ "engines": 8, "memoryMB": 1500.5, "idleMinutes": 0.5 }',
      { engines: 8, memoryMB: 1500.5, idleMinutes: 0.5 }
    ]
  ])('%s is understood', (text, expected) => {
    expect(parseLimits(text, path)).toEqual(expected);
  });

  it.each([
    ['', 'expected JSON'],
    ['{ "engines": 8', 'expected JSON'],
    ['[8]', 'expected an object with engines, memoryMB, idleMinutes, received [8]'],
    ['null', 'expected an object'],
    ['{ "engine": 8 }', 'expected only engines, memoryMB, idleMinutes, received "engine"'],
    ['{ "engines": 0 }', 'expected engines to be a whole number >= 1, received engines: 0'],
    ['{ "engines": 2.5 }', 'received engines: 2.5'],
    ['{ "engines": "8" }', 'received engines: "8"'],
    ['{ "memoryMB": 4 }', 'expected memoryMB to be a number >= 100, received memoryMB: 4'],
    ['{ "idleMinutes": 0 }', 'expected idleMinutes to be a number > 0, received idleMinutes: 0'],
    ['{ "idleMinutes": null }', 'received idleMinutes: null']
  ])('%j is refused with its place and what was expected', (text, said) => {
    expect(() => parseLimits(text, path)).toThrow(said);
    expect(() => parseLimits(text, path)).toThrow(path);
  });
});

describe('limits', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'limits.json');
  const env = { DECENTLAB_LIMITS: file, JUPYTER_RUNTIME_DIR: folder };
  let kernel: FrontEnd;

  beforeAll(async () => {
    writeFileSync(file, '{ "engines": 2, "memoryMB": 300, "idleMinutes": 0.01 }');
    kernel = await FrontEnd.start(env);
  });
  afterAll(() => kernel?.close());

  it('let nobody start more engines from a shell, and name the file', () => {
    const script = join(folder, 'script.ts');
    writeFileSync(script, 'console.log("ran")');
    const program = join(root, 'kernel-runtime/bin/decentlab.mjs');
    const run = spawnSync(process.execPath, [program, 'run', '-n', '3', script], {
      env: { ...process.env, ...env },
      encoding: 'utf8'
    });
    expect(run.stderr).toContain('3 engines are more than you may start: 2 at a time');
    expect(run.stderr).toContain(file);
    expect(run.stdout).toBe('');
    expect(run.status).toBe(1);
  });

  it('hold for a cell, for the panel beside it, and for what engines take', async () => {
    const refused = await kernel.run('await Cluster.start({ engines: 3 })');
    expect(refused.reply['evalue']).toContain('3 engines are more than you may start');

    const started = await kernel.run('const cluster = await Cluster.start({ engines: 1 }); 1');
    expect(started.reply['status']).toBe('ok');
    const data = { action: 'start', request: 1, engines: 2 };
    kernel.send('comm_open', { comm_id: 'p', target_name: 'decentlab:clusters', data: {} });
    const answered = kernel.next(({ content }) => content.data?.['request'] === 1);
    kernel.send('comm_msg', { comm_id: 'p', data });
    const { content } = await answered;
    expect(content.data).toMatchObject({
      code: 'LIMIT_REACHED',
      detail: { engines: 2, running: 1, limit: 2, free: 1, path: file }
    });

    const grown = await kernel.run(
      '%%px\nconst kept = []; for (let k = 0; k < 60; k++) { kept.push(new Float64Array(1e6).fill(k)); await new Promise(go => setTimeout(go, 20)); }'
    );
    expect(String(grown.reply['evalue'])).toMatch(/more than the limit of 300 MB/);
  });

  it('that cannot be read stop every start with one sentence', async () => {
    writeFileSync(file, '{ "engines": ');
    const refused = await kernel.run('await Cluster.start({ engines: 2 })');
    expect(refused.reply['evalue']).toContain(`The limits of this machine, ${file}`);
  });

  it('end a cluster sooner than it was asked for, never later', () => {
    process.env['DECENTLAB_LIMITS'] = file;
    try {
      writeFileSync(file, '{ "idleMinutes": 0.01 }');
      expect([allowedIdle(60_000), allowedIdle(100)]).toEqual([600, 100]);
    } finally {
      delete process.env['DECENTLAB_LIMITS'];
    }
  });
});
