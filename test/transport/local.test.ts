import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalTransport } from "#transport/local/localTransport.ts";
import { conformsToTransport } from "./conformance.ts";

conformsToTransport("local", async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), "slipway-transport-")));
  const transport = new LocalTransport();
  const [remote, local] = [join(root, "remote"), join(root, "local")];
  await mkdir(remote);
  await mkdir(local);
  return {
    transport,
    remote,
    local,
    async dispose() {
      await transport.close();
      await rm(root, { recursive: true, force: true });
    },
  };
});
