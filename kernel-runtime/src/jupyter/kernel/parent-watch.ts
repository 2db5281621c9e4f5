/** Ends the kernel when the Jupyter server that started it is gone. */

const POLL_MS = 1000;

/** Calls `onGone` once when the parent process has ended. Without JPY_PARENT_PID nobody is watched. */
export function watchParent(onGone: () => void): void {
  const pid = Number(process.env['JPY_PARENT_PID']);
  if (!Number.isInteger(pid) || pid <= 1) return;
  // An orphan is given to another parent; the number of a dead parent may be in use again.
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(pid)) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  timer.unref();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
