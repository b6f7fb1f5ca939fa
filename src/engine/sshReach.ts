import type { Clock } from "#base/clock.ts";
import { SshTransport } from "#transport/ssh/sshTransport.ts";
import { DirectRunner } from "./compute/direct/directRunner.ts";
import type { Reach } from "./computes/attachments.ts";

/** Machines over SSH with the ssh files of the user that the engine runs as. */
export function sshReach(options: {
  clock: Clock;
  userHome: string;
  pythonFolder: string;
  launcher: string;
  stagingFolder: string;
}): Reach {
  const { clock, userHome, pythonFolder, launcher, stagingFolder } = options;
  return {
    connect({ host, user, port, identity_file: identityFile, python }, answers) {
      return new SshTransport({
        address: { host, user, port, identityFile },
        places: { home: userHome, agent: process.env["SSH_AUTH_SOCK"] },
        consent: () => answers,
        ...{ clock, pythonFolder, python },
      });
    },
    target(name, transport, { root, python }) {
      const runner = new DirectRunner({ transport, clock, root, python, launcher, stagingFolder });
      return { name, runner, transport, root, concurrency: null };
    },
  };
}
