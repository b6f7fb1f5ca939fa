import type { CloneForm } from "#contract/panels/clone.ts";
import type { CloneSource } from "#contract/routes/reproduce.ts";

/** The form as `--set` pairs on the record's job file: only what was changed. */
export function cloneOverrides(source: CloneSource, form: CloneForm): string[] {
  const pairs: string[] = [];
  const change = (key: string, before: string, now: string): void => {
    if (now !== before) pairs.push(`${key}=${now}`);
  };
  for (const { name, type, value } of source.inputs) {
    const typed = form.inputs[name] ?? value;
    const now = type === "string" ? typed : typed.trim();
    if (now === value) continue;
    const key = `inputs.${name.replaceAll(/[\\.]/gu, "\\$&")}`;
    if (!isLiteral(type)) pairs.push(`${key}.path=${now}`);
    // Such a text would be read as a list, a mapping or nothing at all.
    else if (/^\s*[[{]/u.test(now) || now === "null") pairs.push(`${key}=${JSON.stringify({ value: now })}`);
    else pairs.push(`${key}=${now}`);
  }
  const variables = Object.fromEntries(
    form.environment_variables.flatMap(({ name, value }) => (name.trim() === "" ? [] : [[name.trim(), value]])),
  );
  if (sorted(variables) !== sorted(source.environment_variables)) {
    pairs.push(`environment_variables=${JSON.stringify(variables)}`);
  }
  change("compute", source.compute, form.compute);
  change("experiment_name", source.experiment_name, form.experiment_name);
  change("display_name", source.display_name, form.display_name);
  return pairs;
}

/** Whether an input of this type is a value and no data. */
function isLiteral(type: string): boolean {
  return ["boolean", "integer", "number", "string"].includes(type);
}

function sorted(record: Record<string, string>): string {
  return JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
