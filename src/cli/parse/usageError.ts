/** The command line itself is wrong: told with the place of the help, exit code 2 as `az` has it. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
