/** The kernel from its first word to its end: what it says of itself, its panel, and what is left when it goes. */
import ts from 'tsover';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrontEnd } from '../../helpers/front-end.js';

let frontEnd: FrontEnd;
beforeAll(async () => {
  frontEnd = await FrontEnd.start();
});
afterAll(() => frontEnd.close());

describe('the kernel', () => {
  it('names the version of the TypeScript that compiles its cells', () => {
    expect(frontEnd.kernelInfo).toMatchObject({
      status: 'ok',
      language_info: { name: 'typescript', version: ts.version, mimetype: 'text/typescript' }
    });
  });

  it('tells a panel of the known clusters, and lists its comm until it closes', async () => {
    const states = frontEnd.next(
      ({ type, content }) => type === 'comm_msg' && content['comm_id'] === 'panel'
    );
    frontEnd.send('comm_open', { comm_id: 'panel', target_name: 'decentlab:clusters', data: {} });
    const first = await states;
    const open = await frontEnd.request('comm_info_request', { target_name: 'decentlab:clusters' });
    frontEnd.send('comm_close', { comm_id: 'panel', data: {} });
    const closed = await frontEnd.request('comm_info_request');

    expect(first.content.data).toMatchObject({ clusters: expect.any(Array), current: null });
    expect(open['comms']).toEqual({ panel: { target_name: 'decentlab:clusters' } });
    expect(closed['comms']).toEqual({});
  });
});

describe('the end', () => {
  const childPid = async (kernel: FrontEnd) => Number((await kernel.run('process.pid')).result);
  const hasEnded = (pid: number) => expect.poll(() => isAlive(pid)).toBe(false);

  it('comes with a shutdown request, for the client process too', async () => {
    const other = await FrontEnd.start();
    const pid = await childPid(other);
    await other.close();

    expect(other.process.exitCode).toBe(0);
    await hasEnded(pid);
  });

  it('comes for the client process when the kernel is killed', async () => {
    const other = await FrontEnd.start();
    const pid = await childPid(other);
    other.process.kill('SIGKILL');

    await hasEnded(pid);
    await other.close();
  });

  it('comes for both when the process that started Jupyter is gone', async () => {
    const other = await FrontEnd.start({ JPY_PARENT_PID: '4194305' });
    await new Promise(resolve => other.process.once('exit', resolve));

    expect(other.process.exitCode).toBe(0);
    await other.close();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
