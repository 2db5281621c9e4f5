/** What the extension says and how it colours: every sentence goes through the translator, every colour comes from the theme. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesIn, root } from '../helpers/project.js';

const themes = join(root, '.venv/share/jupyter/lab/themes/@jupyterlab');

/** Properties and attributes that people read or hear. */
const READ = ['title', 'label', 'caption', 'placeholder', 'alt', 'body', 'message', 'textContent'];
const HEARD = ['aria-label', 'aria-description', 'aria-valuetext', 'aria-roledescription'];
const isShown = (name: string): boolean => [...READ, ...HEARD].includes(name);
/** Operators whose operands become a text; a comparison's do not. */
const JOINS = ['+', '||', '&&', '??'];
/** A word, not a sign such as ×, ρ or NaN, and not the name of a type. */
const hasWord = (text: string): boolean =>
  /[a-z]{2,}/i.test(text) && !['NaN', 'string'].includes(text);

/** Texts of a source file that reach people without the translator. */
function untranslated(source: string, name = 'file.tsx'): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    for (const text of shownTexts(node)) if (hasWord(text)) found.push(text.trim());
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

function shownTexts(node: ts.Node): string[] {
  if (ts.isJsxText(node)) return [node.text];
  if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) return literalsOf(node);
  if (ts.isJsxAttribute(node) && isShown(node.name.getText()))
    return literalsOf(node.initializer ?? null);
  if (ts.isPropertyAssignment(node) && isShown(node.name.getText().replace(/['"]/g, '')))
    return literalsOf(node.initializer);
  if (ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left))
    return isShown(node.left.name.text) ? literalsOf(node.right) : [];
  if (ts.isNewExpression(node) && node.expression.getText() === 'Error')
    return (node.arguments ?? []).flatMap(literalsOf);
  if (ts.isCallExpression(node) && /\bsetAttribute$/.test(node.expression.getText())) {
    const [key, value] = node.arguments;
    return key && ts.isStringLiteral(key) && isShown(key.text) ? literalsOf(value ?? null) : [];
  }
  return [];
}

/** The literals that an expression may come to; what a call returns is its own affair. */
function literalsOf(node: ts.Node | null): string[] {
  if (node === null || ts.isCallExpression(node)) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(span => span.literal.text)];
  if (ts.isJsxExpression(node)) return literalsOf(node.expression ?? null);
  if (ts.isConditionalExpression(node))
    return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node) && JOINS.includes(node.operatorToken.getText()))
    return [...literalsOf(node.left), ...literalsOf(node.right)];
  return [];
}

/** Sentences that stand in a source file by themselves, wherever they may be shown later. */
function loneSentences(source: string, name = 'file.tsx'): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (isTranslated(node) || isForPrograms(node)) return;
    const text = wholeText(node);
    if (text !== null && isSentence(text)) found.push(text);
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

