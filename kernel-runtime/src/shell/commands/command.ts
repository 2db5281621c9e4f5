/** What every subcommand of `decentlab` is. */

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Its arguments, as `decentlab NAME --help` prints them. */
  readonly usage: string;
  /** What more `decentlab NAME --help` says. */
  readonly details?: string;
  /** Runs it with the arguments after its name; resolves to the exit code. Throws a DecentLabError to stop with its sentence. */
  run(args: readonly string[]): Promise<number>;
}
