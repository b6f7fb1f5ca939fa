/** Who makes a request. `owner` of new rows is the actor's name. */
export interface Actor {
  name: string;
  kind: "user" | "job";
  /** A job's token is good for its own workspace only. */
  workspace?: string;
}
