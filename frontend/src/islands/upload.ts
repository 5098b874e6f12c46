/**
 * Uploads: many files at once, resumable, after the tus 1.0 core protocol. `<form data-upload-url>` with a file input; the
 * form also works without this file as an ordinary multipart post. The server knows an unfinished file by its metadata and
 * answers its creation with the old Location and Upload-Offset, so nothing about it is kept in the browser. What the
 * form's other fields say goes with each file, as its metadata.
 */
import { csrfToken, make } from "../lib/dom";
import { ATTEMPTS, chunkAt, readableSize, retryDelay, uploadMetadata, worthRetrying } from "../lib/chunks";
import { t } from "../lib/messages";

const AT_ONCE = 2;

/** A finished file: what the server said about it. */
type Result = { url?: string; title?: string; note?: string };

export function mountUpload(form: HTMLElement): void {
  const input = form.querySelector<HTMLInputElement>('input[type="file"]');
  if (!input) return;
  const queue = new Queue(form, form.dataset["uploadUrl"] as string);
  input.addEventListener("change", () => {
    queue.add(input.files ?? []);
    input.value = "";
  });
  const drop = form.querySelector<HTMLElement>(".drop") ?? form;
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("is-over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    queue.add((event as DragEvent).dataTransfer?.files ?? []);
  });
  window.addEventListener("beforeunload", (event) => {
    if (queue.busy && !document.documentElement.classList.contains("is-leaving")) event.preventDefault();
  });
}

class Queue {
  private readonly list: HTMLElement;
  private readonly summary = make("p", { class: "help", role: "status" });
  private readonly waiting: Upload[] = [];
  private running = 0;

  constructor(
    private readonly form: HTMLElement,
    private readonly url: string,
  ) {
    this.list = form.querySelector<HTMLElement>(".uploads") ?? make("ul", { class: "uploads", "aria-label": t("Files") });
    if (!this.list.isConnected) form.append(this.list);
    this.list.before(this.summary);
  }

  get busy(): boolean {
    return this.running > 0 || this.waiting.length > 0;
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const upload = new Upload(file, this.url, factsIn(this.form), (again) => this.enqueue(again));
      this.list.append(upload.row);
      this.enqueue(upload);
    }
  }

  /** Of many files at once: how many are in, and that some need looking at. */
  private sum(): void {
    const count = (state: string) => this.list.querySelectorAll(`.upload${state}`).length;
    const failed = count(".is-failed");
    const said = t("{done} of {count} are in.", { done: count(".is-done"), count: count("") });
    this.summary.textContent = failed ? `${said} ${t("Not taken in: {failed}.", { failed })}` : said;
  }

  private enqueue(upload: Upload): void {
    this.waiting.push(upload);
    this.next();
  }

  private next(): void {
    while (this.running < AT_ONCE) {
      const upload = this.waiting.shift();
      if (!upload) return;
      this.running++;
      void upload.run().then((result) => {
        this.running--;
        this.sum();
        if (result) this.form.dispatchEvent(new CustomEvent("tumen:uploaded", { bubbles: true, detail: { name: upload.file.name, ...result } }));
        this.next();
        if (!this.busy) this.form.dispatchEvent(new CustomEvent("tumen:uploads-done", { bubbles: true }));
      });
    }
  }
}

/** An answer that ends this upload, or one worth another try. */
class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

class Upload {
  readonly row = make("li", { class: "upload" });
  private readonly progress: HTMLProgressElement;
  private readonly state = make("span", { class: "state" }, t("Waiting"));
  private readonly button = make("button", { type: "button", class: "button" }, t("Cancel"));
  private stopped = new AbortController();
  private location: string | undefined;
  private failed = false;

  constructor(
    readonly file: File,
    private readonly url: string,
    private readonly facts: Record<string, string>,
    private readonly again: (upload: Upload) => void,
  ) {
    this.progress = make("progress", { max: Math.max(file.size, 1), value: 0, "aria-label": file.name });
    this.row.append(make("span", { class: "name" }, file.name), this.button, this.progress, make("span"), this.state);
    this.button.addEventListener("click", () => (this.failed ? this.retry() : this.cancel()));
  }

  /** Sends the file; returns what the server says, or undefined when it failed or was cancelled. */
  async run(): Promise<Result | undefined> {
    if (this.stopped.signal.aborted) return undefined;
    try {
      const result = await this.send();
      this.end("is-done", result.note ?? t("Taken in, {size}", { size: readableSize(this.file.size) }));
      if (result.url) this.row.firstElementChild?.replaceChildren(make("a", { href: result.url }, result.title ?? this.file.name));
      this.button.remove();
      return result;
    } catch (error) {
      if (this.stopped.signal.aborted) {
        this.end("is-cancelled", t("Cancelled"));
        this.button.remove();
      } else {
        this.failed = true;
        this.end("is-failed", error instanceof Error ? error.message : String(error));
        this.button.textContent = t("Try again");
      }
      return undefined;
    }
  }

