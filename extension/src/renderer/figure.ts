/** A figure from a notebook, looked at before it is drawn: notebooks come from anywhere. */

export const plotlyType = 'application/vnd.plotly.v1+json';
/** The types of the factory that draws figures here, by which it is known among others. */
export const ownTypes = [plotlyType];

/** Whether a factory of renderers is the one of this extension. */
export function isOwnFactory({ mimeTypes }: { readonly mimeTypes: readonly string[] }): boolean {
  return mimeTypes === ownTypes;
}

export interface FigureData {
  data: unknown[];
  layout: Record<string, unknown>;
  config: Record<string, unknown>;
}

/** Settings that a notebook may choose; others reach out of the plot. */
const allowedSettings = ['displayModeBar', 'scrollZoom', 'staticPlot'];

/** A copy of the figure in `value`, without what the renderer does not take over; null if it is none. */
export function figureOf(value: unknown): FigureData | null {
  if (!isRecord(value) || !Array.isArray(value['data'])) return null;
  const copy = structuredClone({ data: value['data'], layout: value['layout'] });
  const layout = isRecord(copy.layout) ? copy.layout : {};
  // Images would be fetched from elsewhere; a template would fight with the theme.
  delete layout['images'];
  delete layout['template'];
  const given = isRecord(value['config']) ? value['config'] : {};
  const config = Object.fromEntries(
    Object.entries(given).filter(
      ([key, setting]) => allowedSettings.includes(key) && typeof setting === 'boolean'
    )
  );
  return { data: copy.data as unknown[], layout, config };
}

/** Whether a figure is for us to draw in the colours of the theme: those that plotly for Python writes bring a template. */
export function isOwnFigure(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { layout } = value;
  return !(isRecord(layout) && isRecord(layout['template']));
}

/** The title as plain text, or an empty string. */
export function titleOf({ layout }: FigureData): string {
  const { title } = layout;
  const text = isRecord(title) ? title['text'] : title;
  return typeof text === 'string' ? text : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
