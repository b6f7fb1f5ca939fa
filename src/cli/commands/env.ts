import { command } from "../parse/command.ts";
import { flag } from "../parse/options.ts";
import { quoted } from "../terminal/quoted.ts";

export const env = command({
  summary: "Print `export` lines for MLflow clients and other terminals.",
  details: 'Use it as `eval "$(slipway env)"`. Starts the engine if none runs.',
  options: {
    rotateToken: flag("--rotate-token", "Give a new token; those given out before are no longer good."),
    az: flag("--az", "Also put an `az` first on the PATH that runs `slipway az`, for scripts written for az."),
  },
  run: async (context, { rotateToken, az }) => {
    const client = await context.client();
    const workspace = await context.workspace();
    const { uri, token } = await client.trackingAccess({ params: { workspace }, query: { rotate: rotateToken } });
    const variables = {
      MLFLOW_TRACKING_URI: uri,
      MLFLOW_TRACKING_TOKEN: token,
      SLIPWAY_HOME: client.home,
      SLIPWAY_WORKSPACE: workspace,
    };
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
    if (az) {
      const { installShim } = await import("../az/shim.ts");
      lines.push(`export PATH=${quoted(installShim(client.home))}:"$PATH"\n`);
    }
    process.stdout.write(lines.join(""));
    return undefined;
  },
});
