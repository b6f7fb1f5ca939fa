import type { KnownKind } from "../kinds/kindName.ts";
import { checkCommandComponent } from "./commandComponent.ts";
import { checkCommandJob } from "./commandJob.ts";
import type { CheckContext } from "./context.ts";
import { checkEnvironment } from "./environment.ts";
import { checkName } from "./names.ts";
import { checkLocalPath } from "./paths.ts";
import { checkDataPath } from "./references.ts";

const checks: Record<KnownKind, (context: CheckContext) => void> = {
  "job:command": checkCommandJob,
  "component:command": checkCommandComponent,
  environment: (context) => {
    checkAsset(context);
    checkEnvironment(context, []);
  },
  data: (context) => {
    checkAsset(context);
    checkDataPath(context, ["path"], "data");
  },
  model: (context) => {
    checkAsset(context);
    checkDataPath(context, ["path"], "model");
  },
  datastore: (context) => {
    checkName(context, ["name"], "datastore");
    const folder = context.string(["type"]) === "local_folder" ? context.string(["path"]) : undefined;
    if (folder !== undefined)
      checkLocalPath(context, ["path"], folder, { what: "folder", missing: "error", expected: "folder" });
  },
  compute: (context) => {
    checkName(context, ["name"], "compute");
    checkInstanceRange(context);
    const key = context.string(["ssh_settings", "ssh_private_key_file"]);
    if (key !== undefined) {
      checkLocalPath(context, ["ssh_settings", "ssh_private_key_file"], key, {
        what: "private key file",
        missing: "error",
        expected: "file",
      });
    }
  },
  workspace: (context) => checkName(context, ["name"], "workspace"),
};

/** What a kind's schema cannot say: other files, references, bindings, names. */
export function checkKind(kind: KnownKind, context: CheckContext): void {
  checks[kind](context);
}

function checkAsset(context: CheckContext): void {
  checkName(context, ["name"], "asset");
  checkName(context, ["version"], "version");
}

function checkInstanceRange(context: CheckContext): void {
  const [least, most] = ["min_instances", "max_instances"].map((key) => {
    const node = context.node([key]);
    return node?.kind === "scalar" && node.value !== null ? Number(node.value) : Number.NaN;
  });
  if (least === undefined || most === undefined || !(least > most)) return;
  context.report(
    "out-of-range",
    "error",
    `min_instances (${least}) is above max_instances (${most}). Lower it, or raise the other.`,
    ["min_instances"],
  );
}
