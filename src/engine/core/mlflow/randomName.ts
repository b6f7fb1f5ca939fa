import { randomInt } from "node:crypto";

const adjectives =
  "able agile airy amber azure bold brave breezy bright brisk calm clear clever coral cosmic crisp deep eager early easy fair fast fleet fond free fresh gentle glad golden grand green happy hardy honest humble jolly keen kind light lively lucky mellow merry mild neat noble polite proud quick quiet ready rosy sharp silent silver smooth solid steady still stout sunny swift tidy upbeat vivid warm wise witty".split(
    " ",
  );
const nouns =
  "anchor ark bark barge beacon boat bow brig buoy canal canoe capstan channel clipper coast compass cove cutter deck delta dinghy dock estuary ferry fleet fjord galley gull harbor helm hull island jetty kayak keel ketch lagoon lantern lighthouse lugger mast moor oar otter pier pilot port quay raft reef rudder sail schooner seal shore skiff slip sloop sound strait tern tide trawler tug wharf yacht yawl".split(
    " ",
  );

/** A run's or model's name when its maker gave none, such as `bold-cutter-412`. */
export function randomName(): string {
  return `${adjectives[randomInt(adjectives.length)]}-${nouns[randomInt(nouns.length)]}-${randomInt(1000)}`;
}
