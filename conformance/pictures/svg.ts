/** SVG as text: escaped, with numbers that are the same on every machine. */

export type Attributes = Readonly<Record<string, string | number>>;

/** An element; `children` is markup already, so text goes through `escapeText` first. */
export function element(name: string, attributes: Attributes, children = ''): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeText(value)}"`)
    .join('');
  return children === '' ? `<${name}${written}/>` : `<${name}${written}>${children}</${name}>`;
}

/** A tenth of a pixel is enough, and leaves no room for the last digits in which machines differ. */
export function coordinate(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return String(rounded === 0 ? 0 : rounded);
}

export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** A line of text of one of the classes below. */
export function text(
  kind: string,
  x: number,
  y: number,
  content: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  const place = anchor === 'start' ? {} : { 'text-anchor': anchor };
  return element('text', { class: kind, x, y, ...place }, escapeText(content));
}

/** Width of a text, in the font of class `label`, whose characters are all of one width. */
export function labelWidth(text: string): number {
  return text.length * CHARACTER_WIDTH;
}

/** Breaks a text at spaces into lines of at most so many characters; a longer word stays whole. */
export function wrapped(text: string, charactersMax: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= charactersMax) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

const CHARACTER_WIDTH = 7.3;
export const LINE_HEIGHT = 15;

/**
 * One look for all pictures. Colours are classes, so that a picture follows the reader's light or dark mode; on paper it
 * is always light. Each phase differs from the others in lightness too, for those who see no colours.
 */
const STYLE = `
.paper{fill:#ffffff}
.ink{fill:#1f2328}
.line{stroke:#1f2328;fill:none}
.muted{fill:#59636e}
.faint{stroke:#c4cad1;fill:none}
.label,.strong{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
.strong{font-weight:600}
.title{font:600 15px system-ui,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}
.note{font:12px system-ui,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}
.halo{stroke:#ffffff;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
.box{fill:#f6f8fa;stroke:#1f2328}
.election{fill:#d1d9e0;stroke:#1f2328}
.discovery{fill:#ffd866;stroke:#1f2328}
.synchronization{fill:#6cb6ff;stroke:#1f2328}
.broadcast{fill:#1a7f37;stroke:#1f2328}
.lost{stroke:#cf222e;fill:none}
.lost-ink{fill:#cf222e}
@media screen and (prefers-color-scheme:dark){
.paper{fill:#0d1117}
.ink{fill:#e6edf3}
.line{stroke:#e6edf3}
.muted{fill:#9198a1}
.faint{stroke:#3d444d}
.halo{stroke:#0d1117}
.box{fill:#151b23;stroke:#e6edf3}
.election{fill:#656c76;stroke:#e6edf3}
.discovery{fill:#f2cc60;stroke:#e6edf3}
.synchronization{fill:#388bfd;stroke:#e6edf3}
.broadcast{fill:#238636;stroke:#e6edf3}
.lost{stroke:#ff7b72}
.lost-ink{fill:#ff7b72}
}
`;

/** A whole picture: its size, what it is called, what it shows, and its parts in the order of painting. */
export function picture(
  { width, height }: { readonly width: number; readonly height: number },
  title: string,
  description: string,
  parts: readonly string[],
): string {
  const size = { width, height, viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}` };
  const body = [
    element('title', {}, escapeText(title)),
    element('desc', {}, escapeText(description)),
    `<style>${STYLE}</style>`,
    element('rect', { class: 'paper', width, height }),
    ...parts,
  ];
  return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size, role: 'img' }, `\n${body.join('\n')}\n`)}\n`;
}
