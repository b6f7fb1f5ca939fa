import type { CloneForm } from "#contract/panels/clone.ts";
import type { CloneSource } from "#contract/routes/reproduce.ts";

/** Says a text in the person's language. */
interface Words {
  t(text: string, ...values: string[]): string;
}

/** A form as the record has it. */
export function formOf(source: CloneSource): CloneForm {
  return {
    display_name: source.display_name,
    experiment_name: source.experiment_name,
    compute: source.compute,
    code: "snapshot",
    inputs: Object.fromEntries(source.inputs.map(({ name, value }) => [name, value])),
    environment_variables: Object.entries(source.environment_variables).map(([name, value]) => ({ name, value })),
  };
}

/** Why a value is none of its input's type; empty when it is one. */
export function inputFault(type: string, value: string, l10n: Words): string {
  if (type === "integer" && !/^\s*[-+]?\d+\s*$/u.test(value)) return l10n.t("A whole number is needed.");
  if (type === "number" && (value.trim() === "" || !Number.isFinite(Number(value))))
    return l10n.t("A number is needed.");
  if (type.startsWith("uri_") && value.trim() === "") return l10n.t("A path, URL or azureml: reference is needed.");
  return "";
}

/** Why a form cannot be submitted; empty when it can. */
export function formFault(source: CloneSource, form: CloneForm, l10n: Words): string {
  const wrong = source.inputs.filter(({ name, type }) => inputFault(type, form.inputs[name] ?? "", l10n) !== "");
  if (wrong.length > 0) return l10n.t("Correct {0}.", wrong.map(({ name }) => name).join(", "));
  if (form.experiment_name.trim() === "") return l10n.t("An experiment is needed.");
  const names = form.environment_variables.map(({ name }) => name.trim()).filter((name) => name !== "");
  const bad = names.find((name) => /[=\s\0]/u.test(name));
  if (bad !== undefined) return l10n.t("{0} cannot be the name of an environment variable.", bad);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? "" : l10n.t("{0} is there twice.", twice);
}
