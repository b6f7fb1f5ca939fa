import { search } from "@jmespath-community/jmespath";
import { messageOf } from "#base/errors.ts";
import { UsageError } from "../parse/usageError.ts";

/** The part of `value` that a JMESPath expression picks. Throws {@link UsageError} when the expression is not valid. */
export function applyQuery(value: unknown, expression: string): unknown {
  try {
    return search(value as Parameters<typeof search>[0], expression);
  } catch (thrown) {
    throw new UsageError(`argument --query: '${expression}' cannot be applied: ${messageOf(thrown)}`);
  }
}
