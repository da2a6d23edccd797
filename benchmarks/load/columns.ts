/** Plain text tables: columns two blanks apart, those that hold numbers set to the right. */
export function columns(
  rows: readonly (readonly string[])[],
  alignment: readonly ('left' | 'right')[],
): string[] {
  const widths = alignment.map((_, index) => Math.max(0, ...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return alignment[index] === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Microseconds, in milliseconds with three significant digits at least: `0.472`, `97.1`, `1210`. */
export function milliseconds(us: number): string {
  const ms = us / 1000;
  return ms.toFixed(ms < 1 ? 3 : ms < 10 ? 2 : ms < 100 ? 1 : 0);
}

export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en');
}