  private async send(): Promise<Result> {
    let [offset, result] = await this.persistently(() => this.create());
    this.show(offset);
    for (let chunk = chunkAt(offset, this.file.size); chunk; chunk = chunkAt(offset, this.file.size)) {
      const { start, end } = chunk;
      [offset, result] = await this.persistently(
        () => this.patch(start, end),
        async () => [await this.askOffset(), {}],
      );
      this.show(offset);
    }
    return result;
  }

  /** Tries again after failures that may pass; before each repetition `resume` asks how far the server got. */
  private async persistently<T>(action: () => Promise<T>, resume?: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await (attempt > 1 && resume ? resume() : action());
      } catch (error) {
        const status = error instanceof Refused ? error.status : 0;
        if (this.stopped.signal.aborted || attempt === ATTEMPTS || !worthRetrying(status)) throw error;
        this.state.textContent = t("No connection, trying again…");
        await new Promise((resolve) => window.setTimeout(resolve, retryDelay(attempt)));
      }
    }
  }

  private async create(): Promise<[number, Result]> {
    const answer = await this.request("POST", this.url, {
      "Upload-Length": String(this.file.size),
      "Upload-Metadata": uploadMetadata({ ...this.facts, filename: this.file.name, filetype: this.file.type, lastmodified: String(this.file.lastModified) }),
    });
    const location = answer.headers.get("Location");
    if (!location) throw new Refused(t("The server did not say where to send the file."), answer.status);
    this.location = new URL(location, new URL(this.url, document.baseURI)).pathname;
    return [Number(answer.headers.get("Upload-Offset") ?? 0), await resultIn(answer)];
  }

  private async askOffset(): Promise<number> {
    return offsetIn(await this.request("HEAD", this.location as string));
  }

  private async patch(start: number, end: number): Promise<[number, Result]> {
    const headers = { "Upload-Offset": String(start), "Content-Type": "application/offset+octet-stream" };
    const answer = await this.request("PATCH", this.location as string, headers, this.file.slice(start, end));
    const offset = offsetIn(answer);
    if (offset <= start) throw new Refused(t("The server took nothing of the last piece."), 400);
    return [offset, await resultIn(answer)];
  }

  private async request(method: string, url: string, headers: Record<string, string> = {}, body?: Blob): Promise<Response> {
    const init: RequestInit = { method, signal: this.stopped.signal, headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": csrfToken(), ...headers } };
    if (body) init.body = body;
    let answer: Response;
    try {
      answer = await fetch(url, init);
    } catch {
      throw new Refused(t("The server cannot be reached."), 0);
    }
    if (!answer.ok) throw new Refused(await errorText(answer), answer.status);
    return answer;
  }

  private show(offset: number): void {
    this.progress.value = this.file.size === 0 ? 1 : offset;
    this.state.textContent = t("{sent} of {size}", { sent: readableSize(offset), size: readableSize(this.file.size) });
  }

  private end(state: string, text: string): void {
    this.row.classList.add(state);
    this.state.textContent = text;
  }

  private retry(): void {
    this.failed = false;
    this.stopped = new AbortController();
    this.row.classList.remove("is-failed");
    this.button.textContent = t("Cancel");
    this.again(this);
  }

  private cancel(): void {
    this.stopped.abort();
    this.end("is-cancelled", t("Cancelled"));
    this.button.remove();
    // Tell the server that the rest will not come; if it does not hear, it forgets the piece after its own time.
    if (this.location) {
      void fetch(this.location, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": csrfToken() } }).catch(() => undefined);
    }
  }
}

/** What the fields of the form say now; a later change does not touch files that were chosen before. */
function factsIn(form: HTMLElement): Record<string, string> {
  const facts: Record<string, string> = {};
  if (!(form instanceof HTMLFormElement)) return facts;
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value && name !== "csrfmiddlewaretoken") facts[name] = value;
  }
  return facts;
}

function offsetIn(answer: Response): number {
  const offset = Number(answer.headers.get("Upload-Offset") ?? NaN);
  if (!Number.isSafeInteger(offset)) throw new Refused(t("The server did not say how much it has."), answer.status);
  return offset;
}

async function resultIn(answer: Response): Promise<Result> {
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  return isJson ? ((await answer.json()) as Result) : {};
}

/** The server's own words about a refused file: plain text or {"error": "…"}. */
async function errorText(answer: Response): Promise<string> {
  const text = (await answer.text()).trim();
  const type = answer.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/json")) return (JSON.parse(text) as { error?: string }).error ?? text;
  if (text && type.startsWith("text/plain")) return text;
  return t("The server answered {status}.", { status: answer.status });
}
