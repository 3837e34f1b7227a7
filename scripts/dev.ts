// `npm run dev`: prepares MNIST, then Vite's development server with hot reload. Not for measuring: the code is not bundled.
import { join } from "node:path";
import { createServer } from "vite";
import { prepareData } from "./prepareData";
import { root } from "./support/paths";
import { readPort } from "./support/port";

try {
  const port = readPort(process.argv.slice(2), process.env["PORT"], undefined);
  await prepareData();
  const server = await createServer({
    root,
    configFile: join(root, "vite.config.ts"),
    // A port that is asked for is that one or none.
    ...(port !== undefined && { server: { port, strictPort: true } }),
  });
  await server.listen();
  server.printUrls();
  server.bindCLIShortcuts({ print: true });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
