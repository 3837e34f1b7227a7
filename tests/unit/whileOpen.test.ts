// What a worker tells of its progress, beside its answer.
import { expect, it } from "vitest";
import { whileOpen } from "../../app/common/whileOpen";

it("is heard until the answer is there, and not after it", async () => {
  const heard: number[] = [];
  let late: (share: number) => void = () => {};
  const answer = await whileOpen(
    (share: number) => heard.push(share),
    async (hear) => {
      hear(0.5);
      late = hear;
      return "done";
    },
  );
  late(0.9);
  expect({ answer, heard }).toEqual({ answer: "done", heard: [0.5] });
});

it("is not heard after a failure either", async () => {
  const heard: number[] = [];
  let late: (share: number) => void = () => {};
  const failing = whileOpen(
    (share: number) => heard.push(share),
    async (hear) => {
      late = hear;
      throw new Error("lost");
    },
  );
  await expect(failing).rejects.toThrow("lost");
  late(0.9);
  expect(heard).toEqual([]);
});
