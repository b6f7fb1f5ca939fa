import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { slipwayError } from "#contract/errors.ts";

/** Networks that a URL from a document has no business in: this machine, its neighbours, a cloud's metadata service. */
const closed = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  closed.addSubnet(network, bits, "ipv4");
}
for (const [network, bits] of [
  // An IPv4 address in an IPv6 one, as it was written long ago.
  ["::", 96],
  ["100::", 64],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  closed.addSubnet(network, bits, "ipv6");
}

/**
 * Whether an address is public. An IPv4 address inside an IPv6 one is judged as itself.
 *
 * @internal
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 4) return !closed.check(address, "ipv4");
  const groups = /^(?:::ffff:|::)(?:([0-9]+(?:\.[0-9]+){3})|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address);
  if (groups?.[1]) return isPublicAddress(groups[1]);
  if (groups?.[2] !== undefined && groups[3] !== undefined && address.toLowerCase().startsWith("::ffff:")) {
    const [high, low] = [Number.parseInt(groups[2], 16), Number.parseInt(groups[3], 16)];
    return isPublicAddress(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`);
  }
  return !closed.check(address, "ipv6");
}

export interface Address {
  address: string;
  family: 4 | 6;
}

/**
 * The address to connect to for a host: looked up once and checked, so that what was checked is what is connected to.
 * `allowed` names hosts that may be private. Throws `input-unavailable`.
 */
export async function publicAddress(host: string, allowed: ReadonlySet<string>): Promise<Address> {
  const bare = host.replace(/^\[|\]$/g, "");
  const found = isIP(bare)
    ? [{ address: bare, family: isIP(bare) }]
    : await lookup(bare, { all: true }).catch(notFound(host));
  const refused = allowed.has(bare) ? undefined : found.find(({ address }) => !isPublicAddress(address));
  const [first] = found;
  if (refused || !first) {
    throw slipwayError(
      "input-unavailable",
      `${host} is an address of this machine or its network (${refused?.address ?? "none"}), and is not read from.`,
      {
        next: `Copy the data into a folder, or allow the host with SLIPWAY_DATA_HOSTS=${bare} in the engine's environment (slipway.engine.dataHosts in VS Code).`,
      },
    );
  }
  return { address: first.address, family: first.family === 6 ? 6 : 4 };
}

function notFound(host: string): (cause: unknown) => never {
  return (cause) => {
    throw slipwayError("input-unavailable", `The host ${host} was not found.`, { cause });
  };
}
