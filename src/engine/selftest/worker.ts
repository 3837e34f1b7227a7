/** The self-test's worker: the whole self-test behind Comlink, away from the page that shows it. It starts itself, since a
 *  worker is its entry module. */
import * as Comlink from "comlink";
import { defaultGpu } from "../backend/webgpu/adapter";
import type { SuiteControls } from "./protocol";
import { runSuite } from "./suite";
import { nextTask } from "../train/yielding";

const controls: SuiteControls = { run: (listener, options) => runSuite(defaultGpu(), listener, nextTask, options) };

Comlink.expose(controls);
