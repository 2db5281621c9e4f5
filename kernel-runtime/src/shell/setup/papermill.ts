/** The step that teaches papermill to write parameters in TypeScript, should papermill be installed now or later. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../../../bin/bootstrap/steps.mjs';
import { packageVersion } from '../../package.js';
import { papermillAssets } from './place.js';

const MODULE = 'decentlab_papermill';
const version = packageVersion();

/**
 * Puts a module of 60 lines into Python's `site-packages`. papermill loads it through its own entry point; without
 * papermill nobody loads it. Written like an installed wheel, so that pip lists and removes it, but without a download.
 * @param sitePackages asked when the step's turn has come; undefined where there is no Python
 */
export function papermillStep(sitePackages: () => string | undefined): Step {
  const files = distribution();
  const isThere = (folder: string) =>
    Object.entries(files).every(
      ([name, text]) =>
        existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8') === text
    );
  return {
    name: "papermill's TypeScript",
    remedy: "make sure that Python's site-packages may be written.",
    isDone() {
      const folder = sitePackages();
      return folder === undefined || isThere(folder);
    },
    run() {
      const folder = sitePackages();
      if (folder === undefined) return Promise.resolve();
      mkdirSync(join(folder, infoFolder), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      return Promise.resolve();
    }
  };
}

const infoFolder = `${MODULE}-${version}.dist-info`;

/** The files of the distribution by name. */
function distribution(): Record<string, string> {
  const info = {
    METADATA: `Metadata-Version: 2.1\nName: ${MODULE.replace('_', '-')}\nVersion: ${version}\nSummary: Parameters of TypeScript notebooks for papermill\n`,
    INSTALLER: 'decentlab\n',
    'entry_points.txt': `[papermill.engine]\ndecentlab = ${MODULE}:engine\n`
  };
  const files: Record<string, string> = {
    [`${MODULE}.py`]: readFileSync(join(papermillAssets, `${MODULE}.py`), 'utf8')
  };
  for (const [name, text] of Object.entries(info)) files[`${infoFolder}/${name}`] = text;
  const record = [...Object.keys(files), `${infoFolder}/RECORD`].map(name => `${name},,\n`);
  return { ...files, [`${infoFolder}/RECORD`]: record.join('') };
}
