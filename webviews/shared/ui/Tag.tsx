import "./toolkit.ts";

export function Tag(props: { text: string }) {
  return <vscode-tag>{props.text}</vscode-tag>;
}