/** `trans.__('…')`, `trans._n('…')`, and what the renderers make of them. */
function isTranslated(node: ts.Node): boolean {
  return ts.isCallExpression(node) && /(?:\.__|\._n|#say)$/.test(node.expression.getText());
}

/** Descriptions of plugins, tokens and arguments; what is compared, imported or looked for in the page. */
function isForPrograms(node: ts.Node): boolean {
  if (ts.isPropertyAssignment(node)) return node.name.getText() === 'description';
  if (ts.isBinaryExpression(node)) return /^[!=]==$/.test(node.operatorToken.getText());
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Token';
  if (ts.isCallExpression(node))
    return /\.querySelector(All)?(<.*>)?$/.test(node.expression.getText());
  return false;
}

function wholeText(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…');
}

/** Two words in a row; names of classes, pictures and rules of style are none. */
function isSentence(text: string): boolean {
  return /(?:^|[\s…“(])[A-Za-z]{2,}[,:;]? [a-z]{2,}/.test(text) && !/jp-|<svg|: var\(/.test(text);
}

/** Colours of a style sheet that are not the theme's. */
function ownColours(css: string): string[] {
  const rules = css.replace(/\/\*[^]*?\*\//g, '').matchAll(/([\w-]+)\s*:\s*([^;{}]+);/g);
  return [...rules].flatMap(([, name, value]) => {
    const bare = value.replace(/var\(--jp-[\w-]+\)/g, '');
    const isOwn =
      /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklch|color)a?\(/i.test(bare) ||
      (/colou?r|background|border|outline|shadow|fill|stroke/.test(name) && NAMED.test(bare));
    return isOwn ? [`${name}: ${value}`] : [];
  });
}

const NAMED =
  /\b(?:black|white|gr[ae]y|silver|red|green|blue|yellow|orange|purple|pink|brown|cyan|magenta|navy|teal|lime)\b/i;

const sheets = filesIn('extension/style', ['.css']);
const sources = filesIn('extension/src', ['.ts', '.tsx']);

describe('every sentence of the extension', () => {
  it.each(sources)('goes through the translator in %s', file => {
    expect(loneSentences(readFileSync(join(root, file), 'utf8'), file)).toEqual([]);
  });

  it.each([
    ['return `${file} has no list of lessons.`', 1],
    ["const problem = 'There is no file.'", 1],
    ["trans.__('There is no %1.', file)", 0],
    ["trans.__('%1: %2', 'there is', file)", 0],
    ["node.className = 'jp-mod-styled jp-mod-accept'", 0],
    ["const key = 'show-clusters'", 0]
  ])('%s', (source, count) => {
    expect(loneSentences(source)).toHaveLength(count);
  });
});

describe('every text of the extension', () => {
  it.each(sources)('%s', file => {
    expect(untranslated(readFileSync(join(root, file), 'utf8'), file)).toEqual([]);
  });

  it.each([
    ["<p title='Stop it'>x</p>", 'Stop it'],
    ['<p>Stop it</p>', 'Stop it'],
    ["<p aria-label={isOn ? 'Stop it' : ''} />", 'Stop it'],
    ["<p>{isOn ? 'Stop it' : ''}</p>", 'Stop it'],
    ["node.textContent = 'Stop it'", 'Stop it'],
    ["node.setAttribute('aria-label', 'Stop it')", 'Stop it'],
    ["add({ label: 'Stop it' })", 'Stop it'],
    ["throw new Error('Stop it')", 'Stop it'],
    ["<p title={trans.__('Stop it')}>×</p>", undefined]
  ])('%s would be seen', (source, expected) => {
    expect(untranslated(source)).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe('every colour of the extension', () => {
  it.each(sheets)("in %s is the theme's", file => {
    expect(ownColours(readFileSync(join(root, file), 'utf8'))).toEqual([]);
  });

  it.each([
    ['a { color: #fff; }', 1],
    ['a { border: 1px solid red; }', 1],
    ['a { background: rgb(1 2 3); }', 1],
    ['a { color: var(--jp-ui-font-color1); white-space: nowrap; }', 0],
    ['a { background: color-mix(in srgb, var(--jp-brand-color1) 10%, transparent); }', 0]
  ])('%s', (css, count) => {
    expect(ownColours(css)).toHaveLength(count);
  });

  it.skipIf(!existsSync(themes))(
    'is asked for by a name that every theme of JupyterLab has',
    () => {
      const css = sheets.map(file => readFileSync(join(root, file), 'utf8')).join('\n');
      const texts = readdirSync(themes).map(name =>
        readFileSync(join(themes, name, 'index.css'), 'utf8')
      );
      expect(texts).toHaveLength(3);
      const asked = new Set([...css.matchAll(/var\((--jp-[\w-]+)/g)].map(([, name]) => name));
      const unknown = [...asked].filter(name => texts.some(text => !text.includes(`${name}:`)));
      expect(unknown).toEqual([]);
    }
  );
});
