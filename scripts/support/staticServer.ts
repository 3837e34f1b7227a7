// A static file server for the built page, on the loopback address; serves only files that were there when it started, and
// sends what was compressed when they were built to whoever takes it.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative, sep } from "node:path";
import { encodings } from "./compress";
import { pageHeaders } from "./headers";

const mimeTypes: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  // Data, not an encoding of something else: the page unzips it itself, so no Content-Encoding.
  ".gz": "application/gzip",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** One way to send a file. */
interface Form {
  readonly path: string;
  readonly etag: string;
}

interface StoredFile extends Form {
  readonly type: string;
  /** Which addresses say by a hash what content they mean: all of it, those that end in `?v=` and the hash, or none. */
  readonly hashed: "always" | "asked" | "never";
  /** By encoding, the smallest first. */
  readonly compressed: ReadonlyMap<string, Form>;
}

/** What is under such an address never changes. Everything else is asked for again, and mostly not sent. */
const immutable = "public, max-age=31536000, immutable";

/** A server that listens. */
export interface StaticServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** @param folder the built page  @param port 0 for any free one  @param headers what to send with every answer
 *  @throws Error when the port is taken or not allowed, or the folder holds no index.html */
export function serveFolder(
  folder: string,
  port: number,
  headers: Readonly<Record<string, string>> = pageHeaders,
): Promise<StaticServer> {
  const files = listFiles(folder);
  if (!files.has("/")) throw new Error(`Server: expected ${join(folder, "index.html")}, got none. Run npm run build.`);
  const server = createServer((request, response) => answer(files, headers, request, response));
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    server.listen(port, "127.0.0.1", () => {
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

/** Finds out before a long build whether the port can be had. @throws Error as `serveFolder` does */
export function checkPort(port: number): Promise<void> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return error;
  const state = error.code === "EADDRINUSE" ? "one that another program uses" : "one that needs more rights";
  return new Error(
    `Server: expected a free port, got ${port}, ${state}. Choose another: npm start -- --port ${port + 1}.`,
  );
}

/** Every file by its address. Looking an address up here, rather than on the disk, is what makes it safe: an address
 *  that climbs out of the folder, in whatever spelling, is simply not in the map. */
function listFiles(folder: string): Map<string, StoredFile> {
  const files = new Map<string, StoredFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const address = `/${relative(folder, path).split(sep).join("/")}`;
    if (address.includes("/.") || isCompressedForm(path)) continue;
    const besides = encodings.filter(({ extension }) => existsSync(path + extension));
    const file: StoredFile = {
      ...formOf(path, address),
      type: mimeTypes[extname(path)] ?? "application/octet-stream",
      hashed: /^\/(assets|worker)\//.test(address) ? "always" : address.startsWith("/datasets/") ? "asked" : "never",
      compressed: new Map(besides.map(({ name, extension }) => [name, formOf(path + extension, address + extension)])),
    };
    files.set(address, file);
    // `/` for the page of a folder, `/bench` for bench.html.
    if (address.endsWith("/index.html")) files.set(address.slice(0, -"index.html".length), file);
    else if (address.endsWith(".html")) files.set(address.slice(0, -".html".length), file);
  }
  return files;
}

/** Whether a file only repeats the one beside it. */
const isCompressedForm = (path: string): boolean =>
  encodings.some(({ extension }) => path.endsWith(extension) && existsSync(path.slice(0, -extension.length)));

function formOf(path: string, address: string): Form {
  const { size, mtimeMs } = statSync(path);
  const hash = createHash("sha256").update(`${address} ${size} ${mtimeMs}`).digest("base64url");
  return { path, etag: `"${hash.slice(0, 22)}"` };
}

/** The smallest form that the client can read, with the name of its encoding; none for the plain file. */
function chooseForm(file: StoredFile, accepted: string | string[] | undefined): readonly [Form, string?] {
  const refused = /;\s*q=0(\.0*)?$/;
  const parts = String(accepted ?? "").split(",");
  const names = new Set(parts.flatMap((part) => (refused.test(part.trim()) ? [] : [part.split(";", 1)[0]?.trim()])));
  for (const [name, form] of file.compressed) if (names.has(name)) return [form, name];
  return [file];
}

function answer(
  files: ReadonlyMap<string, StoredFile>,
  headers: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { Allow: "GET, HEAD" }).end();
    return;
  }
  const [address = "/", query = ""] = (request.url ?? "/").split(/[?#]/, 2);
  const file = files.get(decodeAddress(address));
  if (file === undefined) {
    response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("Not found\n");
    return;
  }
  const [form, encoding] = chooseForm(file, request.headers["accept-encoding"]);
  response.setHeader("ETag", form.etag);
  const isFixed = file.hashed === "always" || (file.hashed === "asked" && /^v=\w+$/.test(query));
  response.setHeader("Cache-Control", isFixed ? immutable : "no-cache");
  if (file.compressed.size > 0) response.setHeader("Vary", "Accept-Encoding");
  if (request.headers["if-none-match"] === form.etag) {
    response.writeHead(304).end();
    return;
  }
  try {
    // Read whole: the largest file is a shard of a few megabytes.
    const body = readFileSync(form.path);
    if (encoding !== undefined) response.setHeader("Content-Encoding", encoding);
    response.writeHead(200, { "Content-Type": file.type, "Content-Length": body.length });
    response.end(body); // Node keeps it back from a HEAD request.
  } catch {
    response.writeHead(410, { "Content-Type": "text/plain; charset=utf-8" }).end("Gone since the server started\n");
  }
}

function decodeAddress(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return "";
  }
}
