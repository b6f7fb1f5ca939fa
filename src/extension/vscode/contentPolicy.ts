/**
 * What a page may load: our own script by its nonce, our own styles, fonts and pictures (`source` is where VS Code serves
 * them), and nothing else from anywhere.
 */
export function contentPolicy({ nonce, source }: { nonce: string; source: string }): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    // Chart and grid elements set their own sizes in the style attribute, which a nonce cannot cover.
    `style-src ${source} 'unsafe-inline'`,
    `font-src ${source}`,
    `img-src ${source} data:`,
  ].join("; ");
}
