import { deepEqual, equal } from "node:assert/strict"
import { percent, same, short as output } from "../../ui/components/maps/numbers.js"
import { brief, largest, number, power } from "../../ui/components/network/numbers.js"
import { largest as answer, lead, short, ticks } from "../../ui/components/plane/numbers.js"

Deno.test("a network's numbers: four places, small and large ones as powers", () => {
  deepEqual([0, -0.12345, 0.0001, 12345, undefined].map(number), ["0", "−0.1235", "1.00e−4", "1.23e+4", "–"])
  deepEqual([NaN, Infinity, -Infinity].map(number), ["NaN", "∞", "−∞"])
  deepEqual([-0.126, 123.4, NaN].map(brief), ["−0.13", "1e+2", "NaN"])
  deepEqual([power("1.2e-03", false), power("1.2e+00", false), power("1.2e-03", true)], ["1.2e−3", "1.2e0", "1e−3"])
})

Deno.test("the largest size: of finite numbers, and never 0", () => {
  equal(largest([[1, -3], [2, Infinity, NaN]]), 3)
  equal(largest([[0], []]), 1e-12)
})

Deno.test("the largest answer, and how far it is ahead", () => {
  deepEqual([answer([1, 3, 2]), answer([2, 2]), answer([1, NaN])], [1, 0, -1])
  equal(lead([1, 3, 2.5], 1), 0.5)
})

Deno.test("four digits", () => {
  deepEqual([0.123456, -12.3456, 1e-13, 0.00001234, 1234567].map(short), [
    "0.1235",
    "−12.35",
    "0",
    "1.234e−5",
    "1.235e+6",
  ])
})

Deno.test("ticks are round, equally far apart, and inside", () => {
  deepEqual(ticks(-1, 1), [-1, -0.5, 0, 0.5, 1])
  deepEqual(ticks(0, 9), [0, 2, 4, 6, 8])
  for (const [low, high] of [[0.3, 0.7], [-5, 12], [1000, 5000], [-0.02, 0.03], [0, 1]]) {
    const found = ticks(low, high)
    equal(found.length >= 4 && found.length <= 8, true, `${low} to ${high}: ${found}`)
    equal(found[0] >= low - 1e-9 && found[found.length - 1] <= high + 1e-9, true)
  }
})

Deno.test("outputs and shares in little room", () => {
  deepEqual([1.234, -12.34, 123.4, -0.001].map(output), ["1.23", "−12.3", "123", "0.00"])
  deepEqual([1, 0.9994, 0.5, 0.0004, 0].map(percent), ["100%", "99.9%", "50.0%", "0%", "0%"])
  deepEqual([same([1, 2], [1, 2]), same([1, 2], null), same([0, 1], [0, 10])], [true, false, false])
})
