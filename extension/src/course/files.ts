/** The files of courses on the Jupyter server: they are found, copied for the student, and the progress is kept. */
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { PartialJSONObject } from '@lumino/coreutils';
import { courseOf, folderOf, hasCopies, join, type Course } from './catalogue.js';
import { studentCell, type FileCell } from './exercises.js';
import { merged, noProgress, progressOf, type Progress } from './progress.js';

const courseFile = 'course.json';
const progressFile = 'progress.json';
/** They belong to the teacher. */
const notCopied = [courseFile, progressFile, '.ipynb_checkpoints'];

/** The course in a folder, a sentence that says what is wrong with it, or null without one. */
export async function findCourse(
  contents: Contents.IManager,
  folder: string,
  trans: TranslationBundle
): Promise<Course | string | null> {
  const entries = await listed(contents, folder);
  if (!entries?.some(({ name }) => name === courseFile)) return null;
  const text = (await textOf(contents, join(folder, courseFile))) ?? '';
  const isReadOnly = entries.some(({ writable }) => !writable);
  const course = courseOf(folder, text, { isReadOnly, trans });
  if (typeof course === 'string') return course;
  const names = entries.map(({ name }) => name);
  const missing = course.lessons.find(({ file }) => !file.includes('/') && !names.includes(file));
  return missing
    ? trans.__('%1 names %2, which is not there.', join(folder, courseFile), missing.file)
    : course;
}

/** A notebook file, as far as it is looked at here. */
export interface NotebookFile extends PartialJSONObject {
  cells: FileCell[];
}

/** Gives the student a copy of everything in the course that they have not yet. Nothing is written over. */
export async function makeCopies(contents: Contents.IManager, course: Course): Promise<void> {
  if (hasCopies(course)) await copyFolder(contents, course.folder, course.work);
}

/** What the student has done; nothing, if there is no file yet. */
export async function readProgress(contents: Contents.IManager, course: Course): Promise<Progress> {
  const text = await textOf(contents, join(course.work, progressFile));
  return text === null ? noProgress : progressOf(text);
}

/** Adds to what the student has done. Resolves to all of it, what other tabs have written included. */
export async function addProgress(
  contents: Contents.IManager,
  course: Course,
  progress: Progress
): Promise<Progress> {
  const all = merged(await readProgress(contents, course), progress);
  const content = `${JSON.stringify(all, null, 2)}\n`;
  await contents.save(join(course.work, progressFile), { type: 'file', format: 'text', content });
  return all;
}

/** The cells of a notebook file. */
export async function cellsOf(contents: Contents.IManager, path: string): Promise<FileCell[]> {
  return (await notebookAt(contents, path)).cells;
}

/** The text of a file; null if there is none. */
export async function textOf(contents: Contents.IManager, path: string): Promise<string | null> {
  const entries = await listed(contents, folderOf(path));
  if (!entries?.some(entry => entry.path === path)) return null;
  const file = await contents.get(path, { type: 'file', format: 'text', content: true });
  return String(file.content);
}

/** The content of a notebook file. */
export async function notebookAt(contents: Contents.IManager, path: string): Promise<NotebookFile> {
  const file = await contents.get(path, { type: 'notebook', content: true });
  return file.content as NotebookFile;
}

/** A lesson as a student begins with it. */
export function studentNotebook(notebook: NotebookFile): NotebookFile {
  return { ...notebook, cells: notebook.cells.map(studentCell) };
}

/** The path of a notebook that is not there yet: `stem.ipynb`, `stem-2.ipynb` and so on. */
export async function freePath(contents: Contents.IManager, stem: string): Promise<string> {
  const taken = (await listed(contents, folderOf(stem)))?.map(({ path }) => path) ?? [];
  let path = `${stem}.ipynb`;
  for (let count = 2; taken.includes(path); count++) path = `${stem}-${count}.ipynb`;
  return path;
}

async function copyFolder(contents: Contents.IManager, from: string, to: string): Promise<void> {
  const known = await listed(contents, to);
  if (!known) await contents.save(to, { type: 'directory' });
  const isThere = (name: string): boolean => known?.some(entry => entry.name === name) ?? false;
  for (const { name, type, path } of (await listed(contents, from)) ?? []) {
    if (notCopied.includes(name)) continue;
    if (type === 'directory') await copyFolder(contents, path, join(to, name));
    else if (isThere(name)) continue;
    else if (type === 'notebook') await copyLesson(contents, path, join(to, name));
    else await contents.copy(path, to);
  }
}

async function copyLesson(contents: Contents.IManager, from: string, to: string): Promise<void> {
  const notebook = await notebookAt(contents, from);
  await contents.save(to, {
    type: 'notebook',
    format: 'json',
    content: studentNotebook(notebook)
  });
}

/** The entries of a folder; null if there is none. Asked from above, so that the server has nothing to complain of. */
async function listed(
  contents: Contents.IManager,
  folder: string
): Promise<Contents.IModel[] | null> {
  if (folder !== '') {
    const above = await listed(contents, folderOf(folder));
    const isThere = above?.some(({ path, type }) => path === folder && type === 'directory');
    if (!isThere) return null;
  }
  const found = await contents.get(folder, { type: 'directory', content: true });
  return found.content as Contents.IModel[];
}
