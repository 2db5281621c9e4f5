/** Notebooks made by tests. */

interface CodeCell {
  source: string;
  /** MIME bundle of a saved output. */
  output?: Record<string, unknown>;
}

/** A notebook for our kernel, as a .ipynb file holds it. */
export function notebookOf(cells: readonly CodeCell[]): Record<string, unknown> {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'decentlab', display_name: 'TypeScript (DecentLab)' } },
    cells: cells.map(({ source, output }, index) => ({
      cell_type: 'code',
      id: `cell-${index}`,
      execution_count: output ? 1 : null,
      metadata: {},
      source,
      outputs: output ? [{ output_type: 'display_data', metadata: {}, data: output }] : []
    }))
  };
}
