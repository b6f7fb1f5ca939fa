/** Colours of the editor's theme, as a canvas needs them. */
export interface ChartTheme {
  text: string;
  grid: string;
  lines: string[];
}

const lineColors = ["blue", "orange", "green", "purple", "red", "yellow"];

export function readTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string, fallback: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const text = color("foreground", "#888888");
  return {
    text,
    grid: color("editorWidget-border", color("contrastBorder", "#8884")),
    lines: lineColors.map((name) => color(`charts-${name}`, text)),
  };
}

/** Calls back when the user changes the theme: VS Code swaps a class on the body. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  return () => observer.disconnect();
}
