// The line between a browser and the server: counts what is sent, and holds back what it is told to. Refuses to change a byte.
import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A line to a server. */
export interface Line {
  readonly url: string;
  /** What was sent: address, without what comes after `?`, and bytes of the body. */
  readonly sent: { readonly path: string; readonly byteLength: number }[];
  /** Holds back files whose address matches; lets go of all others that were held. */
  hold(pattern: RegExp): void;
  close(): Promise<void>;
}

/** Opens a line to the server at an address. */
export async function openLine(target: string): Promise<Line> {
  const sent: Line["sent"] = [];
  let held = /^$/;
  let waiting: (() => void)[] = [];
  const forward = (path: string, headers: NodeJS.Dict<string | string[]>, response: ServerResponse): void => {
    const asked = request(new URL(path, target), { headers: { ...headers, host: new URL(target).host } }, (answer) => {
      let byteLength = 0;
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.on("data", (chunk: Buffer) => (byteLength += chunk.length));
      answer.on("end", () => sent.push({ path: path.split("?", 1)[0] ?? path, byteLength }));
      answer.pipe(response);
    });
    asked.on("error", () => response.destroy());
    asked.end();
  };
  const server = createServer((asking, response) => {
    const path = asking.url ?? "/";
    const go = (): void => {
      if (held.test(path)) waiting.push(go);
      else forward(path, asking.headers, response);
    };
    go();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    sent,
    hold(pattern) {
      held = pattern;
      const asked = waiting;
      waiting = [];
      for (const go of asked) go();
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
