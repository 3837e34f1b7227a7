// A static file server for the built page, on the loopback address; serves only files that were there when it started.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative, sep } from "node:path";
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

interface StoredFile {
  readonly path: string;
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
}

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
  return new Error(`Server: expected a free port, got ${port}, ${state}. Choose another: PORT=${port + 1} npm start.`);
}

/** Every file by its address. Looking an address up here, rather than on the disk, is what makes it safe: an address
 *  that climbs out of the folder, in whatever spelling, is simply not in the map. */
function listFiles(folder: string): Map<string, StoredFile> {
  const files = new Map<string, StoredFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const address = `/${relative(folder, path).split(sep).join("/")}`;
    if (address.includes("/.")) continue;
    const { size, mtimeMs } = statSync(path);
    const isHashed = /^\/(assets|worker)\//.test(address);
    const file: StoredFile = {
      path,
      type: mimeTypes[extname(path)] ?? "application/octet-stream",
      etag: `"${createHash("sha256").update(`${address} ${size} ${mtimeMs}`).digest("base64url").slice(0, 22)}"`,
      // A name with a hash in it never changes its meaning; everything else is asked for again, and mostly not sent.
      cacheControl: isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    };
    files.set(address, file);
    // `/` for the page of a folder, `/bench` for bench.html.
    if (address.endsWith("/index.html")) files.set(address.slice(0, -"index.html".length), file);
    else if (address.endsWith(".html")) files.set(address.slice(0, -".html".length), file);
  }
  return files;
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
  const file = files.get(decodeAddress(request.url ?? "/"));
  if (file === undefined) {
    response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("Not found\n");
    return;
  }
  response.setHeader("ETag", file.etag);
  response.setHeader("Cache-Control", file.cacheControl);
  if (request.headers["if-none-match"] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  try {
    // Read whole: the largest file is a shard of a few megabytes.
    const body = readFileSync(file.path);
    response.writeHead(200, { "Content-Type": file.type, "Content-Length": body.length });
    response.end(body); // Node keeps it back from a HEAD request.
  } catch {
    response.writeHead(410, { "Content-Type": "text/plain; charset=utf-8" }).end("Gone since the server started\n");
  }
}

function decodeAddress(url: string): string {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0] ?? "/");
  } catch {
    return "";
  }
}
