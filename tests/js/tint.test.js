import { equal } from "node:assert/strict"
import { tint } from "../../ui/components/confusion/tint.js"

Deno.test("a cell's tint is its share of its row", () => {
  const { share, strength } = tint([[3, 1], [0, 0]])
  equal(share(0, 1), 0.25)
  equal(strength(0, 1), 0.25)
  equal(share(1, 1), 0) // a row without samples
})

Deno.test("of many classes the most frequent mistake has a tint that shows", () => {
  const count = (row, column) => (row === column ? 98 : row === 4 && column === 9 ? 2 : 0)
  const ten = Array.from({ length: 10 }, (_, at) => at)
  const counts = ten.map((row) => ten.map((column) => count(row, column)))
  const { strength } = tint(counts)
  equal(strength(4, 9), 0.4)
  equal(strength(0, 0), 1)
})
