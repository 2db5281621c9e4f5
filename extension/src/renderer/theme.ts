/** The theme of views as it is now, which is the page's unless settings say otherwise: for canvases, and in plotly's words. */

const fontSize = 12;
const titleSize = 15;

/** The class of every view: in its place the variables of the theme are those of views. */
export const themedClass = 'jp-DecentLab-themed';

/** Calls `changed` each time JupyterLab has switched its theme, or views have another one. Returns what ends it. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light', 'data-decentlab-theme']
  });
  // The name comes first, the sheet with the colours when it has arrived.
  const onLoad = ({ target }: Event): void => {
    if (target instanceof HTMLLinkElement) changed();
  };
  document.addEventListener('load', onLoad, true);
  return () => {
    observer.disconnect();
    document.removeEventListener('load', onLoad, true);
  };
}

/** The value of a variable of the theme, as views have it now. */
export function themeValue(variable: string): string {
  return getComputedStyle(probe()).getPropertyValue(variable).trim();
}

/** A node that looks like a view: a view itself may not be in the page yet. */
function probe(): HTMLElement {
  const known = document.querySelector<HTMLElement>(`body > span.${themedClass}`);
  if (known) return known;
  const node = document.createElement('span');
  node.className = themedClass;
  node.hidden = true;
  document.body.append(node);
  return node;
}

/** A plotly template with the theme's colours. They are read beside it: a plot below the fold is drawn unattached. */
export function themeTemplate(): Record<string, unknown> {
  const ink = colourOf('--jp-ui-font-color1');
  const paleInk = colourOf('--jp-ui-font-color2');
  const grid = colourOf('--jp-border-color2');
  const ground = colourOf('--jp-layout-color1');
  const family = themeValue('--jp-ui-font-family');
  const axis = { gridcolor: grid, linecolor: grid, zerolinecolor: grid, automargin: true };
  return {
    layout: {
      font: { color: ink, size: fontSize, ...(family === '' ? {} : { family }) },
      title: { font: { size: titleSize }, x: 0.5 },
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      hoverlabel: { bgcolor: ground, bordercolor: grid, font: { color: ink } },
      modebar: { bgcolor: 'rgba(0,0,0,0)', color: paleInk, activecolor: ink },
      margin: { l: 64, r: 24, t: 48, b: 48 },
      xaxis: axis,
      yaxis: axis
    }
  };
}

/** What the browser computes for a theme variable, as rgb(): plotly does not know every way to write a colour. */
function colourOf(variable: string): string {
  const node = probe();
  node.style.color = `var(${variable})`;
  const { color } = getComputedStyle(node);
  node.style.color = '';
  return color;
}
