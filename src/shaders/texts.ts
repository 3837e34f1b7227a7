/** The texts of all kernels, for builds that fetch them when a GPU is found: by their paths in this folder, which such a build
 *  gives the ops in place of the texts (`vite.config.ts`). Elsewhere ops import their texts, and nothing is here. */
export const shaderTexts: Readonly<Record<string, string>> = {};
