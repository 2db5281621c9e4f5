/** `import()` in the text of a function that a client has sent: a script that is evaluated has none of its own. */

/**
 * The text with the imports of cells, which find the notebook's packages and files, and this engine's one instance of
 * the library. `es-module-lexer` tells them from texts, comments and properties of the same name.
 */
export async function withOwnImports(source: string): Promise<string> {
  if (!/\bimport\b/.test(source)) return source;
  const { init, parse } = await import('es-module-lexer');
  await init;
  const imports = importsIn(parse, source);
  // From the last one on, so that the positions of the others stay right.
  return imports.reduceRight((text, { ss: start, d: kind }) => {
    const [name, own] = kind === IMPORT_META ? ['import.meta', '$meta'] : ['import', '$import'];
    return text.slice(0, start) + own + text.slice(start + name.length);
  }, source);
}

/** What cannot be read is left to the evaluation, which says why. */
function importsIn(parse: Parse, source: string): ReturnType<Parse>[0] {
  try {
    return parse(source)[0];
  } catch {
    return [];
  }
}

type Parse = typeof import('es-module-lexer').parse;

/** How the lexer marks `import.meta`. */
const IMPORT_META = -2;
