/** The part of plotly that the renderer calls; the bundle has no types of its own. */
declare module 'plotly.js-cartesian-dist-min' {
  interface Plotly {
    react(
      node: HTMLElement,
      data: unknown[],
      layout: Record<string, unknown>,
      config: Record<string, unknown>
    ): Promise<unknown>;
    purge(node: HTMLElement): void;
    Plots: { resize(node: HTMLElement): Promise<unknown> | void };
  }
  const plotly: Plotly;
  export default plotly;
}
