// Pictures of runs that go on, over one WebSocket for the whole page; the other side is ui/live. Each component follows
// a view by its name. What comes in one message is one moment of a run, and is drawn in one frame of the screen.

/** @typedef {Record<string, any>} Values */
/** @typedef {{ act: (values: Values, at: number) => void }} Follower */

const PATIENCE = 1000 // ms without a connection, until the page says so
const HERE = 25_000 // ms
const PAUSES = [300, 1000, 2000, 4000, 8000] // ms before the next try
const IDLE = 3000 // ms without anything to follow, until the connection is let go

/** @type {Map<string, Set<Follower>>} */
const followers = new Map()
/** @type {Map<string, Values>} */
const newest = new Map()
/** @type {Set<(lost: boolean) => void>} */
const onLost = new Set()
/** @type {Set<() => void>} */
const onUnknown = new Set()
/** @type {Map<number, { done: () => void, refused: () => void }>} */
const ordered = new Map()

/** @type {WebSocket | null} */
let socket = null
let owner = false
let tries = 0
let orders = 0
let asked = ""
/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const timers = new Map()

/** @param {string} name @param {number} wait @param {() => void} act */
function later(name, wait, act) {
  clearTimeout(timers.get(name))
  timers.set(name, setTimeout(act, wait))
}

/** @param {string} name */
function never(name) {
  clearTimeout(timers.get(name))
}

/**
 * Follow a view.
 * @param {string} name
 * @param {(values: Values, at: number) => void} act called with everything that is shown, and of which update it is
 * @returns {() => void} ends it
 */
export function follow(name, act) {
  const one = { act }
  followers.set(name, (followers.get(name) ?? new Set()).add(one))
  ask()
  return () => {
    const all = followers.get(name)
    if (!all?.delete(one)) return
    if (!all.size) followers.delete(name)
    ask()
  }
}

/**
 * Be told when the connection is lost or there again, and of views that the server does not know any more.
 * @param {(lost: boolean) => void} lost
 * @param {() => void} unknown
 * @param {AbortSignal} signal
 */
export function watchConnection(lost, unknown, signal) {
  onLost.add(lost)
  onUnknown.add(unknown)
  signal.addEventListener("abort", () => {
    onLost.delete(lost)
    onUnknown.delete(unknown)
  })
}

/**
 * Order something of a run that is this visitor's.
 * @param {string} order
 * @param {string} run
 * @param {{ done: () => void, refused: () => void }} answer
 * @param {unknown} value
 * @returns {boolean} whether it is on its way; if not, it must be asked for in another way
 */
export function send(order, run, answer, value = null) {
  if (!owner || socket?.readyState !== WebSocket.OPEN) return false
  ordered.set(++orders, answer)
  say({ order, run, value, n: orders })
  return true
}

/** Ask for what is followed, once this turn of the page is over. */
function ask() {
  later("ask", 0, () => {
    if (!followers.size) return later("idle", IDLE, () => !followers.size && socket?.close())
    never("idle")
    if (!socket) return connect()
    const names = [...followers.keys()].sort()
    if (socket.readyState !== WebSocket.OPEN || asked === names.join()) return
    asked = names.join()
    say({ watch: names })
    for (const name of newest.keys()) if (!followers.has(name)) newest.delete(name)
  })
}

function connect() {
  never("again")
  if (socket || !followers.size) return
  const address = new URL("../live", import.meta.url)
  address.protocol = address.protocol.replace("http", "ws")
  const mine = (socket = new WebSocket(address))
  mine.binaryType = "arraybuffer"
  mine.onmessage = ({ data }) => (typeof data === "string" ? hear(JSON.parse(data)) : take(data))
  mine.onclose = () => {
    if (socket !== mine) return
    socket = null
    owner = false
    asked = ""
    for (const answer of ordered.values()) answer.refused()
    ordered.clear()
    never("here")
    if (!followers.size) return
    later("lost", PATIENCE, () => tell(true))
    later("again", PAUSES[Math.min(tries++, PAUSES.length - 1)] * (0.75 + Math.random() / 2), connect)
  }
}

/** @param {boolean} lost */
function tell(lost) {
  for (const act of onLost) act(lost)
}

/** @param {Record<string, any>} said */
function hear(said) {
  if (said.hello) {
    owner = said.hello.owner
    tries = 0
    never("lost")
    tell(false)
    newest.clear() // the server sends everything anew
    here()
    ask()
  }
  if (said.unknown?.length) { for (const act of onUnknown) act() }
  const number = said.done ?? said.refused
  if (number === undefined) return
  const answer = ordered.get(number)
  ordered.delete(number)
  if ("done" in said) answer?.done()
  else answer?.refused()
}

function here() {
  later("here", HERE, () => {
    say({ here: 1 })
    here()
  })
}

/** @param {unknown} message */
function say(message) {
  socket?.send(JSON.stringify(message))
}

/**
 * Draw a message with the next frame of the screen, and say so: a hidden page does neither.
 * @param {ArrayBuffer} message
 */
function take(message) {
  const parts = read(message)
  const from = socket
  for (const { id, whole, values, body } of parts) { // what was asked for again comes whole, a moment later
    if (followers.has(id) && (whole || newest.has(id))) newest.set(id, merged(values, newest.get(id), body))
  }
  requestAnimationFrame(() => {
    for (const { id, at } of parts) {
      const values = newest.get(id)
      if (values) { for (const one of followers.get(id) ?? []) one.act(values, at) }
    }
    if (from === socket && socket?.readyState === WebSocket.OPEN) say({ drawn: 1 })
  })
}

/**
 * Take a message apart; see ui/live/frames.py.
 * @param {ArrayBuffer} message
 */
export function read(message) {
  const view = new DataView(message)
  const parts = []
  for (let place = 0; place < message.byteLength;) {
    const length = view.getUint32(place, true)
    const size = view.getUint32(place + 4, true)
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(message, place + 8, size)))
    const start = place + 8 + size
    place += 4 + length
    parts.push({ ...head, body: new Uint8Array(message, start, place - start) })
  }
  return parts
}

/**
 * Put the bytes of a part's body where they belong, behind those that are kept.
 * @param {any} value
 * @param {any} before what was there
 * @param {Uint8Array} body
 * @returns {any}
 */
export function merged(value, before, body) {
  if (Array.isArray(value)) return value.map((entry, place) => merged(entry, before?.[place], body))
  if (!value || typeof value !== "object") return value
  if (!value.$) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, merged(entry, before?.[key], body)]))
  }
  const [offset, length, kept = 0] = value.$
  const grown = new Uint8Array(kept + length)
  if (kept) grown.set(before.subarray(0, kept))
  grown.set(body.subarray(offset, offset + length), kept)
  return grown
}

if (globalThis.document) {
  addEventListener("online", connect)
  addEventListener("visibilitychange", () => document.visibilityState === "visible" && connect())
}
