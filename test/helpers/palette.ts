/** The palette of commands, as people use it who know a name. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** How long a palette that is open needs at most, in ms. */
const FILL_MS = 5_000;

/** Opens the palette and looks for a name; again if a notebook that is still coming up has taken the focus from it. */
export async function search(page: Page, label: string): Promise<void> {
  const box = page.getByRole('textbox', { name: 'SEARCH' });
  const isFilled = async (): Promise<boolean> => {
    if (!(await box.isVisible())) await page.keyboard.press('Control+Shift+C');
    return box.fill(label, { timeout: FILL_MS }).then(
      () => true,
      () => false
    );
  };
  await expect.poll(isFilled).toBe(true);
}

/** Runs a command by its name. */
export async function runCommand(page: Page, label: string): Promise<void> {
  await search(page, label);
  await entryOf(page, label).waitFor();
  await page.keyboard.press('Enter');
}

/** The entry of a command in the palette, if that is open and finds it. */
export function entryOf(page: Page, label: string): Locator {
  return page.locator('.lm-CommandPalette-item').filter({ hasText: label }).first();
}
