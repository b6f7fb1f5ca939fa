import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "vitest";
import { systemClock } from "#base/clock.ts";
import { SshTransport } from "#transport/ssh/sshTransport.ts";
import { conformsToTransport } from "../conformance.ts";
import { Hosts, whyNoHosts } from "./hosts.ts";

const pythonFolder = join(import.meta.dirname, "../../../python");
const why = whyNoHosts();

if (why === undefined) {
  conformsToTransport("ssh", async () => {
    const hosts = await Hosts.make();
    const host = await hosts.start("box");
    await hosts.know(host);
    const consent = { acceptedKeys: new Set<string>(), answers: new Map<string, string>() };
    const transport = new SshTransport({
      address: { host: host.address, user: "root" },
      places: hosts.places,
      consent: () => consent,
      clock: systemClock,
      pythonFolder,
    });
    const local = join(hosts.root, "local");
    await mkdir(local);
    await mkdtemp(join(host.home, "x-"));
    await mkdir(join(host.home, "remote"));
    return {
      transport,
      remote: "/root/remote",
      local,
      async dispose() {
        await transport.close();
        await hosts.dispose();
      },
    };
  });
} else test.skip(`transport ssh: ${why}`);
