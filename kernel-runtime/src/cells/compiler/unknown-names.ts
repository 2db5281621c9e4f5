/** Names that TypeScript does not find, but a reader can: on the other side, or in Python. */
import type { Finding } from './diagnostics.js';
import type { Scope } from './types.js';

/** "Cannot find name", the same with a guess, and the same in `{ name }`. */
const UNKNOWN = new Set(['TS2304', 'TS2552', 'TS18004']);

/** What people write who come from Python. */
const PYTHON = new Map([
  ['print', '`console.log(…)` prints, and the value of the last line is shown by itself'],
  ['len', '`x.length` is the length of x'],
  ['range', '`for (let k = 0; k < n; k++)` counts from 0 to n − 1'],
  ['np', '`zeros`, `norm`, `solve` and their like need no prefix, and `+ - * /` work on vectors'],
  ['True', '`true`'],
  ['False', '`false`'],
  ['None', '`undefined`']
]);

/** Names where an unknown name lives instead, if it does; the guess at another name is left out then. */
export function placeName(
  finding: Finding,
  scope: Scope,
  livesElsewhere: (name: string) => boolean
): Finding {
  if (!UNKNOWN.has(finding.code)) return finding;
  const name = nameAt(finding);
  if (livesElsewhere(name)) return { ...finding, message: whereItLives(name, scope) };
  const here = PYTHON.get(name);
  return here === undefined
    ? finding
    : { ...finding, message: `Cannot find name '${name}'. Here, ${here}.` };
}

/**
 * What files on disk must import, which cells need not. While such a name is missing, the other complaints are left out:
 * most follow from it, such as an operand of an unknown type.
 */
export function placeImports(
  findings: readonly Finding[],
  isPublic: (name: string) => boolean
): readonly Finding[] {
  const missing = findings.filter(
    finding => UNKNOWN.has(finding.code) && isPublic(nameAt(finding))
  );
  if (missing.length === 0) return findings;
  const unknown = findings.filter(({ code }) => UNKNOWN.has(code));
  return unknown.map(finding => {
    const name = nameAt(finding);
    const message = `Cannot find name '${name}'. A file imports it: \`import { ${name} } from 'decentlab'\`.`;
    return missing.includes(finding) ? { ...finding, message } : finding;
  });
}

function nameAt({ file, start, length }: Finding): string {
  return file.text.slice(start, start + length);
}

function whereItLives(name: string, scope: Scope): string {
  return scope === 'client'
    ? `'${name}' lives on the engines, not in the notebook. Begin the cell with %%px to use it there, or fetch it: \`await cluster.pull('${name}')\`.`
    : `'${name}' lives in the notebook, not on the engines. Send it in a cell of its own: \`await cluster.push({ ${name} })\`, or define it in a %%px cell.`;
}
