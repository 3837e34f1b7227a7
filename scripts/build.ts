// `npm run build`: the page and its data, in `dist`, ready for any static host. Serves nothing.
import { buildPage } from "./support/buildPage";

await buildPage();
