import { deepEqual, equal } from "node:assert/strict"
import { readEdits } from "../../ui/components/conv_stepper/edit.js"
import { lastEnd, spans, workOut } from "../../ui/components/conv_stepper/work.js"
import { format, sentence } from "../../ui/components/conv_stepper/words.js"

/** @param {Record<string, unknown>} other */
function picture(other) {
  return {
    operation: "conv",
    channels: [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]],
    kernels: [[[1, 0], [0, -1]]],
    bias: 10,
    zeros: true,
    padding: [0, 0],
    kernel: [2, 2],
    stride: [1, 1],
    dilation: [1, 1],
    output: [2, 2],
    ...other,
  }
}

Deno.test("a convolution: 1·1 + 5·(−1) + 10 = 6, and so at every place", () => {
  const steps = workOut(picture({}))
  deepEqual(steps.map((step) => step.value), [6, 6, 6, 6])
  deepEqual([steps[3].at, steps[3].products, steps[3].sums], [[1, 1], [[[5, 0], [0, -9]]], [-4]])
})

Deno.test("padding is 0 for a convolution, and nothing at all for pooling that does not count it", () => {
  const padded = { padding: [1, 1], stride: [2, 2] }
  deepEqual(workOut(picture(padded)).map((step) => step.value), [9, 7, 3, 6])
  const pooled = { ...padded, operation: "maxpool", kernels: [], zeros: false }
  deepEqual(workOut(picture(pooled)).map((step) => step.value), [1, 3, 7, 9])
  const mean = workOut(picture({ ...padded, operation: "avgpool", kernels: [], zeros: false }))
  deepEqual(mean.map(({ value, divisor }) => [value, divisor]), [[1, 1], [2.5, 2], [5.5, 2], [7, 4]])
})

Deno.test("a dilated window spans more than it reads", () => {
  const data = { ...picture({ dilation: [2, 2], output: [1, 1] }), steps: /** @type {unknown[]} */ ([]) }
  data.steps = workOut(data)
  deepEqual([spans(data), lastEnd(data)], [[3, 3], [3, 3]])
  deepEqual(data.steps.map((/** @type {any} */ step) => step.value), [1 - 9 + 10])
})

Deno.test("sums in words", () => {
  const words = { bias: "bias", sum: "sum of {n} products", channels: "channel {n}", mean: "mean", largest: "largest" }
  const data = picture({})
  const state = { data, channel: 0, filter: 0, all: { words, firsts: [0] } }
  equal(sentence(state, workOut(data)[0]), "1·1 + 2·0 + 4·0 + 5·(−1) + bias 10")
  deepEqual([format(-0.004), format(-1.255), format(2)], ["0", "−1.25", "2"])
})

Deno.test("edits are read from the link's text", () => {
  deepEqual([...readEdits("x0_1_2_5~b0_-1.5")], [["x0_1_2", "5"], ["b0", "-1.5"]])
  equal(readEdits("").size, 0)
})
