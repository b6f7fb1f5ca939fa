import { slipwayError } from "#contract/errors.ts";
import type { AttachedMachine } from "./attachedMachine.ts";

/**
 * The machine that an Azure compute of type `virtualmachine` names: the last part of its `resource_id` is the host, which
 * `~/.ssh/config` may know under that name; `ssh_settings` say user, port and key. A password is not read from a file.
 * Throws `invalid-document` for other types.
 */
export function namedMachine(document: Readonly<Record<string, unknown>>): Partial<AttachedMachine["ssh"]> {
  if (document["type"] !== "virtualmachine") {
    throw slipwayError(
      "invalid-document",
      `A compute of type ${String(document["type"])} is not attached but created.`,
      {
        next: "`slipway compute create -f` names it; a machine of one's own is of type virtualmachine.",
      },
    );
  }
  const settings = (document["ssh_settings"] ?? {}) as Record<string, unknown>;
  const { admin_username: user, ssh_port: port, ssh_private_key_file: key } = settings;
  const host = String(document["resource_id"]).split("/").at(-1);
  return {
    ...(host ? { host } : {}),
    ...(typeof user === "string" ? { user } : {}),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(typeof key === "string" ? { identity_file: key } : {}),
  };
}
