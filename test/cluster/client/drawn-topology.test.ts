/** A graph that is drawn: its W, the code that makes the same, and how a running cluster gets it or refuses it. */
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as library from '../../../kernel-runtime/dist/index.js';
import {
  cutLinkOn,
  drawnTopology,
  setTopologyOn,
  type Drawing
} from '../../../kernel-runtime/dist/cluster/client/drawn-topology.js';
import { startCluster, stateWhere, valuesOf } from '../real-cluster.js';

const path: Drawing = { size: 3, sources: [[1], [0, 2], [1]], rule: 'metropolis' };
const arrow: Drawing = { size: 3, sources: [[], [0], [0, 1]], rule: 'averaging' };
const third = 1 / 3;

describe('a drawn topology', () => {
  it.each([
    ['metropolis', path, [[2 * third, third, 0], [third, third, third], [0, third, 2 * third]]], // prettier-ignore
    [
      'averaging',
      arrow,
      [
        [1, 0, 0],
        [0.5, 0.5, 0],
        [third, third, third]
      ]
    ]
  ] as const)(
    'by the rule of %s has its W and ρ, and code that makes the same',
    (_, drawing, W) => {
      const { topology, rho, code } = drawnTopology(drawing);
      const rows = topology.rows.map(({ selfWeight, sources, weights }, i) =>
        W.map((__, j) => (i === j ? selfWeight : (weights[sources.indexOf(j)] ?? 0)))
      );
      rows.forEach((row, i) => row.forEach((w, j) => expect(w).toBeCloseTo(W[i]?.[j] ?? NaN, 12)));
      expect(rho).toBeCloseTo(library.spectrum(library.Matrix.from(W)).rho, 12);
      let made: library.Topology | undefined;
      const setTopology = (topology: library.Topology): unknown => (made = topology);
      runInNewContext(code.replace('%%px\n', ''), { ...library, setTopology });
      expect(made && Array.from(made.W.data)).toEqual(rows.flat());
    }
  );

  it.each([
    ['a rank that is none', { ...path, sources: [[7], [], []] }],
    ['a link of a rank to itself', { ...arrow, sources: [[0], [], []] }]
  ])('is refused for %s', (_, drawing) => {
    expect(() => drawnTopology(drawing)).toThrow(/different ranks|other ranks/);
  });

  it('is set on all engines between cells, and refused while one runs or windows are there', async () => {
    const cluster = await startCluster({ engines: 3, topology: 'ring' });
    const { topology } = drawnTopology(path);
    await setTopologyOn(cluster, topology);
    const neighbours = 'String(inNeighborRanks())';
    expect(await valuesOf(cluster, neighbours)).toEqual(["'1'", "'0,2'", "'1'"]);
    await expect(cutLinkOn(cluster, 0, 2)).rejects.toMatchObject({
      code: 'VALUE_INVALID',
      detail: { rank: 0, from: 0, to: 2 }
    });

    const cell = cluster.execute('await new Promise(resolve => (globalThis.goOn = resolve));');
    await stateWhere(cluster, ({ engines }) => engines.some(({ state }) => state === 'busy'));
    await expect(setTopologyOn(cluster, topology)).rejects.toMatchObject({ code: 'RANKS_BUSY' });
    await cluster.interrupt();
    await expect(cell).rejects.toThrow();

    await cluster.execute("await winCreate(Float64Array.of(1), 'w');");
    const other = drawnTopology(arrow).topology;
    await expect(setTopologyOn(cluster, other)).rejects.toMatchObject({
      message: expect.stringMatching(/has windows \("w"\)/),
      code: 'TOPOLOGY_FROZEN',
      detail: { rank: 0 }
    });
    await expect(cutLinkOn(cluster, 0, 1)).rejects.toMatchObject({ code: 'TOPOLOGY_FROZEN' });
    expect(await valuesOf(cluster, neighbours)).toEqual(["'1'", "'0,2'", "'1'"]);
  });
});
