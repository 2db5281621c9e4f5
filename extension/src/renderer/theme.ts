/** The theme in plotly's words: colours and font as the page shows them now. */

const fontSize = 12;
const titleSize = 15;

/** Calls `changed` each time JupyterLab has switched its theme. Returns what ends it. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light']
  });
  return () => observer.disconnect();
}

/** A plotly template with the theme's colours, read where `node` stands. */
export function themeTemplate(node: HTMLElement): Record<string, unknown> {
  const ink = colourOf(node, '--jp-ui-font-color1');
  const grid = colourOf(node, '--jp-border-color2');
  const ground = colourOf(node, '--jp-layout-color1');
  const family = getComputedStyle(node).getPropertyValue('--jp-ui-font-family').trim();
  const axis = { gridcolor: grid, linecolor: grid, zerolinecolor: grid, automargin: true };
  return {
    layout: {
      font: { color: ink, size: fontSize, ...(family === '' ? {} : { family }) },
      title: { font: { size: titleSize }, x: 0.5 },
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      hoverlabel: { bgcolor: ground, bordercolor: grid, font: { color: ink } },
      modebar: { bgcolor: 'rgba(0,0,0,0)', color: grid, activecolor: ink },
      margin: { l: 64, r: 24, t: 48, b: 48 },
      xaxis: axis,
      yaxis: axis
    }
  };
}

/** What the browser computes for a theme variable, as rgb(): plotly does not know every way to write a colour. */
function colourOf(node: HTMLElement, variable: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  node.appendChild(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
