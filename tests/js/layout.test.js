import { deepEqual, equal, ok } from "node:assert/strict"
import { lay, there } from "../../ui/components/maps/layout.js"
import { climbed, curve, cut } from "../../ui/components/network/layout.js"
import { depths } from "../../ui/components/plane/labels.js"
import { placeX, placeY } from "../../ui/components/plane/layout.js"
import { arrange, cellShape } from "../../ui/components/split_strip/cells.js"

Deno.test("the strip: every sample has a cell, sets do not overlap, all is inside", () => {
  for (
    const [count, sizes]
      of /** @type {[number, number[]][]} */ ([[10, [6, 2, 2]], [500, [350, 0, 150]], [60000, [40000, 10000, 10000]]])
  ) {
    const { cell, lines, height, starts, left, part, block } = arrange(count, sizes, 1000, 1)
    const full = sizes.filter((size) => size > 0)
    full.forEach((size, at) => {
      const columns = Math.ceil(size / lines)
      ok(left[at] + columns * cell <= (at + 1 < full.length ? left[at + 1] : 1000))
      equal(starts[at + 1] - starts[at], size)
    })
    ok(height <= 128 || cell === 1)
    deepEqual([0, 1, 2].map((set) => part.filter((found) => found === set).length), sizes)
    equal(block[count - 1], full.length - 1)
  }
})

Deno.test("a set is told by the shape of its cells, where there is room for one", () => {
  deepEqual([0, 1, 2].map((set) => cellShape(set, 3).length), [9, 9, 9])
  deepEqual([0, 1, 2].map((set) => cellShape(set, 6).length), [36, 21, 20])
})

Deno.test("a line between two neurons is found where it runs", () => {
  const state = { size: 20, x: (layer) => 50 + 100 * layer, y: (_layer, neuron) => 30 * neuron }
  equal(curve(state, 1, 0, 2), "M61.0 0.0C100.0 0.0 100.0 60.0 139.0 60.0")
  ok(Math.abs((climbed(state, 1, 100) ?? 0) - 0.5) < 1e-5)
  deepEqual([climbed(state, 1, 60), climbed(state, 1, 140)], [null, null])
})

Deno.test("a name that is too long is cut", () => {
  deepEqual([cut("x₁", 20), cut("a rather long name", 40), cut("ab", 0)], ["x₁", "a rat…", "…"])
})

Deno.test("a place in the plane: the lowest value at the bottom left", () => {
  const state = { data: { low: [0, -1], high: [10, 1] }, inner: 200 }
  deepEqual([placeX(state, 0), placeX(state, 10), placeY(state, -1), placeY(state, 1)], [40, 240, 208, 8])
})

Deno.test("steps to the nearest other answer", () => {
  const answer = Int16Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  deepEqual([...depths(answer, 5)], [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 2, 2, 2, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1, 1])
})

/** @param {number} width of the stage */
function mapped(width) {
  const layers = [
    {
      name: "Input",
      kind: "maps",
      tiles: 1,
      rows: 28,
      columns: 28,
      across: 1,
      narrow: 1,
      wide: 1,
      most: 110,
      tile: 96,
      row: null,
    },
    {
      name: "C1",
      kind: "maps",
      tiles: 6,
      rows: 28,
      columns: 28,
      across: 2,
      narrow: 3,
      wide: 1,
      most: 110,
      tile: 60,
      row: null,
    },
    { name: "Output", kind: "bars", tiles: 1, rows: 10, columns: 1, narrow: 1, wide: 1, row: null },
  ]
  const ui = { stage: { clientWidth: width, style: {} }, canvas: {}, marks: {}, tiles: { append() {} } }
  return /** @type {any} */ ({ layers, ui, tiles: new Map(), data: { flow: "columns", tallest: 430 } })
}

for (const width of [360, 800]) {
  Deno.test(`maps at ${width} pixels: inside the stage, none on another`, () => {
    const element = () => ({ style: {}, setAttribute() {} })
    const browser = { document: { createElement: element }, devicePixelRatio: 2 }
    Object.assign(globalThis, browser)
    const state = mapped(width)
    try {
      lay(state)
    } finally {
      for (const name of Object.keys(browser)) delete globalThis[name]
    }
    const boxes = state.layers.flatMap((layer) => layer.places)
    equal(boxes.length, 8)
    equal(state.tiles.size, 8)
    for (const [at, box] of boxes.entries()) {
      ok(box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= state.height)
      for (const other of boxes.slice(at + 1)) {
        const apart = box.x + box.width <= other.x || other.x + other.width <= box.x ||
          box.y + box.height <= other.y || other.y + other.height <= box.y
        ok(apart, `${JSON.stringify(box)} lies on ${JSON.stringify(other)}`)
      }
    }
    deepEqual([there(state, [1, 5, 27, 27]), there(state, [1, 6, 0, 0]), there(state, [3, 0, 0, 0])], [
      true,
      false,
      false,
    ])
  })
}
