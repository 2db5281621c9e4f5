/** Views in the colours of one of JupyterLab's themes, whichever the page has: the variables of its sheet hold for views only. */
import type { ViewTheme } from './view-settings.js';

const packages: Record<Exclude<ViewTheme, 'jupyterlab'>, string> = {
  light: 'theme-light-extension',
  dark: 'theme-dark-extension',
  'high-contrast': 'theme-dark-high-contrast-extension'
};

/** The class of all views, and the mark of a page whose views have a theme of their own. */
const view = 'body[data-decentlab-theme] .jp-DecentLab-themed';
/** Sizes and fonts are those that the reader has set for the page. */
const isOfType = /-(?:font-size|font-family|line-height|scale)/;

const sheet = new CSSStyleSheet();
let wanted: ViewTheme = 'jupyterlab';

/**
 * Gives all views this theme.
 * @param sheets where the server has the themes, with a slash at the end
 * @throws where it has no such theme; views follow the page then
 */
export async function applyTheme(theme: ViewTheme, sheets: string): Promise<void> {
  wanted = theme;
  if (theme === 'jupyterlab') return unmark();
  try {
    const response = await fetch(`${sheets}@jupyterlab/${packages[theme]}/index.css`);
    if (!response.ok) throw new Error(String(response.status));
    const variables = variablesOf(await response.text());
    // Another was chosen while this one was on its way.
    if (wanted !== theme) return;
    sheet.replaceSync(`${view} { ${variables} }`);
    if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
    document.body.dataset['decentlabTheme'] = theme;
  } catch (error) {
    if (wanted === theme) unmark();
    throw error;
  }
}

function unmark(): void {
  delete document.body.dataset['decentlabTheme'];
}

/** The variables that a theme sets for the page. */
function variablesOf(text: string): string {
  const theme = new CSSStyleSheet();
  theme.replaceSync(text);
  return [...theme.cssRules]
    .filter(rule => rule instanceof CSSStyleRule)
    .filter(({ selectorText }) => selectorText === ':root')
    .flatMap(({ style }) =>
      [...style]
        .filter(name => name.startsWith('--') && !isOfType.test(name))
        .map(name => `${name}: ${style.getPropertyValue(name)};`)
    )
    .join(' ');
}
