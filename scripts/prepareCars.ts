// Cuts the cars from the npm package `vega-datasets` into the file that the page loads: rows of ten f32, as `data/cars.ts` reads them.
// Refuses a source whose SHA-256 is not the known one.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { check, sha256, writeZipped } from "./support/prepare";
import { datasetsDir, root } from "./support/paths";

interface Car {
  readonly Miles_per_Gallon: number | null;
  readonly Cylinders: number;
  readonly Displacement: number;
  readonly Horsepower: number | null;
  readonly Weight_in_lbs: number;
  readonly Acceleration: number;
  readonly Year: string;
  readonly Origin: string;
}

const origins = ["USA", "Europe", "Japan"];

/** Prepares the dataset, which takes some milliseconds. */
export async function prepareCars(folder = join(datasetsDir, "cars")): Promise<void> {
  const bytes = await readFile(join(root, "node_modules", "vega-datasets", "data", "cars.json"));
  check(
    "Cars source cars.json",
    "f686a53678b21f4231e2f6a5ba7ce5761d9d39204fccdea1caa29fb8c460e319",
    sha256(bytes),
    "Run npm ci again.",
  );
  const all = JSON.parse(bytes.toString()) as readonly Car[];
  const rows = all.flatMap((car) => {
    const { Miles_per_Gallon: mpg, Horsepower: horsepower } = car;
    if (mpg === null || horsepower === null) return [];
    const year = Number(car.Year.slice(0, 4));
    const origin = origins.map((name) => (name === car.Origin ? 1 : 0));
    const { Cylinders, Displacement, Weight_in_lbs, Acceleration } = car;
    return [Cylinders, Displacement, horsepower, Weight_in_lbs, Acceleration, year, ...origin, mpg];
  });
  await writeZipped(join(folder, "cars.f32.gz"), new Uint8Array(Float32Array.from(rows).buffer));
}
