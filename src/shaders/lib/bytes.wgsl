// Byte `at` of the binding `data`, which packs four to a word, the first in the lowest bits.
fn byte_at(at: u32) -> u32 {
  return (data[at / 4u] >> (8u * (at % 4u))) & 0xffu;
}
