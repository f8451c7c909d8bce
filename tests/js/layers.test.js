import { deepEqual, equal } from "node:assert/strict"
import { changed, fresh, kinds, read, shown } from "../../ui/components/chain_editor/layers.js"

Deno.test("what is typed into a field: numbers, pairs of them where they make sense, and text", () => {
  deepEqual(["3", "-1", "3×5", "3, 5", "3 5", "three", "1234567890"].map((text) => read("kernel_size", text)), [
    3,
    -1,
    [3, 5],
    [3, 5],
    [3, 5],
    "three",
    "1234567890",
  ])
  deepEqual(read("output_size", "6x6"), [6, 6])
  deepEqual([read("filters", "3x5"), read("name", "12")], ["3x5", "12"])
})

Deno.test("a field's value as it is written", () => {
  deepEqual([undefined, null, 3, [3, 5], { a: 1 }, "x"].map(shown), ["", "", "3", "3×5", "?", "x"])
})

Deno.test("a layer of another kind keeps what both have, and its name", () => {
  const conv = { type: "conv", name: "C1", filters: 6, kernel_size: 5, padding: 2 }
  deepEqual(changed(conv, "maxpool"), { type: "maxpool", kernel_size: 5, padding: 2, name: "C1" })
  deepEqual(changed({ type: "conv" }, "linear"), { type: "linear", features: 10 })
  deepEqual(changed(conv, "adaptivepool"), { type: "adaptivepool", output_size: 1, name: "C1" })
  deepEqual(changed({ type: "linear", activation: "tanh" }, "batchnorm"), { type: "batchnorm", activation: "tanh" })
  equal(kinds([conv, fresh("flatten")]), '["conv","flatten"]')
})

Deno.test("a new layer is nobody else's", () => {
  fresh("conv").filters = 99
  equal(fresh("conv").filters, 6)
})
