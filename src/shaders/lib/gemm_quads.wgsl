// Products by quads: the four threads of a quad share their rows, and each of them reads A at one of four neighbouring k
// and hands it to the others. That is a quarter of the reads of A, which software adapters are limited by: they fetch every
// element of every lane on its own. Needs `enable subgroups;` and quads that are four neighbouring local indices.
// WIDE threads lie side by side, a multiple of 4 that divides THREADS.
struct QuadRows {
  first: Rows,
  second: Rows,
  third: Rows,
  fourth: Rows,
}

fn quad_rows(batch: u32, row: u32) -> QuadRows {
  return QuadRows(
    four_rows(batch, row),
    four_rows(batch, row + 4u),
    four_rows(batch, row + 8u),
    four_rows(batch, row + 12u),
  );
}

// Sixteen elements of A.
fn load_quad_rows(rows: QuadRows, step: vec3<u32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    load_rows(rows.first, step),
    load_rows(rows.second, step),
    load_rows(rows.third, step),
    load_rows(rows.fourth, step),
  );
}

// 16x4 results.
struct QuadSums {
  first: mat4x4<f32>,
  second: mat4x4<f32>,
  third: mat4x4<f32>,
  fourth: mat4x4<f32>,
}

fn add_quad_product(sums: QuadSums, rows: mat4x4<f32>, columns: vec4<f32>) -> QuadSums {
  return QuadSums(
    add_product(sums.first, rows[0], columns),
    add_product(sums.second, rows[1], columns),
    add_product(sums.third, rows[2], columns),
    add_product(sums.fourth, rows[3], columns),
  );
}

fn finish_quad(slab: u32, row: u32, column: u32, sums: QuadSums) {
  finish_block(slab, row, column, WIDE, sums.first);
  finish_block(slab, row + 4u, column, WIDE, sums.second);
  finish_block(slab, row + 8u, column, WIDE, sums.third);
  finish_block(slab, row + 12u, column, WIDE, sums.fourth);
}

// Four functions, since the lane to hear must be a constant. They are called where whole quads may have left, which is all
// that the quads that are left need, but less than the rule asks for.
@diagnostic(off, subgroup_uniformity)
fn broadcast0(own: mat4x4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    quadBroadcast(own[0], 0u),
    quadBroadcast(own[1], 0u),
    quadBroadcast(own[2], 0u),
    quadBroadcast(own[3], 0u),
  );
}

@diagnostic(off, subgroup_uniformity)
fn broadcast1(own: mat4x4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    quadBroadcast(own[0], 1u),
    quadBroadcast(own[1], 1u),
    quadBroadcast(own[2], 1u),
    quadBroadcast(own[3], 1u),
  );
}

@diagnostic(off, subgroup_uniformity)
fn broadcast2(own: mat4x4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    quadBroadcast(own[0], 2u),
    quadBroadcast(own[1], 2u),
    quadBroadcast(own[2], 2u),
    quadBroadcast(own[3], 2u),
  );
}

@diagnostic(off, subgroup_uniformity)
fn broadcast3(own: mat4x4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    quadBroadcast(own[0], 3u),
    quadBroadcast(own[1], 3u),
    quadBroadcast(own[2], 3u),
    quadBroadcast(own[3], 3u),
  );
}
