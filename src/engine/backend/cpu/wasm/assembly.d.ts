/** AssemblyScript compiled to WebAssembly, as base64; see scripts/support/assemblyPlugin.mjs. */
declare module "*?assembly=simd" {
  const base64: string;
  export default base64;
}

declare module "*?assembly=relaxed" {
  const base64: string;
  export default base64;
}

declare module "*?assembly=simdShared" {
  const base64: string;
  export default base64;
}

declare module "*?assembly=relaxedShared" {
  const base64: string;
  export default base64;
}
