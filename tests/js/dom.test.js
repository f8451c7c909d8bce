import { deepEqual, equal } from "node:assert/strict"
import {
  bytes,
  changed,
  css,
  diverging,
  doubles,
  fill,
  floats,
  mix,
  pixel,
  prune,
  rgb,
  shades,
  signed,
} from "../../ui/components/dom.js"

Deno.test("numbers arrive as Python packed them", () => {
  deepEqual([...bytes("AQL/")], [1, 2, 255])
  deepEqual([...floats(btoa(String.fromCharCode(0, 0, 128, 63, 0, 0, 32, 192)))], [1, -2.5]) // little-endian float32
  equal(floats("").length, 0)
  deepEqual([...doubles(btoa(String.fromCharCode(0, 0, 0, 0, 0, 0, 4, 192)))], [-2.5])
})

Deno.test("numbers arrive as a socket carried them, wherever in a message they begin", () => {
  const message = Uint8Array.of(7, 0, 0, 128, 63, 0, 0, 0, 0, 0, 0, 4, 192, 7)
  deepEqual([...bytes(message.subarray(0, 1))], [7])
  deepEqual([...floats(message.subarray(1, 5))], [1])
  deepEqual([...doubles(message.subarray(5, 13))], [-2.5])
})

Deno.test("sentences are filled, and minus signs are minus signs", () => {
  equal(fill("{shown} of {all}, {shown}", { shown: 0, all: "16" }), "0 of 16, 0")
  equal(signed("-1e-3"), "−1e−3")
})

Deno.test("the same data are no change", () => {
  const state = {}
  equal(changed(state, { a: [1] }), true)
  equal(changed(state, { a: [1] }), false)
  equal(changed(state, { a: [2] }), true)
})

Deno.test("elements without a place go", () => {
  const gone = []
  const element = (/** @type {string} */ name) => /** @type {any} */ ({ remove: () => gone.push(name) })
  const known = new Map([["a", element("a")], ["b", element("b")]])
  prune(known, new Set(["b", "c"]))
  deepEqual([gone, [...known.keys()]], [["a"], ["b"]])
})

Deno.test("colours are read, mixed and written", () => {
  deepEqual(rgb("rgba(0, 114, 178, 0.5)"), [0, 114, 178])
  deepEqual(mix([0, 100, 200], [100, 100, 0], 0.25), [25, 100, 150])
  equal(css([1, 2, 3]), "rgb(1 2 3)")
  equal(pixel([1, 2, 3]), 0xff030201)
})

Deno.test("a byte's colour: paper to ink, and negative over ground to positive", () => {
  const [orange, white, blue] =
    /** @type {import("../../ui/components/dom.js").Colour[]} */ ([[255, 128, 0], [255, 255, 255], [0, 0, 255]])
  const plain = shades(white, blue)
  deepEqual([plain[0], plain[255]], [pixel(white), pixel(blue)])
  const signs = diverging(orange, white, blue)
  deepEqual([signs[0], signs[1], signs[128], signs[255]], [0, pixel(orange), pixel(white), pixel(blue)])
})
