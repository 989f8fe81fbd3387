import { toPrintable } from "../contract/printable.ts";

/** Text that is HTML already. Only `html` and `asHtml` make it, so nothing else gets into a page unescaped. */
export type Html = { readonly html: string };

export type HtmlValue = Html | string | number | readonly HtmlValue[];

/** A piece of HTML. Every value in it is escaped, unless it is Html itself; a list is its items in a row. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: String.raw({ raw: parts }, ...values.map(toText)) };
}

/** Takes a text as HTML as it is: for our own constants, never for what data says. */
export function asHtml(text: string): Html {
  return { html: text };
}

function toText(value: HtmlValue): string {
  if (typeof value === "string") return toPrintable(value).replace(/[&<>"'`]/g, toEntity);
  if (typeof value === "number") return String(value);
  return "html" in value ? value.html : value.map(toText).join("");
}

function toEntity(sign: string): string {
  return `&#${sign.charCodeAt(0)};`;
}
