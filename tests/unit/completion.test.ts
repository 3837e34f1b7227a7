// Waiting for a GPU in a browser that notices late: it is nudged for as long as somebody waits, and no longer.
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { noticesLate, promptly } from "../../src/engine/backend/webgpu/completion";
import { testGpu } from "../support/gpu";

let device: GPUDevice;
beforeAll(async () => {
  device = (await (await (await testGpu()).requestAdapter())?.requestDevice())!;
});
afterAll(() => device.destroy());

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", true],
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36", false],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
    false,
  ],
  ["", false],
])("%s notices late: %s", (agent, late) => {
  expect(noticesLate(agent)).toBe(late);
});

it("submits nothing but nothing while it waits, and stops when it is done", async () => {
  const submitted = vi.spyOn(device.queue, "submit");
  let finish = (): void => {};
  const done = new Promise<string>((resolve) => (finish = () => resolve("done")));
  const waiting = promptly(device.queue, done, true);
  await vi.waitFor(() => expect(submitted.mock.calls.length).toBeGreaterThan(2));
  for (const [buffers] of submitted.mock.calls) expect([...buffers]).toEqual([]);
  finish();
  expect(await waiting).toBe("done");
  const before = submitted.mock.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(submitted).toHaveBeenCalledTimes(before);
});

it("stops when what it waits for fails, and says so", async () => {
  const submitted = vi.spyOn(device.queue, "submit");
  await expect(promptly(device.queue, Promise.reject(new Error("lost")), true)).rejects.toThrow("lost");
  const before = submitted.mock.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(submitted).toHaveBeenCalledTimes(before);
});

it("leaves other browsers' queues alone", async () => {
  const submitted = vi.spyOn(device.queue, "submit");
  submitted.mockClear();
  await promptly(device.queue, device.queue.onSubmittedWorkDone(), false);
  expect(submitted).not.toHaveBeenCalled();
});
