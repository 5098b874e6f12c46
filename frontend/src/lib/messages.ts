/**
 * Words the islands show. The English text is the key; the server hands over translations in
 * `<script type="application/json" id="tumen-messages">{"English": "한국어"}</script>`. The build lists all keys.
 */
let translations: Record<string, string> | undefined;

export function t(english: string, values: Record<string, string | number> = {}): string {
  translations ??= JSON.parse(document.getElementById("tumen-messages")?.textContent || "{}") as Record<string, string>;
  return (translations[english] ?? english).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
