/** The Node that runs us. This file imports nothing, so that it works on any Node. */

const OLDEST = [20, 19];

/**
 * The sentence to print when Node is too old, or undefined when it will do.
 * @param {string} version `major.minor.patch`. Defaults to the running Node's.
 */
export function nodeTooOld(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return `Node ${version} is too old for DecentLab: install Node ${OLDEST.join('.')} or newer from https://nodejs.org.`;
}

/**
 * Ends the process with one sentence when Node is too old; otherwise loads and runs `main`.
 * @param {() => Promise<unknown>} main
 * @param {string} [version]
 */
export function withNode(main, version) {
  const sentence = nodeTooOld(version);
  if (sentence === undefined) return main();
  console.error(sentence);
  process.exitCode = 1;
  return Promise.resolve();
}
