import { toPrintable } from "../contract/printable.ts";

export { formatCount } from "../sink/format-count.ts";

/** "1.4 GB": decimal units, three digits. */
export function formatBytes(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** unit).toPrecision(3))} ${UNITS[unit]}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** "4.2 s", "3 min 20 s", "2 h 5 min". */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Rows of cells as lines with aligned columns; numbers (digits, commas, dollars) are aligned to the right. */
export function formatTable(raw: readonly (readonly string[])[]): string {
  const rows = raw.map((row) => row.map(toPrintable));
  const widths = rows.reduce<number[]>((wide, row) => row.map((cell, i) => Math.max(wide[i] ?? 0, cell.length)), []);
  const lines = rows.map((row) =>
    row
      .map((cell, i) =>
        /^<?\$?[\d,.]+( .?B)?$/.test(cell) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join("  "),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}
