import { CodedError } from "#base/errors.ts";
import { hostSettings, type HostAddress, type HostSettings, type SshPlaces } from "./hostSettings.ts";

/** Longer chains are a loop. */
const mostHops = 8;

/** The hosts to go through, the last of them the one that is asked for. Throws what {@link hostSettings} throws. */
export function routeTo(address: HostAddress, places: SshPlaces): HostSettings[] {
  const target = hostSettings(address, places);
  const route: HostSettings[] = [];
  for (const [index, jump] of target.jumps.entries()) {
    const hop = jumpAddress(jump);
    // Only the way to the first may lead over others: the rest are reached from it.
    if (index === 0) route.push(...behind(hop, places, mostHops));
    else route.push(hostSettings(hop, places));
  }
  return [...route, target];
}

function behind(address: HostAddress, places: SshPlaces, left: number): HostSettings[] {
  if (left === 0) {
    throw new CodedError({
      code: "invalid-request",
      status: 400,
      message: `The ProxyJump of ${address.host} leads in a circle, or over more than ${mostHops} hosts.`,
      next: "Correct ~/.ssh/config.",
    });
  }
  const host = hostSettings(address, places);
  const first = host.jumps.flatMap((jump, index) =>
    index === 0 ? behind(jumpAddress(jump), places, left - 1) : [hostSettings(jumpAddress(jump), places)],
  );
  return [...first, host];
}

/** `[user@]host[:port]`, or the same as a URI. */
function jumpAddress(text: string): HostAddress {
  const found = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  if (found === null) return { host: text };
  const [, user, bracketed, plain, port] = found;
  return {
    host: bracketed ?? (plain as string),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}
