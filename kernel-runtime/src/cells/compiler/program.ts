/** One checker for all cells: cells are bound outside of the program and chained, so that a new cell needs no new program. */
import { join } from 'node:path';
import ts from '#tsover';

import { packageRoot } from '../../package.js';
import { ambientFile, ambientText } from './ambient.js';
import { type BoundFile, internals, type OpenProgram, type OperatorChecker } from './internals.js';
import { nodeTypes, NodeTypes } from './node-types.js';
import { cellOptions, header } from './options.js';
import { libraryFolder, libraryTypes, torchTypes } from './packages.js';
import { preludeText } from './prelude.js';
import { applySigns, findSigns, type Signs } from './signs.js';
import { importsIn, isLocalSource, Sources } from './sources.js';

/** A checker remembers all that it ever checked. After so many files it is worth a pause to begin anew … */
const FILES_TO_REFRESH = 150;
/** … and after so many it has to be. */
const FILES_PER_CHECKER = 1500;

/** Signs whose types depend on each other are found in so many steps. */
const MAX_ROUNDS = 5;

const TENSORFLOW = '@tensorflow/tfjs';

export class CellProgram {
  readonly options = cellOptions();
  readonly #cwd: string;
  readonly #roots: readonly string[];
  readonly #importsFile: string;
  readonly #preludeFile: string;
  /** What cells have imported. */
  readonly #specifiers = new Set<string>();
  readonly #sources = new Sources();
  readonly #node = new NodeTypes();
  readonly #cells = new WeakSet<ts.SourceFile>();
  readonly #imports = new WeakMap<ts.SourceFile, readonly string[]>();
  readonly #host: ts.CompilerHost;
  #resolutions: ts.ModuleResolutionCache;
  #program: ts.Program;
  #checked = 0;

  /**
   * @param cwd the notebook's folder: relative imports start here
   * @param roots files that belong to the program in any case: a script on disk
   */
  constructor(cwd: string, roots: readonly string[] = []) {
    this.#cwd = cwd;
    this.#roots = roots;
    this.#importsFile = join(cwd, '.decentlab-imports.ts');
    this.#preludeFile = join(cwd, '.decentlab-prelude.ts');
    this.#sources.set(ambientFile, ambientText(false));
    this.#sources.set(this.#importsFile, header);
    this.#sources.set(this.#preludeFile, preludeText());
    this.#resolutions = this.#newResolutions();
    this.#host = this.#createHost();
    this.#program = this.#createProgram();
  }

  get program(): ts.Program {
    return this.#program;
  }

  get checker(): OperatorChecker {
    return this.#program.getTypeChecker();
  }

