// PyTorch's own files: state dicts that torch 2.13 wrote go into models built here, which then give what torch gave.
import { gunzipSync, strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { formats } from "../../src/engine/io/formats";
import { readModelFile } from "../../src/engine/io/incoming";
import { exportedModel } from "../../src/engine/io/exported";
import { runNetwork } from "../../src/engine/io/samples";
import { readStateDict } from "../../src/engine/io/torch/unpickle";
import type { Shape } from "../../src/engine/shape";
import { classifierOf, exportCases, farthest } from "../support/exported";
import type { BlockSpec } from "../support/models";

const bytesOf = (packed: string): Uint8Array => gunzipSync(Buffer.from(packed, "base64"));

/** torch.manual_seed(0); nn.Sequential(Conv2d(1, 4, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), Linear(24, 5), Tanh(),
 *  Linear(5, 3), Softmax(-1)), saved by torch.save(m.state_dict()). */
const CONVNET =
  "H4sIAAAAAAACA6WXC1BTVxrHb56EEIQiAj5QEGhDFcib0OQcNECkvSgQWibdWSfyiCQ2godcin1E6zLQ2rWz1J2htatsLThjB7szO7UFNec4U2s7NZZq7aidsVTd6q67sxV3ddntdtq99yaSm1jRpTdz586B8/t//3Pyffc7qaMlUopSKKg7LhWVQfndqKS1iWkq3vSUz25Lo35xx/WCuKWlw+dztzDejna/sraz1d3pbq30tjBKRBU6kEjt5LQ1xd1ub5uHQeIWpqOzxVPs6mK8Pr/S1elu7vL6Wl2Mu93f0el6WqdEErXamcAyfnZmU5sbScOI0u7raGIawn9UIplTxOkiuVPCPls2daEEOp9BinqaUtNSWkRLaAmDEtV0IvuR0CIGKbd7OEdJDFI5ULJTzttq9jb50RwPG9Mj9YQ1tSjFk0BLGZTKatHSXvQALepFaWF6LoPSHWgevyjD7UVlxPA6lMnymxmUxfEyOqsPzaezaFEfWhDWWMigRQ6UzTswhB0sjlHQoyWsgoxBObxCL8rlHCwN03kMynegAt6B6baDB2N4A3qI5VMYpOZ4CS3rQ4WsEdbBw2GNZQxa7kBFvANT2EFxjIIRlbAK7AZqeIVepOUc6MK0nkEGBzJ2BZDJmchOdm10M01cmqBS/v9mtZNLIFQWQI/w3+TT7k4/mx7IQov8ka/NGkDAMz3WIhhA5dGxDq0IoJXRsR7ZAqgiOjagygCqio6NyB5Aq6JjE6oOoEej41L0WADR/LjL31xcRycoqkP1ovfEFMXddXctgrmUki+C4vUdnRubGFdkJXabPFILWk5r9PqFHi4Md99dK4OyhLUiie1q8nnb2je62xm7rfQnSuu+LpOBM1Deja6x66DEMxpIpip4A83PMO4OrlDttvLZxr19+bwM43NzHnrBn+Zz+SSf0YOSsk2/VUo0dhv8mQYaX8k7ol5YClu7d5BG/XNkTbeEXE0ZBSPe80e+rn8RDjz+j+D64YOgv3Yc05o+fCppiGSlNJPfHVSRkTWPWf82KYeh8Rq4vq2NNAylk9DNKWAYewVqtuzAz/m2wpEHfonf35wKLrz0BnzZMUgmLjWSs2cOYJgsIx8xv4XjcC15ISeb5G1uJ9+d/T3hdgJNnt7az661/x47YY7uhNZuM8xqJ+QrVpENB3dCdW0WbOwogFz8Dy/duJ7KRki9//i62cY/fLnEWttwFgMmGXxbWEG6FZlksuccRpckULzoFji+/hDe5rxx5PwfZPD7UC2s+us+0H31kvVAgQpuL/gXln66ELw8Zyn5fiKV/PHmOfz6QxgULNkPntk7ha8NPA+ubrkCklPOBP/e/KNFdHglWH1ABK+9Ww3F6blku34XvkAPgz0lRfDwN0Z4rt0MJe4HwepjRpL5xS5r1odiEjppIw+PlsHQt4vhvm11ZMWWRSD3SxUeHEjEaWuP4vxjbwLL7im8Y8Uu8KnnDLC8NQ9eq90N9l9cQ8ZeSyCDwVPg5A/FwDonj2SPTWLfUCW8cU4Fnavexy+1O7A/exX5qnPTkRxPNgGWXCKxm4NU2n+tE/oRXJTyb3DM/QNe/TaATpgCRZUasiSzDuf+JcNa/p9/Wt+rsYM9ycMg+fFqa8p3Ibzn1HHwxLZqsu7jKdxXU49PvhXC2eU78Tf1y8jzX2rx2jEduLxMQXr3Lgsu2TsPjlwdCc6/csgyubI/uM9YCMb+LIVpP1bBEJbCJL8dnp5AwezjFnKg5CNc0jAHVm165/CZTz7D1UU5xLWngpzaoCHZrxXiBtsV0CC5DN4ZeJS82CyGsv48ov1Agwe3vY25fNo/MnziIvtu4+6Z8kkdzSe93ZZ/X/lUl5SLlxbm45xXLWTLswby+RdiPmbw4+tPprOq6ffIYUM0psFu0/zfOZzWgy1vKupI5q+Ww8sZ42QATgUz1n4Cb514hGw9Ng6/Ol8AR4fGyfWJfnhiXQM2t9cQ3/xRWKE4xNf6zgzPr62sE+s9fKqiPo12m2La5+rfVIINHxzFVT1DfO3efPXoUyr+9DWTXlKklUy3o1n3D72Si3p6sO2Je/ePBZQp3MD4ZfjdnV62gz3bxJ38XN5Wu003CxNanclsNJXqy0xlJgP70Zm0Wq2xzKw1mE2lxjJNmcFcVqbTmTmXlXNv9ahZH2repYgzO+1T2M5VdzgXnmPjSWHznhtDySTUTzX/eAFh882IEai/LXBHx4/XEDbP5BiNzyMa0007HhV2G2UM2iilBL02nhN2iVhunUzAaeM54dsglrso5HTxnLCiYzmNQsDp4zlhhcVyw0LOEM8JKymWq0kUcMZ4TlgLSTHc7gh3lzwQpueCGDBNSc1QOHW0XL48MnOxpEjwAyz2GRKHn2OR1bAcd7imeiIJEz59yuRhRsXPD8/9H7zlEmzlDQAA";
/** nn.LSTM(2, 3, batch_first=True), whose last state nn.Linear(3, 3) and a softmax read. */
const LSTM =
  "H4sIAAAAAAACA6WWC2xTVRjHbx+0XdcNN8bGRAfCxjo2ut22u2thPYsXLNGrOKpgsxBL113Xhm7daU+ZECcY2IICZo6HivMREAxiAkES5NHThASCiDCnYGKGD5DgMDDkESAQ8D46vLdjG+Btmpvcnv/v+3+93/edU82o1ASh0xEDrjRiNBGMoIbSOi/ympoWBJ10BlGTfC1V+nyhYJD1oUCoMaJ/MVzHhtm6GQEf0kOiyAUVRncGB+NBpmY2UO9HnoDfEyyDSh8KhX1+kyeKAsGI3hNma6OBYJ0HsY2RUNiz0KyHKqPRreXEEW6lt56FalGidwZDXvSS+FAPR7gV3JoyqHGruLuvKQq1zBgEdbMZgjEwyjaYwigZRRvUv+3nDaUiaHDBtAGu/IKrdD8X1K/2i1ASjvRrmXwEHxNhqjaYwah4WKYIG4VglguOdo/sh9UGvJFEgtkylBnmcCgDgmMEVCvMZRSt8HERMxbBJ1zwySSM6ChPhrHAcSJmfALzFI+ZIGImIpjvggVuPbcwFEWJzOAkGcEKCzlCCoJGnqDicyoSc5osUooRLHHBKW5dgsJ7gSYZoxyWcgwVgmUCoxWSvAuzqLcgaHXB8mgLpNwp3GJPA4u8fA3BCuF3m9HNlxe0t8CpwutdyIYjXPHAaYwi4lYn/gJY2QIdfuGRSjQCQQusEp5EI7WmakarOzpP+/3rSoLgv9WD1nEWoRHr2PRaKNzgRZ5EPCet5MqZ5EG7+3qW8Xnx38FBOcTUBChRkB5vMFDf2MA2IidNDWyNB7ooK2+gqhn2ckkQyiENpBO0aKB2EWJDfKc5afCIcfuvYAChIMt7aHWcydVwUTRDekglnv5vKpSWOWnH/zNg0xWAWynvAvuRarCuOB0T227Eej+8gg8UfwZ6vj4PXqGPgLxlXdj4T3flW94u/P6ejfjvqq/wfv1zoL5wBy6eP2v/7uuHKpesxuBk5Dfc1HcEg83bcNa5Y2DT8pcxn1n7ks/Pz+e8zx8ms0JJZqSTnvggma2aexP8dXgOWLBnnWPTT6v2HYr1xupq1jq+uavBpovL9034db3jsu0cnte3AXfsvAhqzvZh4/GiWBqVWXWifQ4o7W2tzMsm4ijUAaKru/Gq7kKsm+fEe3O3xy70HZvW03UFwM41jhW16irFj7tA+PRe/MLa5eDmtS686L3FeNKZKYCipoPcg6fAx7OBkG9pi2tfO5dR+zD5VkjyNTtpy6O8ybPPhqfeMX0Asi+lxyfvPgHONV3FzR5l5S7tt7Ed2z/Cp2d2Oj5tugpAdwlevGS74C/UfLuvjJ/Zw/jLkfizOOlR9/O3a0sNnvVmZvxOYyvYeX017pxxEBc9/yV+49pWYFnZCY7+cRrE4VwQanoGl1AFQnyX8ouZDxvfOkh8YqsJaO9eBuvxeKA+tRL/cvUdfCGWGqejdx2mM5vxgUOqOB/z1du3OvI5av4wMSdKYpY76XHDvZM1GxRVJ6/HsWdZW4yPs6Vl52EDRzIMGcfQP8ruzcJHnV8WPR/1h0/q5ww/v8YS5YkBKqQXYcMBboIu9vJHB0+gzkmTD2+CNFO2cqrCYqfslJX7mCmSJCusNpK0U2ZrBWUzW20VdtLOu9w4/c/vjJwPo+BSwZu951O6l6QNcC47ByVLpbtHlkx2WEncd+tJJkjHf46MkKEiBttzkiHS+Z0ug3T0Q+7tG8la6YRMlWmz1YR03icLpaNGLrwkE5LJQukMkAt/HyEVmpOF0uaVC5dqpEJLslDagXIhoZUKrclCaUvJhUgmLE8WSrvCIBP29AsHKQhppY6VKV06YqgeqmY0mpLE0jzVFEnDy+8/K8X7jURATscfxYjjiQTFk9AIjagxCOvFtf8CsxrXPjEMAAA=";

async function openedBy(layers: readonly BlockSpec[], shape: Shape, file: Uint8Array, name = "net.pt") {
  const { model } = await classifierOf(layers, shape);
  const { weights } = await readModelFile(name, file, { base: model.description, dataOf: () => model.data });
  const [network] = exportedModel(model.description, model.data, weights ?? {}).networks;
  if (!network) throw new Error("expected a network, got none");
  return network;
}

const convnet: readonly BlockSpec[] = [
  ["Conv2D", { filters: 4, kernelSize: [3, 3], padding: "same", activation: "relu" }],
  ["MaxPooling2D"],
  ["Flatten"],
  ["Dense", { units: 5, activation: "tanh" }],
];

describe("a state dict of PyTorch", () => {
  it("of modules in a row goes into the same layers, those after Flatten with their rows in another order", async () => {
    const network = await openedBy(convnet, [6, 4, 1], bytesOf(CONVNET));
    const samples = Float32Array.from({ length: 48 }, (_, i) => Math.sin(i));
    const wanted = [
      0.3414732813835144, 0.22817322611808777, 0.43035346269607544, 0.3295448422431946, 0.23013438284397125,
    ];
    expect(farthest((await runNetwork(network, samples, 2)).slice(0, 5), wanted)).toBeLessThan(1e-6);
    // Layers of ONNX files turn images themselves, as PyTorch has them, before they are flattened.
    const turned = convnet.toSpliced(2, 0, ["Permute", { dims: [3, 1, 2] }]);
    const other = await openedBy(turned, [6, 4, 1], bytesOf(CONVNET));
    expect(farthest((await runNetwork(other, samples, 2)).slice(0, 5), wanted)).toBeLessThan(1e-6);
  });

  it("of a recurrent module has both biases added", async () => {
    const network = await openedBy([["LSTM", { units: 3 }]], [4, 2], bytesOf(LSTM));
    const samples = Float32Array.from({ length: 16 }, (_, i) => Math.sin(i));
    const wanted = [
      0.5221495628356934, 0.1971541941165924, 0.2806962728500366, 0.5251574516296387, 0.20053453743457794,
    ];
    expect(farthest((await runNetwork(network, samples, 2)).slice(0, 5), wanted)).toBeLessThan(1e-6);
  });

  it.each(["recurrent", "normalization", "containers", "transposed", "tokens and attention"])(
    "comes back as it was exported, to the bit: %s",
    async (name) => {
      const made = await exportCases[name]?.();
      if (!made) throw new Error("expected a model, got none");
      const { description, data, weights } = made.model;
      const [file = new Uint8Array()] = Object.values(await formats.pt.write(made.model, []));
      const read = await readModelFile("net.pt", file, { base: description, dataOf: () => data });
      expect(read.weights).toEqual(weights);
    },
  );

  it("that does not fit, or that names what is not known, is refused with both", async () => {
    await expect(openedBy([["Dense", { units: 2 }]], [4, 2], bytesOf(LSTM))).rejects.toThrow(
      /expected 4 tensors.*got 6/,
    );
    const evil = strToU8("\u0080\u0002cos\nsystem\n(X\u0004\u0000\u0000\u0000echotR.", true);
    const file = zipSync({ "archive/data.pkl": evil });
    expect(() => readStateDict(file)).toThrow('"os system", which is not loaded');
    expect(() => readStateDict(zipSync({ "a/data.pkl": Uint8Array.from([0x80, 2, 0x29]) }))).toThrow(/ends early/);
  });
});

/** The same network as {@link CONVNET}, by torch.onnx.export. */
const CONVNET_ONNX =
  "H4sIAAAAAAACA6VVe0xTVxjn9kEvh5bWu/LwUYUim1wnt8hDZ3sOFeSxykvriFlGsEihdaWtbRk4DcrMfEUz5hIcThiIZhpwyTInCD3HRKaLVhkbRjRRpkTZ3DKHU8fmjK61BYn43+7N+XLOd77H73vdS4cwIvsGl82x1jQjeGFCYlKCaskpCdhPAZHZaq9yJSQCWpVQbTRXmFwgWJVQajY4GRmn4jJs1vdKbFUur0yJaoYowFEKfJRlQEiZ2WJwmW1Wp5bSUi2UiBUDYYXDVmWP8p54bDgQv2t0WI2WEqfJYDdq+Vq+T2gaENgNZc90xvVkQOR0OcxlxnFLIAlMAeCFlMitNFqqJkPyc5QCHwXNFJgiw7zCLeTyDDWFNpvluSJ4zlSKAhsvipC1RrOlpNJWZowK8kXwshhfjIqn5U2OKsj/vhCVXwjkgpeh8UJM4rK8blxG62SIE0ylKLBhQ4HAUGN2PssvqAEvUwR08kQtk8drmcxlGysrJyfOz1EKfJSVAqHBYjcZwoOCtqS1UBQbBgSlRtfzswQEuxwGqzPd79lXnRdMep2kcKsMVtNkJ36OUuCjoApMEQF06gTW1HGsqVOwpv4frEvBFJMMLzHZm99FnN5W7qo01ChFgQ0rD+T36fjjM8GASoPZWlLhMNhN7BcULaApmk/zZVT6xNjo6qmiPbE982YuQmXVu0lR0kaSX80nI9JO2G6+0vPTiu2oYdWf7vJDx2F9QR9ertqG+0PbSJS0lHx2XEza83Wa30aDkacvF5VXVBB9m5x4HozB5K49SFW7G2+0bEbt097BJ2pk8NqO/WjXymYydLOIXB7owEgiJGddn6A+VEy2RCtIbI2VPLr8OWFn0wIvxMA862TB2myy7vheNK8gChXZ4hB7n08L6ShfFOMNo7vB7x7mNAX6yxi6JPBufAappiPJ6NZBvP4mH/FmPYRnyk/iutX3eq58KUSPPQUo89fDsHrkpqYjTox2xv2FBRdnwl1hSvJ4SEa+ejCIP30Nw7g5R+CG1jF8p2ETHKm9DSXSAffvpU/VVPdSmNdBoTtf5yCePIbsTGrE15Yfgk3cAtR9KwUNWhcjvvFVmNebQiIvNWqivuURz4V0wna+gTx3Z6PDdYVEWzsLxlwV4+aGEMwUn8Jze1ug+sAY3q1thBdNA1B9MBzdKTgAj9zIJ137RKTZ3Q8vPEmAmrBYougaxZa2ZejeoBitzj6Bd1hXYqcim1x32HuiTQoC1TGEn7XYHcT8qxlKascLpH/DXuMTnHcUotVIiqhlKjInshDH/BKhSfvnvuab3CzYJDkEJatyNNJHHtzUfwa+VZdD1nw3hrflrsAXDnqwIm0vvrViPtl0NREXdy2Ew/Np8mHrfPec1nDUPtLunn77pHp0ab37cEo87PpZgJinmciDBSjUmYV+GFrvVpxRkw7uLOb0YSjTfqx74Nz3OGdBNClpyiD961REsS8e69NvQz1/GB5reJNsL+UhYX0sSTytws11RzGrpIW+rvB/GXTywtAYrIyfi6M/VpPa95PJj5d4mM33trdPamI6dRpmK1a30IUk8oPX0XBEH2lAY+6I4nPo4fklZHNvH7p+JQ51tvWRP4bq0fk1erzYmkss0ztRBn2SsDOeDUtgwnXivI+WwXWnT+HMrW3o7ZiJnxATAeQ0xcgAj6YCK9i7BKVy4J1XJgyIvbd04IafzpPJ/wOqEu1U2QYAAA==";

describe("an ONNX file", () => {
  it("of PyTorch has its weights go into the same layers, and brings them where those here are others", async () => {
    const network = await openedBy(convnet, [6, 4, 1], bytesOf(CONVNET_ONNX), "net.onnx");
    const samples = Float32Array.from({ length: 48 }, (_, i) => Math.sin(i));
    const wanted = [
      0.3414732813835144, 0.22817322611808777, 0.43035346269607544, 0.3295448422431946, 0.23013438284397125,
    ];
    expect(farthest((await runNetwork(network, samples, 2)).slice(0, 5), wanted)).toBeLessThan(1e-6);
    const { model } = await classifierOf([], [6, 4, 1]);
    const around = { base: model.description, dataOf: () => model.data };
    const { description, weights } = await readModelFile("net.onnx", bytesOf(CONVNET_ONNX), around);
    const [brought] = exportedModel(description, model.data, weights ?? {}).networks;
    const given = brought ? await runNetwork(brought, samples, 2) : [];
    expect(farthest(given.slice(0, 5), wanted)).toBeLessThan(1e-6);
    // The state dict goes into those layers too, whose names are no words of Python.
    const state = await readModelFile("net.pt", bytesOf(CONVNET), { ...around, base: description });
    expect(state.weights).toEqual(weights);
  });

  it.each(["recurrent", "normalization", "containers", "tokens and attention"])(
    "comes back as it was exported, to the bit: %s",
    async (name) => {
      const made = await exportCases[name]?.();
      if (!made) throw new Error("expected a model, got none");
      const { description, data, weights } = made.model;
      const [file = new Uint8Array()] = Object.values(await formats.onnx.write(made.model, []));
      const read = await readModelFile("net.onnx", file, { base: description, dataOf: () => data });
      expect(read.weights).toEqual(weights);
    },
  );

  it("with an op that is no layer here, or of no graph, is refused", async () => {
    const bytes = bytesOf(CONVNET_ONNX);
    // A node's type is its fourth field, of four letters here.
    const relu = strToU8("\u0022\u0004Relu");
    const at = bytes.findIndex((_, i) => relu.every((letter, k) => bytes[i + k] === letter));
    bytes.set(strToU8("Sinh"), at + 2);
    await expect(openedBy([], [6, 4, 1], bytes, "net.onnx")).rejects.toThrow(/Conv, Gemm.*got Sinh/);
    await expect(openedBy([], [2], Uint8Array.of(1, 2, 3), "net.onnx")).rejects.toThrow(/ONNX file: expected/);
  });
});
