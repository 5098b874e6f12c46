/** The arithmetic of resumable uploads after the tus 1.0 core protocol: POST creates, HEAD asks how far, PATCH adds. */
export const CHUNK_BYTES = 4 * 1024 * 1024;
/** With the delays below two and a half minutes: an office server has started anew by then. */
export const ATTEMPTS = 10;

/** The next piece to send, or undefined when everything is there. */
export function chunkAt(offset: number, size: number, chunk = CHUNK_BYTES): { start: number; end: number } | undefined {
  if (offset < 0 || offset > size) throw new RangeError(`offset ${offset} outside 0-${size}`);
  return offset === size ? undefined : { start: offset, end: Math.min(offset + chunk, size) };
}

/** Milliseconds to wait before the given repetition (1, 2, …): 1 s, doubling, at most 30 s. */
export function retryDelay(repetition: number): number {
  return Math.min(1000 * 2 ** (repetition - 1), 30_000);
}

/** Whether trying again can help: no answer, an overloaded or failing server, a lock, an offset that differs; not a full disk. */
export function worthRetrying(status: number): boolean {
  if (status === 507) return false;
  return status === 0 || status === 408 || status === 409 || status === 423 || status === 429 || status >= 500;
}

/** The Upload-Metadata header: key and base64 of the UTF-8 value, so that a file name never stands in a URL. */
export function uploadMetadata(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${base64(new TextEncoder().encode(value))}`)
    .join(",");
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Bytes as people read them: 830 kB, 4.2 MB. */
export function readableSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
