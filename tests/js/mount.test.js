import { deepEqual, equal } from "node:assert/strict"
import { mount, WAIT } from "../../ui/components/mount.js"

/** Wait until what was put off for a moment is done. */
const moment = () => new Promise((done) => setTimeout(done, WAIT + 20))

/** A part that writes down what happens to it. */
function recorded() {
  const log = []
  const root = { replaceChildren: () => log.push("emptied") }
  const part = {
    build: (_root, signal) => {
      log.push("built")
      signal.addEventListener("abort", () => log.push("ended"))
      return {}
    },
    show: (_state, data) => log.push(data),
  }
  const place = /** @type {any} */ ({ querySelector: () => root })
  const turn = (data, send = () => {}) =>
    mount(part, { data, parentElement: place, setTriggerValue: send, setStateValue: send }, [])
  return { log, turn }
}

Deno.test("it is built once, and shown whatever Python sends", async () => {
  const { log, turn } = recorded()
  turn("one")
  turn("two")()
  await moment()
  deepEqual(log, ["built", "one", "two", "ended", "emptied"])
})

Deno.test("the clean-up of an overtaken turn does nothing, and a second one neither", async () => {
  const { log, turn } = recorded()
  const early = turn("one")
  const late = turn("two")
  early()
  await moment()
  deepEqual(log, ["built", "one", "two"])
  late()
  late()
  await moment()
  deepEqual(log.slice(3), ["ended", "emptied"])
})

Deno.test("a clean-up before the next turn has come here does nothing", async () => {
  const { log, turn } = recorded()
  turn("one")()
  turn("two")
  await moment()
  deepEqual(log, ["built", "one", "two"])
})

Deno.test("a turn after the clean-up builds anew", async () => {
  const { log, turn } = recorded()
  turn("one")()
  await moment()
  turn("two")
  deepEqual(log, ["built", "one", "ended", "emptied", "built", "two"])
})

Deno.test("what Python is told goes through the newest turn", () => {
  const told = []
  const states = []
  const part = { build: () => ({}), show: (state) => states.push(state) }
  const root = { replaceChildren() {} }
  const place = /** @type {any} */ ({ querySelector: () => root })
  for (const turn of ["one", "two"]) {
    const tell = (/** @type {string} */ name) => (_key, value) => told.push([turn, name, value])
    mount(part, { data: null, parentElement: place, setTriggerValue: tell("once"), setStateValue: tell("kept") }, [])
  }
  states[0].send("cell", 1)
  states[0].keep("chosen", 2)
  deepEqual(told, [["two", "once", 1], ["two", "kept", 2]])
  equal(states[0], states[1])
})
