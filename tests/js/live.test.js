import { deepEqual, equal } from "node:assert/strict"
import { merged, read } from "../../ui/components/live.js"

/** Write a part as ui/live/frames.py does. */
function part(head, body) {
  const text = new TextEncoder().encode(JSON.stringify(head))
  const bytes = new Uint8Array(8 + text.length + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 4 + text.length + body.length, true)
  view.setUint32(4, text.length, true)
  bytes.set(text, 8)
  bytes.set(body, 8 + text.length)
  return bytes
}

Deno.test("a message is taken apart, and every block of bytes finds its place", () => {
  const one = part({ id: "a", at: 3, whole: true, values: { x: { $: [1, 2] }, y: [{ $: [0, 1] }, "é"] } }, [7, 8, 9])
  const other = part({ id: "b", at: 3, whole: true, values: { n: null } }, [])
  const message = new Uint8Array(one.length + other.length)
  message.set(one)
  message.set(other, one.length)
  const parts = read(message.buffer)
  deepEqual(parts.map(({ id, at }) => [id, at]), [["a", 3], ["b", 3]])
  const values = merged(parts[0].values, undefined, parts[0].body)
  deepEqual([[...values.x], [...values.y[0]], values.y[1]], [[8, 9], [7], "é"])
  deepEqual(merged(parts[1].values, undefined, parts[1].body), { n: null })
})

Deno.test("rows that grow keep what was there", () => {
  const before = { lines: [{ points: Uint8Array.of(1, 2, 3) }] }
  const values = merged({ lines: [{ points: { $: [0, 2, 2] } }] }, before, Uint8Array.of(8, 9))
  deepEqual([...values.lines[0].points], [1, 2, 8, 9])
  equal(before.lines[0].points.length, 3)
})
