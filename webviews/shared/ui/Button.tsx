import type { ReactNode } from "react";
import "./toolkit.ts";

/** A button. Its name for screen readers is its visible text. */
export function Button(props: { children: ReactNode; primary?: boolean; disabled?: boolean; onPress: () => void }) {
  return (
    <vscode-button
      appearance={props.primary ? "primary" : "secondary"}
      {...(props.disabled ? { disabled: true } : {})}
      onClick={props.onPress}
    >
      {props.children}
    </vscode-button>
  );
}
