import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { inspectMachine, type EnvironmentHost } from "#engine/environments/machine.ts";
import { planEnvironment } from "#engine/environments/plan.ts";
import type { EnvironmentFacts, EnvironmentPlan, EnvironmentRequest, Relax } from "#engine/environments/request.ts";
import { LocalTransport } from "#transport/local/localTransport.ts";

const wheelMaker = `
import base64, hashlib, json, os, sys, zipfile
for w in json.loads(sys.argv[2]):
    name, version, tag = w["name"], w["version"], w.get("tag", "py3-none-any")
    info = "%s-%s.dist-info" % (name, version)
    metadata = "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (name, version)
    metadata += "".join("Requires-Dist: %s\\n" % r for r in w.get("requires", []))
    files = {
        name + "/__init__.py": "__version__ = %r\\n" % version,
        info + "/METADATA": metadata,
        info + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: %s\\n" % tag,
    }
    if w.get("bytes"):
        files[name + "/data.bin"] = base64.b64encode(os.urandom(w["bytes"])).decode()
    digest = lambda t: base64.urlsafe_b64encode(hashlib.sha256(t.encode()).digest()).rstrip(b"=").decode()
    record = ["%s,sha256=%s,%d" % (n, digest(t), len(t)) for n, t in files.items()] + [info + "/RECORD,,"]
    files[info + "/RECORD"] = "\\n".join(record) + "\\n"
    with zipfile.ZipFile(os.path.join(sys.argv[1], "%s-%s-%s.whl" % (name, version, tag)), "w") as z:
        for n, t in files.items():
            z.writestr(n, t)
import ensurepip, sysconfig
# Distributions may keep pip's wheel in a folder of their own.
print(sysconfig.get_config_var("WHEEL_PKG_DIR") or os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))
`;

export interface WheelSpec {
  name: string;
  version: string;
  tag?: string;
  requires?: string[];
  /** Size of a data file in it. */
  bytes?: number;
}

/** A machine (this one) with a root of its own and a folder of wheels made here, pip's own among them. */
export class EnvironmentLab {
  readonly folder = mkdtempSync(join(tmpdir(), "environments-test-"));
  readonly wheels = join(this.folder, "wheels");
  readonly transport = new LocalTransport();
  readonly host: EnvironmentHost = {
    transport: this.transport,
    root: join(this.folder, "root"),
    pythonFolder: join(import.meta.dirname, "../../../python"),
  };
  facts!: EnvironmentFacts;
  #python = "python3";

  async open(wheels: readonly WheelSpec[]): Promise<void> {
    mkdirSync(this.wheels);
    this.facts = await inspectMachine(this.host);
    const python = this.facts.interpreters.find(({ version }) => /^3\.1[0-3]\./.test(version))?.path ?? "python3";
    this.#python = python;
    const bundled = this.add(wheels);
    const pip = execFileSync("ls", [bundled], { encoding: "utf8" })
      .split("\n")
      .filter((name) => name.startsWith("pip-"));
    for (const name of pip) copyFileSync(join(bundled, name), join(this.wheels, basename(name)));
    this.facts = { ...this.facts, interpreters: this.facts.interpreters.filter(({ path }) => path === python) };
  }

  /** Makes more wheels. Returns the folder of pip's own. */
  add(wheels: readonly WheelSpec[]): string {
    const script = ["-c", wheelMaker, this.wheels, JSON.stringify(wheels)];
    return execFileSync(this.#python, script, { encoding: "utf8" }).trim();
  }

  /** A plan that is solved from the lab's own wheels alone. */
  plan(requirements: readonly string[], more: EnvironmentRequest & { relax?: Relax } = {}): EnvironmentPlan {
    const { relax, ...request } = more;
    return planEnvironment({
      request: { ...request, requirements: ["--no-index", `--find-links ${this.wheels}`, ...requirements] },
      facts: this.facts,
      ...(relax === undefined ? {} : { relax }),
    });
  }

  async close(): Promise<void> {
    await this.transport.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Collects a build's log. */
export function logKeeper(): { onLog: (bytes: Uint8Array) => void; text: () => string } {
  const chunks: Uint8Array[] = [];
  return { onLog: (bytes) => void chunks.push(bytes), text: () => Buffer.concat(chunks).toString("utf8") };
}
