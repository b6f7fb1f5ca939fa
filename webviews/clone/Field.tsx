import { useId, type ReactNode } from "react";

/** A line of text with its label, what is wrong with it, and buttons beside it. */
export function TextField(props: {
  label: string;
  value: string;
  hint?: string;
  fault?: string;
  children?: ReactNode;
  onChange: (value: string) => void;
}) {
  const id = useId();
  const { label, value, hint, fault = "", children, onChange } = props;
  return (
    <div className="form-row">
      <label htmlFor={id}>
        {label} {hint !== undefined && <span className="quiet">{hint}</span>}
      </label>
      <div className="row">
        <input
          id={id}
          type="text"
          spellCheck={false}
          value={value}
          aria-invalid={fault !== ""}
          aria-describedby={`${id}-fault`}
          onChange={(event) => onChange(event.target.value)}
        />
        {children}
      </div>
      <p id={`${id}-fault`} className="fault" role={fault === "" ? undefined : "alert"}>
        {fault}
      </p>
    </div>
  );
}
