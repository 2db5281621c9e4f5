/** A path of this Node that outlives its next update. */
import { realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/**
 * The first entry of PATH that leads to the running Node: a version manager replaces what it leads to, not the
 * entry itself. Defaults to the running executable when PATH has none.
 */
export function stableNode(
  path: string = process.env['PATH'] ?? '',
  executable: string = process.execPath
): string {
  const target = realpathSync(executable);
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, basename(executable));
    if (folder && resolvesTo(candidate, target)) return candidate;
  }
  return executable;
}

function resolvesTo(candidate: string, target: string): boolean {
  try {
    return realpathSync(candidate) === target;
  } catch {
    return false;
  }
}
