/** Where variables lie in a flat tensor. Pure: pages ask it too. */

/** Segments start at multiples of this many elements: 256 bytes of f32, WebGPU's strictest binding alignment. */
export const SEGMENT_ALIGNMENT = 64;

/** Where parts of these sizes go in a flat tensor, each aligned, and the whole size. */
export function packOffsets(sizes: readonly number[]): { offsets: number[]; size: number } {
  const offsets: number[] = [];
  let size = 0;
  for (const length of sizes) {
    offsets.push(size);
    size = Math.ceil((size + length) / SEGMENT_ALIGNMENT) * SEGMENT_ALIGNMENT;
  }
  return { offsets, size };
}
