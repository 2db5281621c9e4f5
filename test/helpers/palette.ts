/** The palette of commands, as people use it who know a name. */
import type { Locator, Page } from 'playwright-core';

/** Opens the palette and looks for a name. */
export async function search(page: Page, label: string): Promise<void> {
  await page.keyboard.press('Control+Shift+C');
  await page.getByRole('textbox', { name: 'SEARCH' }).fill(label);
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
