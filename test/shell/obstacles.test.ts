/** Every step of the set-up that cannot work stops with one sentence that names the remedy. */
import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { nodeTooOld, withNode } from '../../kernel-runtime/bin/bootstrap/node-version.mjs';
import { startOptions } from '../../kernel-runtime/src/shell/setup/options.js';
import { packagesStep } from '../../kernel-runtime/src/shell/setup/packages.js';
import { requireFreePort } from '../../kernel-runtime/src/shell/setup/port.js';
import { findPython } from '../../kernel-runtime/src/shell/setup/python.js';
import { venvStep } from '../../kernel-runtime/src/shell/setup/venv.js';
import { temporaryFolder, writeProgram } from '../helpers/folder.js';
import { root } from '../helpers/project.js';

/** Nobody listens there, and connecting is refused at once. */
const CLOSED = 'http://127.0.0.1:9';
const show = (): void => {};

function place(): { root: string; logFile: string } {
  const folder = temporaryFolder();
  return { root: folder, logFile: join(folder, 'setup.log') };
}

describe('Node', () => {
  it.each(['18.20.4', '20.18.3', '16.0.0'])('%s is too old', version => {
    expect(nodeTooOld(version)).toBe(
      `Node ${version} is too old for DecentLab: install Node 20.19 or newer from https://nodejs.org.`
    );
  });

  it.each(['20.19.0', '22.0.0', '24.21.0', process.versions.node])('%s will do', version => {
    expect(nodeTooOld(version)).toBeUndefined();
  });

  it('that is too old ends the command before anything is loaded', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const main = vi.fn(() => Promise.resolve());
    await withNode(main, '18.0.0');
    expect(main).not.toHaveBeenCalled();
    expect(error.mock.calls).toEqual([[expect.stringContaining('Node 18.0.0 is too old')]]);
    expect(process.exitCode).toBe(1);
    process.exitCode = undefined;
    error.mockRestore();
  });
});

describe('Python', () => {
  const stub = (version: string): string =>
    writeProgram(temporaryFolder(), 'python-stub', `echo ${version}`);

  it.each(['3.10.0', '3.13.2', '4.0.0'])('%s will do', async version => {
    const command = stub(version);
    expect(await findPython({ PYTHON: command })).toEqual({ command, version });
  });

  it.each(['2.7.18', '3.9.25'])('%s is too old, and the sentence says so', async version => {
    await expect(findPython({ PYTHON: stub(version) })).rejects.toThrow(
      new RegExp(`^Python ${version} .* is too old for JupyterLab: install Python 3.10 or newer`)
    );
  });

  it('that is missing is named with what was tried', async () => {
    await expect(findPython({ PATH: temporaryFolder() })).rejects.toThrow(
      /^No Python was found \(tried python3, python\): install Python 3.10 or newer/
    );
  });

  it.each([
    'The virtual environment was not created successfully because ensurepip is not available.',
    'Error: No module named venv'
  ])('without its venv module names the package to install: %s', async said => {
    const script = `case "$1" in -c) echo 3.12.4;; *) echo "${said}"; exit 1;; esac`;
    const PYTHON = writeProgram(temporaryFolder(), 'python-stub', script);
    await expect(venvStep(place(), { PYTHON }).run(show)).rejects.toThrow(
      /^Python 3\.12 .* its venv module is missing: .*python3-venv.* uv .*\.$/
    );
  });
});

describe('Without a network', () => {
  it('pip stops with the remedy', async () => {
    const where = place();
    symlinkSync(join(root, '.venv'), join(where.root, '.venv'));
    const env = {
      PATH: process.env['PATH'],
      PIP_INDEX_URL: CLOSED,
      PIP_RETRIES: '1',
      PIP_CONFIG_FILE: devNull
    };
    const pins = [{ name: 'a-package-of-the-tests', version: '1.0' }];
    const step = packagesStep(where, { name: 'JupyterLab', pins, env });
    expect(await step.isDone()).toBe(false);
    await expect(step.run(show)).rejects.toThrow(
      /^pip could not install JupyterLab, because the network did not answer: connect to the internet/
    );
  });

  it('npm stops the whole command with one line and exit code 1', () => {
    const folder = temporaryFolder();
    cpSync(join(root, 'kernel-runtime', 'bin'), join(folder, 'kernel-runtime', 'bin'), {
      recursive: true
    });
    const entry = { version: '1.0.0', resolved: `${CLOSED}/a.tgz`, integrity: 'sha512-AAAA' };
    const manifest = { name: 'x', version: '1.0.0', dependencies: { a: '1.0.0' } };
    const packages = { '': manifest, 'node_modules/a': entry };
    const lock = { ...manifest, lockfileVersion: 3, requires: true, packages };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const start = join(folder, 'kernel-runtime', 'bin', 'start.mjs');
    const { status, stderr, stdout } = spawnSync(process.execPath, [start], {
      encoding: 'utf8',
      env: { ...process.env, npm_config_registry: CLOSED, npm_config_fetch_retries: '0' }
    });
    expect(stderr.trim().split('\n')).toEqual([
      '… npm dependencies',
      '✗ npm dependencies',
      expect.stringMatching(/^npm could not install the dependencies, because the network did not/)
    ]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});

describe('The options of npm start', () => {
  it.each([
    [[], { browser: true, port: undefined }],
    [['--no-browser', '--port', '0'], { browser: false, port: 0 }],
    [['--port=8890'], { browser: true, port: 8890 }]
  ])('%j are read', (args, options) => {
    expect(startOptions(args)).toEqual(options);
  });

  it.each([[['--port', '70000']], [['--port', 'x']], [['--prot', '1']], [['more']], [['--port']]])(
    '%j are refused with the usage',
    args => {
      expect(() => startOptions(args)).toThrow(/the usage is `npm start -- \[--no-browser\]/);
    }
  );

  it('refuse a port that is taken, and take it once it is free', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(requireFreePort(port)).rejects.toThrow(
      `Port ${port} is taken or may not be used: choose another with \`npm start -- --port N\``
    );
    server.close();
    await once(server, 'close');
    await expect(requireFreePort(port)).resolves.toBeUndefined();
  });
});
