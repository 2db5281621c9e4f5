/** The course as a student meets it: the tour, the lessons, an exercise, and everything still there after a reload. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings } from '../helpers/accessibility.js';
import { limit, openPage, startBrowser } from '../helpers/browser.js';
import { Lab, titleWith, whyNoLab } from '../helpers/lab.js';
import { notebookOf } from '../helpers/notebooks.js';
import { runCommand, search } from '../helpers/palette.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const reason = whyNoLab(['kernel-runtime/dist/programs/kernel.js']);

const solved = [
  '// Exercise 1.1: the answer',
  '// BEGIN SOLUTION',
  '// STARTER const answer = 0;',
  'const answer = 6 * 7;',
  '// END SOLUTION'
].join('\n');
const cells = ['1 + 1', solved, 'const checked = answer;', "check('1.1', checked)"];
const original = notebookOf(cells.map(source => ({ source })));
const lesson = (file: string, title: string): object => ({
  ...{ file, title, summary: `What ${title} is about.`, minutes: 5 }
});
const files = {
  'tutorials/course.json': {
    title: 'A short course',
    copies: '../my-course',
    lessons: [lesson('a.ipynb', 'First steps'), lesson('b.ipynb', 'Second steps')]
  },
  'tutorials/a.ipynb': original,
  'tutorials/a.checks.json': {
    '1.1': { expected: 42, hints: ['It is even.', 'Six of something: `6 * ?`.'] }
  },
  'tutorials/b.ipynb': notebookOf([{ source: '2' }])
};

interface Saved {
  lessons: Record<string, { ran: string[]; exercises: Record<string, Record<string, unknown>> }>;
}

describe.skipIf(reason !== null)(titleWith('the course', reason), () => {
  let lab: Lab;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    [lab, browser] = await Promise.all([Lab.start({ files }), startBrowser()]);
    page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    await page.goto(lab.url('tree/tutorials/a.ipynb'));
  }, limit);

  afterAll(async () => {
    await browser?.close();
    await lab?.close();
  }, limit);

  it(
    'begins with the original of a lesson, whose exercises lead to a copy without their solutions',
    async () => {
      const exercise = page.getByRole('group', { name: 'Exercise 1.1' });
      await exercise.getByText('This is the original, with its solution.').waitFor();
      const notice = page
        .getByText(
          'tutorials/a.ipynb is the original of a lesson. Your own copy keeps what you do.'
        )
        .first();
      await notice.waitFor();
      await page.screenshot({ path: `${artifacts}original.png` });
      expect(await graveFindings(page, ['.jp-DecentLabExercise'])).toEqual([]);
      await exercise.getByRole('button', { name: 'Solve it in my copy' }).focus();
      await page.keyboard.press('Enter');
      const active = page.locator('.jp-Cell.jp-mod-active').getByRole('textbox');
      await expect.poll(() => active.innerText()).toContain('const answer = 0;');
      await exercise.getByRole('button', { name: 'Check' }).waitFor();
      // The other notebook of that name.
      await page.getByRole('tab', { name: 'a.ipynb' }).first().click({ button: 'middle' });
      await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
      await expect.poll(() => page.getByRole('tab', { name: 'a.ipynb' }).count()).toBe(1);
      await notice.waitFor({ state: 'detached' });
    },
    limit
  );

  it(
    'offers a tour once, which goes on, back and ends by the keyboard',
    async () => {
      await page.getByRole('button', { name: 'Take the tour' }).click();
      const card = page.getByRole('dialog');
      await page.getByRole('dialog', { name: 'Clusters' }).waitFor();
      const press = async (key: string, title: string): Promise<void> => {
        await page.keyboard.press(key);
        await page.getByRole('dialog', { name: title }).waitFor();
      };
      await press('Enter', 'The graph');
      await press('Shift+Tab', 'The graph');
      await press('Enter', 'Clusters');
      for (const title of ['The graph', 'The lessons', 'A cell', 'A check'])
        await press('Enter', title);
      await card.getByText('Step 5 of 5').waitFor();
      await page.screenshot({ path: `${artifacts}tour.png` });
      expect(await graveFindings(page, ['.jp-DecentLabTour', '.jp-DecentLabCourse'])).toEqual([]);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const frame = page.locator('.jp-DecentLabTour-frame');
      expect(await frame.evaluate(node => getComputedStyle(node).transitionProperty)).toBe('none');
      await page.keyboard.press('Escape');
      await card.waitFor({ state: 'detached' });
      await page.locator('.jp-Notebook:focus-within').waitFor();
    },
    limit
  );

  it(
    'gives the student a copy without the solution, checks it, helps, and takes it back',
    async () => {
      const exercise = page.getByRole('group', { name: 'Exercise 1.1' });
      const button = (name: string) => exercise.getByRole('button', { name });
      const says = (text: string | RegExp) =>
        exercise.getByRole('status').getByText(text).waitFor();
      const command = (label: string) => runCommand(page, label);
      const editor = page.locator('.jp-CodeCell').nth(1).getByRole('textbox');
      const text = async (): Promise<string> => (await editor.innerText()).trim();
      const beginning = '// Exercise 1.1: the answer\nconst answer = 0;';
      expect(lab.read('tutorials/a.ipynb')).toEqual(original);
      expect(JSON.stringify(lab.read('my-course/a.ipynb'))).not.toContain('6 * 7');

      await page.getByText(/^TypeScript \(DecentLab\) \| Idle$/).waitFor();
      await button('Check').focus();
      await page.keyboard.press('Enter');
      await says('✗ Not yet');
      await page.getByText('seen 0, expected 42').waitFor();
      await command('Show a hint for the exercise');
      await says('Hint 1 of 2: It is even.');
      await button('Hint').click();
      await says('Hint 2 of 2: Six of something: 6 * ?.');
      expect(await exercise.locator('code').allTextContents()).toEqual(['6 * ?']);

      await command('Show the solution of the exercise');
      await page.getByRole('dialog').getByRole('button', { name: 'Not yet' }).click();
      expect(await exercise.getByText('6 * 7').count()).toBe(0);
      await button('Solution').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Show it' }).click();
      await exercise.getByText('const answer = 6 * 7;').waitFor();

      await editor.fill('const answer = wrong;');
      await command('Check the exercise');
      await says('Cells above have not run yet: run them first.');
      await editor.fill('const answer = 42;');
      await command('Check the exercise');
      await says('✓ Solved.');
      await page.screenshot({ path: `${artifacts}exercise.png` });
      expect(await graveFindings(page, ['.jp-DecentLabExercise'])).toEqual([]);

      await command('Reset the exercise');
      await expect.poll(text).toBe(beginning);
      await button('Undo the reset').click();
      await expect.poll(text).toBe('const answer = 42;');
    },
    limit
  );

  it(
    'resets the whole notebook after asking, keeps what stood in it in a file, and takes it back',
    async () => {
      const label = 'Reset the whole notebook';
      const editor = page.locator('.jp-CodeCell').nth(1).getByRole('textbox');
      const text = async (): Promise<string> => (await editor.innerText()).trim();
      const answer = async (name: string): Promise<void> => {
        const dialog = page.getByRole('dialog');
        await dialog.getByText('your progress stays').waitFor();
        await dialog.getByRole('button', { name }).click();
      };
      const undo = page.getByRole('button', { name: 'Undo the reset' }).last();
      const kept = (file: string): string => JSON.stringify(lab.read(`my-course/${file}`));
      await editor.click();
      await page.keyboard.press('Control+Alt+Shift+Z');
      await page.getByRole('dialog').getByText('kept in a-before-reset.ipynb').waitFor();
      await page.screenshot({ path: `${artifacts}reset-asks.png` });
      await answer('Keep it');
      expect(await text()).toBe('const answer = 42;');
      expect(lab.read('my-course/a-before-reset.ipynb')).toBeNull();

      await runCommand(page, label);
      await answer('Reset it');
      await expect.poll(text).toBe('// Exercise 1.1: the answer\nconst answer = 0;');
      expect(kept('a-before-reset.ipynb')).toContain('const answer = 42;');
      const outputs = page.locator('.jp-OutputArea-output');
      expect(await outputs.count()).toBe(0);
      await page.getByRole('group', { name: 'Exercise 1.1' }).getByText('✓ solved').waitFor();
      await undo.waitFor();
      await page.screenshot({ path: `${artifacts}reset-done.png` });
      await undo.click();
      await expect.poll(text).toBe('const answer = 42;');
      await outputs.first().waitFor();
      await page.screenshot({ path: `${artifacts}reset-undone.png` });

      await editor.click({ button: 'right' });
      await page.getByRole('menuitem', { name: label }).click();
      await answer('Reset it');
      await page.getByText('What stood in it is in a-before-reset-2.ipynb').first().waitFor();
      // What is written after a reset is not written over by the way back.
      await editor.fill('const answer = 42;');
      await undo.click();
      await page.getByRole('tab', { name: 'a-before-reset-2.ipynb' }).waitFor();
      expect(kept('a-before-reset-2.ipynb')).toContain('const answer = 42;');
      await page.getByRole('tab', { name: 'a.ipynb', exact: true }).click();
      expect(await text()).toBe('const answer = 42;');
    },
    limit
  );

  it(
    'keeps the progress in a file of the student, and goes on where they were',
    async () => {
      const saved = (): unknown => lab.read('my-course/progress.json');
      await expect
        .poll(() => (saved() as Saved | null)?.lessons['a.ipynb'])
        .toMatchObject({
          ran: ['cell-1', 'cell-2', 'cell-3'],
          exercises: { '1.1': { checks: 2, hints: 2, solutionSeen: expect.any(String) } }
        });
      await page.keyboard.press('Control+S');
      const work = (): string => JSON.stringify(lab.read('my-course/a.ipynb'));
      await expect.poll(work).toContain('const answer = 42;');
      await page.goto(`${lab.url()}&reset`);
      await page.getByRole('tab', { name: 'DecentLab course' }).click();
      const panel = page.getByRole('region', { name: 'DecentLab course' });
      await panel.getByText('3 of 4 cells run · 1 of 1 exercise solved').waitFor();
      await panel.getByText('5 minutes · not begun').waitFor();
      expect(await page.getByRole('button', { name: 'Take the tour' }).count()).toBe(1);
      await page.screenshot({ path: `${artifacts}course.png` });
      const exercises = panel.getByRole('list', { name: 'Exercises of “First steps”' });
      await exercises.getByRole('button', { name: 'Exercise 1.1, solved' }).click();
      const active = page.locator('.jp-Cell.jp-mod-active').getByRole('textbox');
      await expect.poll(() => active.innerText()).toContain('const answer = 42;');
      await page.getByRole('group', { name: 'Exercise 1.1' }).getByText('✓ solved').waitFor();
      await page.locator('.jp-CodeCell').first().getByRole('textbox').click();
      await search(page, 'Show a hint for the exercise');
      const hint = page.locator('.lm-CommandPalette-item[data-command="decentlab:show-hint"]');
      await hint.and(page.locator('.lm-mod-disabled')).waitFor({ state: 'attached' });
      await page.keyboard.press('Escape');
      await panel.getByRole('button', { name: 'Go on with “First steps”' }).click();
      await page.locator('.jp-Notebook:focus-within').waitFor();
      await page.keyboard.press('Shift+Enter');
      await panel.getByText('5 minutes · ✓ done').waitFor();
      expect(await graveFindings(page, ['.jp-DecentLabCourse'])).toEqual([]);
      await runCommand(page, 'Take the tour');
      await page.getByRole('dialog', { name: 'Clusters' }).waitFor();
      await page.keyboard.press('Escape');
    },
    limit
  );
});
