/** What Dawn reaches GPUs by on Linux: the Vulkan loader and a driver; failing both, the software device of a browser. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

import type { DeviceKind } from '../devices.js';
import type { Missing } from './backend.js';

const LOADER = 'libvulkan.so.1';
const LOADER_FOLDERS = [
  ...['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'],
  ...['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/lib64', '/usr/local/lib']
];
const DRIVER_FOLDERS = [
  '/etc/vulkan/icd.d',
  '/usr/share/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d'
];
/** Drivers that compute on the processor. */
const SOFTWARE = /lvp|lavapipe|swiftshader/i;
/** Browsers bring the loader and SwiftShader, a device in software. */
const BROWSER_FOLDERS = [
  ...['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'],
  ...['/opt/chromium.org/chromium']
];
const SWIFTSHADER = 'vk_swiftshader_icd.json';

/** How Dawn gets a device here. */
export interface Vulkan {
  readonly missing?: Missing;
  readonly kind: DeviceKind;
  /** What has to stand in the environment before the process starts. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Looks at files only. Systems other than Linux bring what Dawn needs: Metal, or Direct3D 12. */
export function vulkan(env: NodeJS.ProcessEnv = process.env): Vulkan {
  if (process.platform !== 'linux') return { kind: 'gpu', environment: {} };
  const drivers = driversOf(env);
  const hasLoader = loaderFolders(env).some(folder => existsSync(join(folder, LOADER)));
  if (hasLoader && drivers.some(path => !SOFTWARE.test(path)))
    return { kind: 'gpu', environment: {} };
  if (hasLoader && drivers.length > 0) return { kind: 'cpu', environment: {} };
  const browser = BROWSER_FOLDERS.find(
    folder => existsSync(join(folder, LOADER)) && existsSync(join(folder, SWIFTSHADER))
  );
  if (browser !== undefined) return { kind: 'cpu', environment: softwareOf(browser, env) };
  const reason = hasLoader ? 'Vulkan has no driver here' : 'the Vulkan loader is not installed';
  const remedy =
    'Install the driver of your GPU and `libvulkan1` (`apt-get install libvulkan1 mesa-vulkan-drivers`).';
  return { missing: { reason, remedy }, kind: 'gpu', environment: {} };
}

function driversOf(env: NodeJS.ProcessEnv): string[] {
  const named = env['VK_DRIVER_FILES'] ?? env['VK_ICD_FILENAMES'];
  if (named) return named.split(delimiter).filter(path => existsSync(path));
  const data = env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share');
  const folders = [...DRIVER_FOLDERS, join(data, 'vulkan', 'icd.d')];
  return folders.filter(path => existsSync(path)).flatMap(filesIn);
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder).filter(name => name.endsWith('.json'));
  return names.map(name => join(folder, name));
}

function loaderFolders(env: NodeJS.ProcessEnv): string[] {
  const named = (env['LD_LIBRARY_PATH'] ?? '').split(delimiter).filter(Boolean);
  return [...named, ...LOADER_FOLDERS];
}

function softwareOf(browser: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const libraries = [browser, env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter);
  return { LD_LIBRARY_PATH: libraries, VK_DRIVER_FILES: join(browser, SWIFTSHADER) };
}
