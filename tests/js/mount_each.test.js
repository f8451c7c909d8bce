import { deepEqual, equal } from "node:assert/strict"
import { joined } from "../../ui/components/mount.js"
import { moved } from "../../ui/components/moved.js"
import { placeOf, rows } from "../../ui/components/timeline/stops.js"

Deno.test("what several runs show is put together, list by list", () => {
  const data = { each: [{}, {}], heads: ["A", "B"] }
  const parts = [{ columns: [[1, 2]], rests: [], live: { id: "x" } }, { columns: [[3, 4]], rests: [true] }]
  deepEqual(joined(data, parts), { ...data, columns: [[1, 2], [3, 4]], rests: [true] })
  equal(joined("one", ["one"]), "one")
})

Deno.test("another moment is told once, when the page can be drawn anew, and again when nobody listened", () => {
  const told = []
  const state = { send: (_name, value) => told.push(value.split(" ")[0]) }
  moved(state, "running", true, false)
  moved(state, "running", true, true)
  moved(state, "paused", false, true) // what was asked for is still to happen
  deepEqual(told, [])
  moved(state, "paused", true, true)
  moved(state, "paused", true, true)
  deepEqual(told, ["paused"])
  state.toldAt -= 3000
  moved(state, "paused", true, true)
  deepEqual(told, ["paused", "paused"])
  moved(state, "paused", true, false)
  moved(state, "paused", true, true)
  equal(told.length, 2)
})

Deno.test("the slider's places: the nearest moment that is still kept, and the present at the end", () => {
  const stops = rows(Float64Array.from([0, 0, 0.1, 40, 0.5, 0.6, 80, 1, 0.9]))
  deepEqual(stops[1], [40, 0.5, 0.6])
  deepEqual([-1, 0, 19, 41, 500].map((step) => placeOf(stops, step)), [3, 0, 0, 1, 2])
  equal(placeOf([], -1), 0)
})
