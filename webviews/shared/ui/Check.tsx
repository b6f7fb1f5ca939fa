import { useEffect, useRef } from "react";
import "./toolkit.ts";

/** A checkbox with its label. */
export function Check(props: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  const element = useRef<HTMLElement & { checked: boolean }>(null);
  const { onChange, checked } = props;
  useEffect(() => {
    const box = element.current;
    if (!box) return undefined;
    box.checked = checked;
    const changed = (): void => onChange(box.checked);
    box.addEventListener("change", changed);
    return () => box.removeEventListener("change", changed);
  }, [onChange, checked]);
  return <vscode-checkbox ref={element}>{props.label}</vscode-checkbox>;
}
