/** npm packages that only a backend needs: fetched without their own install scripts, and unpacked where it looks for them. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../../../bin/bootstrap/run-command.mjs';
import type { Step } from '../../../../bin/bootstrap/steps.mjs';
import { explainFailure } from '../../../../bin/bootstrap/stop.mjs';
import type { Place } from '../place.js';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
}

/** Puts the packages into `folder/node_modules`, as npm would, but none of what they depend on. */
export function npmPackagesStep(
  { root, logFile }: Place,
  folder: string,
  packages: readonly NpmPackage[]
): Step {
  const placeOf = (name: string): string => join(folder, 'node_modules', ...name.split('/'));
  return {
    name: packages.map(({ name, version }) => `${name} ${version}`).join(', '),
    remedy: `run \`npm pack ${packages[0].name}\` to see what it says.`,
    isDone: () => packages.every(({ name, version }) => versionIn(placeOf(name)) === version),
    async run(show) {
      const fetched = join(folder, 'fetched');
      mkdirSync(fetched, { recursive: true });
      const wanted = packages.map(({ name, version }) => `${name}@${version}`);
      const pack = ['npm', 'pack', '--silent', '--pack-destination', fetched, ...wanted];
      const options = { cwd: root, logFile, onLine: show };
      const packed = await runCommand(pack, options);
      if (!packed.ok)
        throw explainFailure({ what: 'npm could not fetch what it needs', ...packed, logFile });
      for (const { name, version } of packages) {
        const archive = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
        const target = placeOf(name);
        rmSync(target, { recursive: true, force: true });
        mkdirSync(join(target, '..'), { recursive: true });
        const unpacked = await runCommand(
          ['tar', '-xzf', join(fetched, archive), '-C', fetched],
          options
        );
        if (!unpacked.ok)
          throw explainFailure({ what: `tar could not unpack ${archive}`, ...unpacked, logFile });
        renameSync(join(fetched, 'package'), target);
      }
      rmSync(fetched, { recursive: true, force: true });
    }
  };
}

function versionIn(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version;
}
