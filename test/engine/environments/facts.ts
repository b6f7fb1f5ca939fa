import type { EnvironmentFacts } from "#engine/environments/request.ts";

/** A machine with the named Python versions; the first is its default. */
export function machineWith(...versions: string[]): EnvironmentFacts {
  return {
    os: "linux",
    arch: "x86_64",
    libc: "glibc",
    libc_version: "2.36",
    programs: ["git"],
    interpreters: versions.map((version, index) => ({
      path: `/opt/python/${version}/bin/python`,
      version,
      implementation: "CPython",
      prefix: `/opt/python/${version}`,
      virtual: false,
      source: index === 0 ? "PATH" : "pyenv",
    })),
  };
}
