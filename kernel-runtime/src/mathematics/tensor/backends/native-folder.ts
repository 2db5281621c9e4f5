/** Where the set-up puts what it builds of a backend for this machine. */
export { nativeFolder } from '../../../package.js';
