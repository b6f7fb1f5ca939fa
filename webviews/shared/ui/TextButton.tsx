import type { ReactNode } from "react";

/** A button that looks like a link: for opening things from running text. */
export function TextButton(props: { children: ReactNode; title?: string; onPress: () => void }) {
  return (
    <button type="button" className="text-button" title={props.title} onClick={props.onPress}>
      {props.children}
    </button>
  );
}
