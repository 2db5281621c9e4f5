/** The check cells of the lessons can fail: with another W on the engines, those that depend on W do. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/folder.js';
import { root } from '../helpers/project.js';
import { executeNotebook } from './execute.js';

const MINUTE = 60_000;
const RING = 'setTopology(ringGraph(size()));';
const OTHER = 'setTopology(symmetricExponentialGraph(size()));';

interface Notebook {
  cells: { source: string | string[] }[];
}

describe('With another W than the lesson says', () => {
  const folder = temporaryFolder();

  /**
   * A copy of a lesson, up to the check cell `last`, in which the engines set another topology; the theory still takes
   * the ring.
   */
  function withOtherWeights(lesson: string, last: string): string {
    const notebook = JSON.parse(readFileSync(join(root, 'tutorials', lesson), 'utf8')) as Notebook;
    const sources = notebook.cells.map(({ source }) => [source].flat().join(''));
    expect(sources.some(source => source.includes(RING))).toBe(true);
    notebook.cells.forEach((cell, index) => (cell.source = sources[index].replace(RING, OTHER)));
    notebook.cells.length = sources.findIndex(source => source.includes(`check('${last}'`)) + 1;
    const path = join(folder, `wrong-weights-${lesson}`);
    writeFileSync(path, JSON.stringify(notebook));
    const checks = lesson.replace('.ipynb', '.checks.json');
    const beside = join(root, 'tutorials', checks);
    if (existsSync(beside)) cpSync(beside, join(folder, checks));
    return path;
  }

  it.for<[string, string[]]>([
    ['02-average-consensus.ipynb', ['2.2']],
    ['03-decentralized-gradient-descent.ipynb', ['3.2']],
    ['04-bias-correction.ipynb', ['4.1']],
    ['08-decentlam.ipynb', ['8.2', '8.4', '8.7']]
  ])(
    'the checks of %s say what was seen and what was expected',
    { timeout: 5 * MINUTE },
    async ([lesson, wrong], { signal }) => {
      const { failure, checks } = await executeNotebook(
        withOtherWeights(lesson, wrong.at(-1)!),
        signal
      );
      expect(failure).toBeNull();
      const lines = checks.map(check => check.line);
      for (const id of wrong) {
        expect(lines).toContainEqual(
          expect.stringMatching(new RegExp(`^✗ ${id}  seen .+, expected .+`))
        );
      }
    }
  );
});
