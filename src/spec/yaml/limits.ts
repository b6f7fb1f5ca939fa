/** A YAML file above these is refused before it costs anything (a few kilobytes of aliases can mean gigabytes). */
export const yamlLimits = {
  /** UTF-8 bytes of the file. */
  bytes: 1_048_576,
  /** Levels of mappings and lists. */
  depth: 64,
  /** Tokens of the parser: keys, values, colons, spaces, line ends. A large real file has a third of these. */
  tokens: 400_000,
  /** Values after every alias is followed. */
  nodes: 100_000,
} as const;
