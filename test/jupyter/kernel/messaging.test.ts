/** The Jupyter protocol through the real kernel: signatures, every request that has a reply, comms, and the end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrontEnd } from '../../helpers/front-end.js';

let frontEnd: FrontEnd;
beforeAll(async () => {
  frontEnd = await FrontEnd.start();
});
afterAll(() => frontEnd.close());

describe('the kernel', () => {
  it('says what it is within 0.6 seconds of its start', () => {
    expect(frontEnd.kernelInfo).toMatchObject({
      status: 'ok',
      implementation: 'decentlab',
      language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'text/typescript' }
    });
    expect(frontEnd.kernelInfo['protocol_version']).toMatch(/^5\.[3-9]/);
    expect(frontEnd.firstReply).toBeLessThan(600);
  });

  it('echoes the heartbeat', async () => {
    expect(await frontEnd.heartbeat('beat')).toBe('beat');
  });

  it('drops a message with a wrong signature, and serves the next one', async () => {
    const forged = frontEnd.send(
      'execute_request',
      { code: 'globalThis.forged = 1' },
      'shell',
      'another key'
    );
    const { result } = await frontEnd.run('typeof (globalThis as { forged?: number }).forged');

    expect(result).toBe("'undefined'");
    expect(frontEnd.published.some(({ parent }) => parent === forged)).toBe(false);
  });

  it('says that it does not debug', async () => {
    const reply = await frontEnd.request('debug_request', {}, 'control');

    expect(reply).toMatchObject({
      status: 'error',
      evalue: expect.stringContaining('debug_request')
    });
  });
});

describe('language requests', () => {
  it.each([
    ['1 + 1', { status: 'complete' }],
    ['function f() {', { status: 'incomplete', indent: '  ' }],
    ['let = = 1', { status: 'invalid' }],
    ['%%px\nfunction f() {', { status: 'incomplete' }]
  ])('is_complete of `%s`', async (code, expected) => {
    expect(await frontEnd.request('is_complete_request', { code })).toMatchObject(expected);
  });

  it.each([
    ['a member', 'Math.flo', 8, 'floor', 5],
    ['behind characters outside the basic plane', '"𝒳𝒳"; Math.flo', 14, 'floor', 11],
    ['an engine word in a %%px cell', '%%px\nneighborAll', 16, 'neighborAllreduce', 5],
    ['an option of %%px', '%%px --no\n1', 9, '--noblock', 5]
  ])('completion finds %s', async (_title, code, position, match, start) => {
    const reply = await frontEnd.request('complete_request', { code, cursor_pos: position });

    expect(reply['matches']).toContain(match);
    expect(reply).toMatchObject({ status: 'ok', cursor_start: start, cursor_end: position });
  });

  it('inspection shows type and documentation of an earlier cell', async () => {
    await frontEnd.run('/** Twice x. */\nfunction twice(x: number) { return 2 * x }');
    const reply = await frontEnd.request('inspect_request', {
      code: 'twice(1)',
      cursor_pos: 2,
      detail_level: 0
    });
    const data = reply['data'] as Record<string, string>;

    expect(reply).toMatchObject({ status: 'ok', found: true });
    expect(data['text/plain']).toMatch(/function twice\(x: number\): number[\s\S]*Twice x\./);
  });

  it('inspection of nothing finds nothing', async () => {
    expect(await frontEnd.request('inspect_request', { code: '  ', cursor_pos: 1 })).toMatchObject({
      found: false
    });
  });
});

describe('history', () => {
  beforeAll(async () => {
    await frontEnd.run('const histories = 1');
    await frontEnd.run('histories + 1');
  });

  it.each([
    [
      'the last cells',
      { hist_access_type: 'tail', n: 2 },
      ['const histories = 1', 'histories + 1']
    ],
    [
      'cells that match',
      { hist_access_type: 'search', pattern: '*histories*' },
      ['const histories = 1', 'histories + 1']
    ],
    [
      'one cell that matches',
      { hist_access_type: 'search', pattern: '*histories*', n: 1 },
      ['histories + 1']
    ]
  ])('gives %s', async (_title, request, expected) => {
    const { history } = await frontEnd.request('history_request', request);

    expect((history as unknown[][]).map(row => row[2])).toEqual(expected);
  });

  it('gives results where they are asked for', async () => {
    const { history } = await frontEnd.request('history_request', {
      hist_access_type: 'tail',
      n: 1,
      output: true
    });

    expect((history as unknown[][])[0]?.[2]).toEqual(['histories + 1', '2']);
  });
});

describe('comms', () => {
  it('to an unknown target are closed at once', async () => {
    const closed = frontEnd.next(({ type }) => type === 'comm_close');
    frontEnd.send('comm_open', { comm_id: 'x', target_name: 'nobody', data: {} });

    expect((await closed).content['comm_id']).toBe('x');
  });

  it('to decentlab:clusters get the known clusters, and are listed until they close', async () => {
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
  const hasEnded = (pid: number) =>
    expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);

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
