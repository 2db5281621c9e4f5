/** What passes between a page and its kernels. */
import type { Page } from 'playwright-core';

/** Counts what kernels tell of engines, from now on: nothing while nobody looks. */
export function countStats(page: Page): { count: number } {
  const told = { count: 0 };
  page.on('websocket', socket =>
    socket.on('framereceived', ({ payload }) => {
      if (payload.includes('"stats"')) told.count++;
    })
  );
  return told;
}
