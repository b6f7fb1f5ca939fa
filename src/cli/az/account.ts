import { userInfo } from "node:os";
import { command, type Command, type Verbs } from "../parse/command.ts";
import { flag, text } from "../parse/options.ts";
import { UsageError } from "../parse/usageError.ts";
import { changeSettings, idOf, readSettings, subscriptionOf, type AzSettings } from "./settings.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An account as `az account show` prints it. Its ids are made up, and stay the same. */
function accountOf(settings: AzSettings): Record<string, unknown> {
  const tenant = idOf("tenant");
  return {
    environmentName: "Slipway",
    homeTenantId: tenant,
    ...subscriptionOf(settings),
    isDefault: true,
    managedByTenants: [],
    state: "Enabled",
    tenantId: tenant,
    user: { name: userInfo().username, type: "user" },
  };
}

export const verbs: Verbs = {
  show: command({
    summary: "Show the subscription that scripts are told.",
    details: "Its ids are made up and stay the same; after `account set` they are those that were set.",
    options: { name: text(["--name", "-n", "-s"], "Accepted for scripts written for az; not used.") },
    run: () => Promise.resolve({ value: accountOf(readSettings()) }),
  }),
  set: command({
    summary: "Keep the subscription that a script names, and tell it that one from now on.",
    options: { name: text(["--name", "-n", "-s"], "Name or id of the subscription; --subscription says the same.") },
    run: (context, { name }) => {
      const wanted = name ?? context.globals.subscription;
      if (!wanted) throw new UsageError("the following arguments are required: --name/--subscription/-n/-s");
      changeSettings((settings) => {
        settings.subscription = uuid.test(wanted)
          ? { id: wanted.toLowerCase(), name: "Slipway" }
          : { id: idOf(`subscription ${wanted}`), name: wanted };
      });
      return Promise.resolve(undefined);
    },
  }),
  list: command({
    summary: "List the one subscription that there is.",
    options: { all: flag("--all", "Accepted for scripts written for az."), refresh: flag("--refresh", "The same.") },
    run: () => Promise.resolve({ value: [accountOf(readSettings())] }),
  }),
  clear: command({
    summary: "Forget the subscription that was set.",
    run: () => {
      changeSettings((settings) => delete settings.subscription);
      return Promise.resolve(undefined);
    },
  }),
};

const notUsed = "Accepted for scripts written for az; not used.";

export const login: Command = command({
  summary: "Done at once: no account is needed here.",
  options: {
    username: text(["--username", "-u"], notUsed),
    password: text(["--password", "-p"], notUsed),
    tenant: text(["--tenant", "-t"], notUsed),
    clientId: text("--client-id", notUsed),
    objectId: text("--object-id", notUsed),
    resourceId: text("--resource-id", notUsed),
    federatedToken: text("--federated-token", notUsed),
    certificate: text("--certificate", notUsed),
    scope: text("--scope", notUsed),
    servicePrincipal: flag("--service-principal", notUsed),
    identity: flag(["--identity", "-i"], notUsed),
    useDeviceCode: flag("--use-device-code", notUsed),
    allowNoSubscriptions: flag("--allow-no-subscriptions", notUsed),
  },
  run: (context) => {
    context.notice("Slipway needs no account: nothing was sent, and no password is kept.");
    return Promise.resolve({ value: [accountOf(readSettings())] });
  },
});

export const logout: Command = command({
  summary: "Nothing to do: nobody is logged in.",
  options: { username: text("--username", notUsed) },
  run: (context) => {
    context.notice("Nobody is logged in: Slipway needs no account.");
    return Promise.resolve(undefined);
  },
});
