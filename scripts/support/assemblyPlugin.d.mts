// Types of assemblyPlugin.mjs, which is plain JavaScript because run.mjs needs it before anything is bundled.
import type { Plugin } from "vite";

export declare function assemblyPlugin(): Plugin;
