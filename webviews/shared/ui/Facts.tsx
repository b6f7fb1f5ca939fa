import type { ReactNode } from "react";

/** Names and values in two columns. */
export function Facts(props: { caption: string; rows: readonly { name: string; key?: string; value: ReactNode }[] }) {
  return (
    <table className="facts">
      <caption className="visually-hidden">{props.caption}</caption>
      <tbody>
        {props.rows.map((row) => (
          <tr key={row.key ?? row.name}>
            <th scope="row">{row.name}</th>
            <td>{row.value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
