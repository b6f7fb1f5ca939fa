/** What an entry has instead of something of the original. */
export interface CatalogueNote {
  wanted: string;
  used: string;
  why: string;
}

/** One curated environment, or a family of them that differ in a version. */
export interface CatalogueEntry {
  name: string;
  /** Regular expression on the bare, lower-case name; the name itself when absent. Its group `version` fills `{version}`. */
  pattern?: string;
  /** Python version that the environment has. */
  python: string;
  variants: readonly {
    /** The Python versions it is for (`<3.12`); all when absent. */
    python?: string;
    requirements: readonly string[];
    notes?: readonly CatalogueNote[];
  }[];
  notes?: readonly CatalogueNote[];
}
