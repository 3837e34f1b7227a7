// `npm run dev`: prepares MNIST, then Vite's development server with hot reload. Not for measuring: the code is not bundled.
import { join } from "node:path";
import { createServer } from "vite";
import { prepareData } from "./prepareData";
import { root } from "./support/paths";

await prepareData();
const server = await createServer({ root, configFile: join(root, "vite.config.ts") });
await server.listen();
server.printUrls();
server.bindCLIShortcuts({ print: true });
