/** The steps that build the kernel runtime and the extension whenever their sources changed. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './dependencies.mjs';
import { fingerprint, readStamp } from './fingerprint.mjs';
import { runCommand } from './run-command.mjs';
import { explainFailure } from './stop.mjs';

const BUILDS = [
  {
    name: 'kernel runtime',
    workspace: 'decentlab',
    folder: 'kernel-runtime',
    sources: [
      'src',
      'bin/build-wat.mjs',
      'bin/sums-wat.mjs',
      'bin/programs.mjs',
      'tsconfig.json',
      'package.json',
      '../tsconfig.base.json'
    ],
    results: ['dist/programs/index.js', 'dist/mathematics/math/sums.wasm'],
    stamp: 'dist/.built-from'
  },
  {
    name: 'JupyterLab extension',
    workspace: 'jupyterlab-decentlab',
    folder: 'extension',
    sources: ['src', 'style', 'tsconfig.json', 'package.json', 'build-labextension.mjs'],
    results: ['labextension/package.json'],
    stamp: 'lib/.built-from'
  }
];

/**
 * @param {{ root: string, logFile: string }} place
 * @returns {import('./steps.d.mts').Step[]}
 */
export function buildSteps({ root, logFile }) {
  return BUILDS.map(build => {
    const folder = join(root, build.folder);
    const stamp = join(folder, build.stamp);
    const sources = () => fingerprint(folder, build.sources);
    return {
      name: `Build of the ${build.name}`,
      remedy: `run \`npm run build -w ${build.workspace}\` to see what it says.`,
      isDone: () =>
        build.results.every(result => existsSync(join(folder, result))) &&
        readStamp(stamp) === sources(),
      async run(show) {
        const before = sources();
        const command = [...npm(), 'run', 'build', '-w', build.workspace];
        const { ok, log } = await runCommand(command, { cwd: root, logFile, onLine: show });
        if (!ok)
          throw explainFailure({ what: `The ${build.name} could not be built`, log, logFile });
        writeFileSync(stamp, before);
      }
    };
  });
}
