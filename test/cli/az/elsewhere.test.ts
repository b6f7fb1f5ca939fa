import { describe, expect, it } from "vitest";
import { answerElsewhere } from "#cli/az/elsewhere.ts";
import { refuseLaterNoun } from "#cli/az/laterNouns.ts";

const answer = (line: string): string => answerElsewhere(line.split(" "));

describe("a command of az that means nothing here", () => {
  it("is passed over with a line when it only had to have happened", () => {
    expect(answer("role assignment create --assignee me --role Contributor --scope /subscriptions/x")).toBe(
      "az role assignment create: nothing to do, no roles are needed to use this machine.",
    );
    expect(answer("acr login -n mine")).toContain("az acr login: nothing to do");
    expect(answer("upgrade --yes")).toContain("az upgrade: nothing to do");
  });

  it("is refused when the script waits for its answer", () => {
    expect(() => answer("identity create -n me --query principalId -o tsv")).toThrow(
      "az identity create was not done: jobs run as you, so there is no answer to --query.",
    );
    expect(() => answer("identity create -n me --query=principalId")).toThrow("was not done");
    expect(() => answer("account get-access-token --query accessToken")).toThrow("az account get-access-token was not");
  });

  it("is refused when its having been done would be a lie", () => {
    expect(() => answer("role assignment delete --assignee me")).toThrow("az role assignment delete was not done");
    expect(() => answer("storage blob upload-batch -d c -s .")).toThrow("az storage blob upload-batch was not done");
    expect(() => answer("keyvault secret set --name k --value v")).toThrow("az keyvault secret set was not done");
    expect(() => answer("network nsg rule create")).toThrow("Slipway does not reach Azure");
  });

  it("is a wrong command line when az has no such command", () => {
    expect(() => answer("acount show")).toThrow(
      "'acount' is not a command of az that Slipway knows. Did you mean 'account'?",
    );
  });
});

it("a noun of az ml that is not here is refused, others are left to the table", () => {
  expect(() => refuseLaterNoun("az ml", ["feature-store", "create", "-f", "x.yml"])).toThrow(
    "az ml feature-store create was not done: Slipway has no feature stores.",
  );
  expect(refuseLaterNoun("az ml", ["jobb", "create"])).toBeUndefined();
});
