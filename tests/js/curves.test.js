import { deepEqual, equal, ok } from "node:assert/strict"
import {
  ceiling,
  exact,
  following,
  horizontal,
  nearest,
  short,
  smoothed,
  thinned,
  vertical,
} from "../../ui/components/curves/scale.js"

/** A line of values at 0, 1, 2 … */
const line = (...values) => Float64Array.from(values.flatMap((value, at) => [at, value]))
const linear = { percent: false, log: false }
const log = { percent: false, log: true }
const close = (found, wanted) => found.forEach((value, at) => ok(Math.abs(value - wanted[at]) < 1e-9 * wanted[at]))

Deno.test("a smoothed line is the corrected moving average, and leaves the true one as it was", () => {
  const rows = line(1, 1, 4)
  deepEqual(smoothed(rows, 0.5), line(1, 1, 2.7142857142857144)) // (1·1 + 2·1 + 4·4) / (1 + 2 + 4)
  deepEqual(rows, line(1, 1, 4))
  deepEqual(smoothed(rows, 0), rows)
})

Deno.test("what is not finite is passed on and does not spoil the rest", () => {
  deepEqual([...smoothed(line(1, NaN, 1, Infinity), 0.5)], [0, 1, 1, NaN, 2, 1, 3, Infinity])
})

Deno.test("a line of very many points keeps what can be seen of it", () => {
  const rows = line(
    ...Array.from({ length: 10_000 }, (_, at) => (at === 5002 ? -9 : at === 5001 ? NaN : at === 7 ? 9 : at % 3)),
  )
  const found = thinned(rows, 9999, 100)
  ok(found.length < 2 * 5 * 100)
  const kept = new Map(Array.from({ length: found.length / 2 }, (_, at) => [found[2 * at], found[2 * at + 1]]))
  deepEqual([...kept.keys()], [...kept.keys()].sort((one, other) => one - other))
  for (const at of [0, 7, 5001, 5002, 9999]) deepEqual(String(kept.get(at)), String(rows[2 * at + 1]))
  equal(thinned(line(1, 2, 3), 2, 100).length, 6)
})

Deno.test("an over-fitting loss stays in the picture and an exploding one does not", () => {
  equal(ceiling([line(0.6, 0.48, 3.25)]), 3.25) // “Too few samples” ends at more than five times its first loss
  equal(ceiling([line(0.6, 0.48, 1e9)]), 10)
  equal(ceiling([line(NaN, 0.6), line(1e9)]), 10) // of all lines together
  equal(ceiling([line(0, 5)]), 5)
  equal(ceiling([]), 1)
  equal(ceiling([line(0, 0)]), 1)
})

Deno.test("the vertical axis has round ticks from 0 on, few where it is low", () => {
  deepEqual(vertical([line(1.1, 0.5)], linear, 90), { low: 0, high: 1.5, ticks: [0, 0.5, 1, 1.5] })
  deepEqual(vertical([line(1.1, 0.5)], linear, 300), { low: 0, high: 1.25, ticks: [0, 0.25, 0.5, 0.75, 1, 1.25] })
  deepEqual(vertical([line(0.2)], { percent: true, log: false }, 300), {
    low: 0,
    high: 1,
    ticks: [0, 0.25, 0.5, 0.75, 1],
  })
})

Deno.test("a logarithmic axis names 1, 2 and 5 in a small range and powers in a large one", () => {
  const small = vertical([line(0.9, 0.25, 0, -1, NaN)], log, 150)
  close(small.ticks, [0.2, 0.5, 1])
  close([10 ** small.low, 10 ** small.high], [0.2, 1])
  const large = vertical([line(3e-3, 0.7, 1e9)], log, 120)
  close(large.ticks, [1e-3, 10, 1e5, 1e9])
  deepEqual([large.low, large.high], [-3, 9])
  for (const odd of [[], [line(0)], [line(1)], [line(10)], [line(1.7e308, 5e-324)]]) {
    const { low, high, ticks } = vertical(odd, log, 100)
    ok(low < high && ticks.length > 1, `${low} ${high} ${ticks}`)
  }
})

Deno.test("the horizontal axis ends where the run does, or where the points do", () => {
  deepEqual(horizontal([line(1, 1)], 28_000, 600), {
    low: 0,
    high: 28_000,
    ticks: [0, 5000, 10_000, 15_000, 20_000, 25_000],
  })
  deepEqual(horizontal([line(1, 1, 1), line(1)], null, 600).ticks, [0, 1, 2]) // no half updates
  deepEqual(horizontal([Float64Array.of(0, 1, 0.5, 1)], null, 200).ticks, [0, 0.2, 0.4])
  equal(horizontal([line(1)], null, 600).high, 1)
  equal(horizontal([], null, 600).high, 1)
})

Deno.test("the nearest point, and those before and behind a place", () => {
  const rows = Float64Array.of(0, 1, 10, 1, 30, 1)
  deepEqual([-5, 4, 5, 6, 19, 21, 99].map((x) => nearest(rows, x)), [0, 0, 0, 1, 1, 2, 2])
  equal(nearest(new Float64Array(), 1), -1)
  deepEqual([following(rows, 10), following(rows, 10, true), following(rows, 31)], [1, 2, 3])
})

Deno.test("numbers are written so that they can be read and are exact", () => {
  deepEqual([0, 0.25, 28_000, 1e-7, -2.5, 0.1 + 0.2].map(short), ["0", "0.25", "28,000", "1e−7", "−2.5", "0.3"])
  deepEqual([0.30512, 12345.6, 1.5e9, 2e-6, 0].map((value) => exact(value, false)), [
    "0.3051",
    "12,345.6000",
    "1.500e+9",
    "2.000e−6",
    "0.0000",
  ])
  equal(exact(0.98765, true), "98.77%")
})