  /** What an imported name stands for; other symbols themselves. */
  origin(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The root of every scope: all public names of the library. */
  get prelude(): ts.SourceFile {
    return this.#program.getSourceFile(this.#preludeFile)!;
  }

  /** Whether `refresh` would free memory. */
  get isStale(): boolean {
    return this.#checked > FILES_TO_REFRESH;
  }

  /** Begins with a new checker, which has to learn the types of cells again. */
  refresh(): void {
    this.#checked = 0;
    this.#program = this.#createProgram(this.#program);
  }

  /** Parses `text` (with header) as a file whose names are looked up in `parent` next. */
  open(fileName: string, text: string, parent?: BoundFile): BoundFile {
    let signs: Signs = new Set();
    for (let round = 0; ; round++) {
      const file = this.#open(fileName, text, { parent, signs });
      const found = findSigns(file, this.checker);
      if (found.size === 0 || round === MAX_ROUNDS) return file;
      // With vectors in their places, the types of other expressions become known, and maybe those of other signs.
      signs = new Set([...signs, ...found]);
    }
  }

  #open(
    fileName: string,
    text: string,
    { parent, signs }: { parent: BoundFile | undefined; signs: Signs }
  ): BoundFile {
    const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2022, false) as BoundFile;
    Object.assign(file, { path: fileName, resolvedPath: fileName, originalFileName: fileName });
    Object.assign(file, { imports: [], moduleAugmentations: [], ambientModuleNames: [] });
    this.#prepare(file);
    applySigns(file, signs);
    internals.bindSourceFile(file, this.options);
    file.parent = parent ?? (this.prelude as BoundFile);
    this.#cells.add(file);
    return file;
  }

  /** The author's own .ts files that `file` reaches, dependencies first. */
  localFiles(file: ts.SourceFile): ts.SourceFile[] {
    const found: ts.SourceFile[] = [];
    const visited = new Set<ts.SourceFile>([file]);
    const visit = (from: ts.SourceFile): void => {
      for (const specifier of this.importsOf(from)) {
        const local = this.resolveLocal(from, specifier);
        if (!local || visited.has(local)) continue;
        visited.add(local);
        visit(local);
        found.push(local);
      }
    };
    visit(file);
    return found;
  }

  /** Finds the vectors behind signs in files of the program, which may become other files by that. */
  settleSigns(fileNames: readonly string[]): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const files = fileNames.map(name => this.#program.getSourceFile(name));
      const found = files.filter(file => file && this.#sources.addSigns(file, this.checker));
      if (found.length === 0) return;
      this.refresh();
    }
  }

  /** The import specifiers of a file, dynamic imports of a literal included. */
  importsOf(file: ts.SourceFile): readonly string[] {
    const specifiers = this.#imports.get(file) ?? importsIn(file);
    this.#imports.set(file, specifiers);
    return specifiers;
  }

  /** The author's own .ts file that `specifier` names in `from`, if it is one. */
  resolveLocal(from: ts.SourceFile, specifier: string): ts.SourceFile | undefined {
    const name = this.#resolvedName(from, specifier);
    return name !== undefined && isLocalSource(name)
      ? this.#program.getSourceFile(name)
      : undefined;
  }

  /** Makes a new program if a cell needs declarations that the present one has not, or has of old. */
  #prepare(file: ts.SourceFile): void {
    const fresh = this.importsOf(file).filter(specifier => !this.#specifiers.has(specifier));
    const mentioned = this.#node.mentionedIn(file.text);
    const isChanged = this.#sources.forgetChanged();
    const isSame = !isChanged && fresh.length + mentioned.length === 0;
    if (isSame && ++this.#checked < FILES_PER_CHECKER) return;
    for (const specifier of fresh) this.#specifiers.add(specifier);
    for (const specifier of mentioned) this.#node.want(specifier);
    if (fresh.includes(TENSORFLOW)) this.#sources.set(ambientFile, ambientText(true));
    const imports = [...this.#specifiers].map(specifier => `import ${JSON.stringify(specifier)};`);
    this.#sources.set(this.#importsFile, header + imports.join('\n'));
    if (isChanged) this.#resolutions = this.#newResolutions();
    this.refresh();
    this.#forgetUnresolved(fresh);
  }

  /** What was not there is looked for again when a cell asks again: the author may have written or installed it. */
  #forgetUnresolved(specifiers: readonly string[]): void {
    const imports = this.#program.getSourceFile(this.#importsFile)!;
    const missing = specifiers.filter(name => this.#resolvedName(imports, name) === undefined);
    if (missing.length === 0) return;
    for (const specifier of missing) this.#specifiers.delete(specifier);
    this.#resolutions = this.#newResolutions();
  }

  #resolvedName(from: ts.SourceFile, specifier: string): string | undefined {
    const program = this.#program as OpenProgram;
    return program.getResolvedModule(from, specifier, ts.ModuleKind.ESNext)?.resolvedModule
      ?.resolvedFileName;
  }

  #createProgram(oldProgram?: ts.Program): ts.Program {
    const program = ts.createProgram({
      rootNames: [
        ...this.#node.roots,
        ambientFile,
        this.#preludeFile,
        this.#importsFile,
        ...this.#roots
      ],
      options: this.options,
      host: this.#host,
      oldProgram
    }) as OpenProgram;
    const lookup = program.getResolvedModule;
    const imports = program.getSourceFile(this.#importsFile)!;
    program.getResolvedModule = (file, name, mode) =>
      lookup(this.#cells.has(file) ? imports : file, name, mode);
    program.getTypeChecker();
    return program;
  }

  #createHost(): ts.CompilerHost {
    const host = ts.createCompilerHost(this.options);
    return {
      ...host,
      getCurrentDirectory: () => this.#cwd,
      fileExists: name => this.#sources.has(name) || host.fileExists(name),
      readFile: name => this.#sources.text(name),
      getSourceFile: name => this.#sources.read(name),
      hasInvalidatedResolutions: path => !path.includes('/node_modules/') || isReconsidered(path),
      getModuleResolutionCache: () => this.#resolutions,
      resolveModuleNameLiterals: (literals, from, _redirect, options) =>
        literals.map(literal => this.#resolve(literal.text, from, options))
    };
  }

  #newResolutions(): ts.ModuleResolutionCache {
    return ts.createModuleResolutionCache(this.#cwd, name => name, this.options);
  }

  #resolve(
    specifier: string,
    from: string,
    options: ts.CompilerOptions
  ): ts.ResolvedModuleWithFailedLookupLocations {
    if (specifier === 'decentlab') {
      return {
        resolvedModule: { resolvedFileName: libraryTypes, extension: extensionOf(libraryTypes) }
      };
    }
    const torch = specifier === 'decentlab/torch' ? torchTypes() : undefined;
    if (torch !== undefined) {
      return { resolvedModule: { resolvedFileName: torch, extension: ts.Extension.Dts } };
    }
    const isOurs = from.startsWith(libraryFolder);
    const ofNode = this.#node.resolve(specifier, from, isOurs);
    if (ofNode) return ofNode;
    const resolve = (folder: string): ts.ResolvedModuleWithFailedLookupLocations =>
      ts.resolveModuleName(specifier, folder, options, this.#host, this.#resolutions);
    const ours = join(packageRoot, 'package.json');
    // Half of all declarations are TensorFlow's. Until a cell imports a package, the library's mentions of it are `any`.
    const isLeftOut = isOurs && !specifier.startsWith('.') && !this.#specifiers.has(specifier);
    if (isLeftOut) return { resolvedModule: undefined };
    if (specifier.startsWith('@tensorflow/')) return resolve(ours);
    const found = resolve(from);
    return found.resolvedModule || specifier.startsWith('.') ? found : resolve(ours);
  }
}

/** Declarations whose imports mean something else when more is known. */
function isReconsidered(path: string): boolean {
  return path.startsWith(libraryFolder) || path.startsWith(nodeTypes);
}

function extensionOf(name: string): string {
  return name.endsWith('.d.ts') ? ts.Extension.Dts : ts.Extension.Ts;
}
