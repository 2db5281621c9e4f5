/** What the set-up puts where Jupyter looks: the kernelspec, the extension, Lab's defaults; and when it does so again. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildSteps } from '../../kernel-runtime/bin/bootstrap/build.mjs';
import { fingerprint } from '../../kernel-runtime/bin/bootstrap/fingerprint.mjs';
import type { Step } from '../../kernel-runtime/bin/bootstrap/steps.mjs';
import { kernelspecStep } from '../../kernel-runtime/src/shell/setup/kernelspec.js';
import { labSettingsStep } from '../../kernel-runtime/src/shell/setup/lab-settings.js';
import { labextensionStep } from '../../kernel-runtime/src/shell/setup/labextension.js';
import { papermillStep } from '../../kernel-runtime/src/shell/setup/papermill.js';
import { stableNode } from '../../kernel-runtime/src/shell/setup/stable-node.js';
import { temporaryFolder } from '../helpers/folder.js';
import { root } from '../helpers/project.js';

const STEPS: [string, (share: string) => Step, string][] = [
  ['kernelspec', kernelspecStep, 'kernels/decentlab/kernel.json'],
  ['logo', kernelspecStep, 'kernels/decentlab/logo-64x64.png'],
  ['extension', labextensionStep, 'labextensions/jupyterlab-decentlab/package.json'],
  ['defaults', labSettingsStep, 'lab/settings/overrides.json'],
  ['module for papermill', (site: string) => papermillStep(() => site), 'decentlab_papermill.py']
];

describe('The set-up', () => {
  it.each(STEPS)('writes the %s once, and again when it changed or went', async (_, make, file) => {
    const share = temporaryFolder();
    const step = make(share);
    const path = join(share, file);
    expect(await step.isDone()).toBe(false);
    await step.run(() => {});
    expect(await step.isDone()).toBe(true);
    const written = readFileSync(path);
    writeFileSync(path, 'something else');
    expect(await step.isDone()).toBe(false);
    await step.run(() => {});
    expect(readFileSync(path)).toEqual(written);
    rmSync(dirname(path), { recursive: true });
    expect(await step.isDone()).toBe(false);
  });

  it('writes a kernelspec that Jupyter can start', async () => {
    const share = temporaryFolder();
    await kernelspecStep(share).run(() => {});
    const text = readFileSync(join(share, 'kernels/decentlab/kernel.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      argv: [
        stableNode(),
        join(root, 'kernel-runtime/dist/programs/kernel.js'),
        '{connection_file}'
      ],
      display_name: 'TypeScript (DecentLab)',
      language: 'typescript',
      interrupt_mode: 'message'
    });
  });
});

describe('The path of Node', () => {
  it('is the first entry of PATH that leads to the running one', () => {
    const [other, first, second] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    writeFileSync(join(other, 'node'), 'another program');
    for (const folder of [first, second]) symlinkSync(process.execPath, join(folder, 'node'));
    const path = ['/nowhere', '', other, first, second].join(':');
    expect(stableNode(path)).toBe(join(first, 'node'));
  });

  it('is the running one itself when PATH has none', () => {
    expect(stableNode('/nowhere')).toBe(process.execPath);
  });
});

describe('The build', () => {
  function checkout(): { folder: string; kernel: Step } {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'kernel-runtime/src'), { recursive: true });
    mkdirSync(join(folder, 'kernel-runtime/dist/mathematics/math'), { recursive: true });
    writeFileSync(join(folder, 'kernel-runtime/dist/mathematics/math/sums.wasm'), '');
    writeFileSync(join(folder, 'kernel-runtime/src/index.ts'), 'export {};');
    mkdirSync(join(folder, 'kernel-runtime/dist/programs'));
    writeFileSync(join(folder, 'kernel-runtime/dist/programs/index.js'), 'export {};');
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    const kernelBuild = 'node -e "0"';
    const manifest = { name: 'decentlab', version: '1.0.0', scripts: { build: kernelBuild } };
    writeFileSync(join(folder, 'kernel-runtime/package.json'), JSON.stringify(manifest));
    mkdirSync(join(folder, 'extension'));
    writeFileSync(join(folder, 'extension/package.json'), '{ "name": "jupyterlab-decentlab" }');
    const [kernel] = buildSteps({ root: folder, logFile: join(folder, 'setup.log') });
    return { folder, kernel };
  }

  it('runs when a source changed or the result is gone, and only then', async () => {
    const { folder, kernel } = checkout();
    expect(await kernel.isDone()).toBe(false);
    await kernel.run(() => {});
    expect(await kernel.isDone()).toBe(true);
    writeFileSync(join(folder, 'kernel-runtime/src/more.ts'), 'export {};');
    expect(await kernel.isDone()).toBe(false);
    await kernel.run(() => {});
    rmSync(join(folder, 'kernel-runtime/dist/programs/index.js'));
    expect(await kernel.isDone()).toBe(false);
  });

  it('stops with its last lines and one sentence when it fails', async () => {
    const { folder, kernel } = checkout();
    const broken = { name: 'decentlab', scripts: { build: 'echo error TS1; exit 2' } };
    writeFileSync(join(folder, 'kernel-runtime/package.json'), JSON.stringify(broken));
    const stop: unknown = await kernel.run(() => {}).catch((error: unknown) => error);
    expect(stop).toMatchObject({
      message: expect.stringMatching(/^The kernel runtime could not be built: the lines above/),
      details: expect.stringContaining('error TS1')
    });
  });
});

describe('A fingerprint', () => {
  it('depends on names and contents, not on times', () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()];
    for (const folder of [one, two]) {
      mkdirSync(join(folder, 'src'));
      writeFileSync(join(folder, 'src', 'a'), 'text');
    }
    expect(fingerprint(one, ['src', 'gone'])).toBe(fingerprint(two, ['src', 'gone']));
    writeFileSync(join(two, 'src', 'a'), 'Text');
    expect(fingerprint(one, ['src'])).not.toBe(fingerprint(two, ['src']));
    cpSync(join(one, 'src', 'a'), join(one, 'src', 'b'));
    rmSync(join(one, 'src', 'a'));
    writeFileSync(join(two, 'src', 'a'), 'text');
    expect(fingerprint(one, ['src'])).not.toBe(fingerprint(two, ['src']));
  });
});
