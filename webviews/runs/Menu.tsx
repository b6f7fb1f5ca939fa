import { useEffect, useRef, type KeyboardEvent } from "react";

export interface MenuItem {
  label: string;
  /** Not offered, but shown so that it is known to be there. */
  disabled?: boolean;
  press: () => void;
}

/** A menu at a place of the window. Closes by itself; who opened it puts the focus back. */
export function Menu(props: { label: string; x: number; y: number; items: readonly MenuItem[]; onClose: () => void }) {
  const { onClose } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector<HTMLElement>("[role=menuitem]:not([aria-disabled=true])")?.focus();
    const away = (event: globalThis.PointerEvent): void => {
      if (!list.current?.contains(event.target as Node)) onClose();
    };
    window.addEventListener("pointerdown", away, true);
    return () => window.removeEventListener("pointerdown", away, true);
  }, [onClose]);
  const keys = (event: KeyboardEvent): void => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]:not([aria-disabled=true])") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items[(to + items.length) % items.length]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const style = {
    left: Math.min(props.x, Math.max(0, window.innerWidth - 270)),
    top: Math.min(props.y, Math.max(0, window.innerHeight - 24 - props.items.length * 28)),
  };
  return (
    <div ref={list} role="menu" aria-label={props.label} className="menu" style={style} onKeyDown={keys}>
      {props.items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          aria-disabled={item.disabled === true}
          onClick={() => {
            if (item.disabled) return;
            onClose();
            item.press();
          }}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}
