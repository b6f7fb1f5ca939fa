import { useId, type ReactNode } from "react";

/** A part of a page under its heading, which names the region for screen readers. */
export function Section(props: { title: string; aside?: ReactNode; children: ReactNode }) {
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <header className="section-head">
        <h2 id={heading}>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}
