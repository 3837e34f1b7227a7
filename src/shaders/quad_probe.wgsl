// Asks which four threads each of the 64 threads of a workgroup takes for its quad: heard [64], a vector for each thread.
enable subgroups;

@group(0) @binding(0) var<storage, read_write> heard: array<vec4<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  heard[lane] = vec4<u32>(
    quadBroadcast(lane, 0u),
    quadBroadcast(lane, 1u),
    quadBroadcast(lane, 2u),
    quadBroadcast(lane, 3u),
  );
}
