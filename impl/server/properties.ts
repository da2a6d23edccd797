/** Files of `key=value` lines, such as zoo.cfg: Java's properties, as far as configurations use them. */

/** A key with its value, and the line (from 1) that it stands on. */
export interface Property {
  readonly key: string;
  readonly value: string;
  /** Where it was written: `zoo.cfg:7`, or `-Dkey` on a command line. */
  readonly place: string;
}

/**
 * Reads properties: blank lines and lines that begin with `#` or `!` say nothing, a line that ends in a backslash goes on
 * in the next one, the first `=` or `:` (or, failing that, space) ends the key. `file` names the text in places.
 */
export function parseProperties(text: string, file: string): Property[] {
  const properties: Property[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (let i = 0; i < lines.length; i++) {
    const place = `${file}:${i + 1}`;
    let line = (lines[i] ?? '').trimStart();
    if (line === '' || line.startsWith('#') || line.startsWith('!')) continue;
    while (/(^|[^\\])(\\\\)*\\$/.test(line) && i + 1 < lines.length) {
      i++;
      line = line.slice(0, -1) + (lines[i] ?? '').trimStart();
    }
    const match = /^((?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/s.exec(line);
    if (match === null) continue;
    properties.push({ key: unescape(match[1] ?? ''), value: unescape(match[2] ?? '').trim(), place });
  }
  return properties;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, '$1');
}
