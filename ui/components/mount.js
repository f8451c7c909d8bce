// Where Streamlit and a component meet. A component's main.js has two functions: build, called once for each place on
// the page, and show, called with whatever Python has sent since.

/**
 * What Streamlit gives a component, at first and whenever its data or the theme changed.
 * @typedef {object} Given
 * @property {any} data
 * @property {ParentNode} parentElement
 * @property {(name: string, value: unknown) => void} setTriggerValue
 * @property {(name: string, value: unknown) => void} setStateValue
 */

/**
 * A component. `signal` is aborted when the place has gone: listeners, observers and timers end with it.
 * `state.send` tells Python something once, `state.keep` until it is told otherwise. `streamed`: what is shown came
 * over a run's own connection; else from Python.
 * @typedef {object} Part
 * @property {(root: HTMLElement, signal: AbortSignal) => any} build
 * @property {(state: any, data: any, streamed: boolean) => void} show
 */

import { follow } from "./live.js"

export const WAIT = 300 // ms

/**
 * @typedef {object} Place
 * @property {HTMLElement} root
 * @property {any} state
 * @property {AbortController} end
 * @property {number} turn
 * @property {any} data what Python has sent
 * @property {any[]} [parts] the same, or of each run that is shown, with what came after it
 * @property {string} [names] of the views that are followed
 * @property {() => void} [leave] ends that
 */

/** @type {WeakMap<ParentNode, Place>} */
const places = new WeakMap()

/** @type {Map<string, CSSStyleSheet>} */
const sheets = new Map()

/** @param {string} style */
function sheet(style) {
  const made = sheets.get(style) ?? new CSSStyleSheet()
  if (!sheets.has(style)) made.replaceSync(style)
  sheets.set(style, made)
  return made
}

/**
 * Build or change a component, and return its clean-up.
 *
 * Streamlit also cleans up after a turn that was overtaken while it was loading, some milliseconds before the next one
 * comes here: a clean-up waits, and counts only if no other turn came. Else focus and what is being typed would be lost.
 * @param {Part} part
 * @param {Given} given
 * @param {string[]} styles what dresses it; in the shadow tree that Streamlit makes, so that it dresses nothing else
 */
export function mount(part, { data, parentElement, setTriggerValue, setStateValue }, styles) {
  const tree = /** @type {ShadowRoot} */ (parentElement)
  if (!tree.adoptedStyleSheets?.length) tree.adoptedStyleSheets = styles.map(sheet)
  const root = /** @type {HTMLElement} */ (parentElement.querySelector("#root"))
  let place = places.get(parentElement)
  if (place?.root !== root) {
    place?.end.abort()
    const end = new AbortController()
    /** @type {Place} */
    const made = { root, end, state: part.build(root, end.signal), turn: 0, data }
    place = made
    end.signal.addEventListener("abort", () => {
      made.leave?.()
      root.replaceChildren()
    })
    places.set(parentElement, made)
  }
  const { state, end } = place
  state.send = setTriggerValue
  state.keep = setStateValue
  live(part, place, data)
  const turn = ++place.turn
  return () =>
    setTimeout(() => {
      if (place.turn !== turn || end.signal.aborted) return
      if (places.get(parentElement) === place) places.delete(parentElement)
      end.abort()
    }, WAIT)
}

/**
 * Show what Python has sent and, of a run that goes on, what comes after it. Of several runs `data.each` has the parts.
 * @param {Part} part
 * @param {Place} place
 * @param {any} data
 */
function live(part, place, data) {
  const sent = data?.each ?? [data]
  Object.assign(place, { data, parts: sent })
  part.show(place.state, joined(data, sent), false)
  const names = sent.map((/** @type {any} */ one) => one?.live?.id)
  if (place.names === names.join()) return
  place.leave?.()
  place.names = names.join()
  const ends = names.map((/** @type {string | undefined} */ name, /** @type {number} */ which) =>
    name && follow(name, (values, at) => {
      const { data, parts = [] } = place
      const sent = (data.each ?? [data])[which]
      if (at < (sent.live?.at ?? 0)) return
      place.parts = parts.with(which, { ...sent, ...values })
      part.show(place.state, joined(data, place.parts), true)
    })
  )
  place.leave = () => ends.forEach((/** @type {any} */ end) => end?.())
}

/**
 * Put the parts of several runs together: lists one after another.
 * @param {any} data
 * @param {any[]} parts
 */
export function joined(data, parts) {
  if (!data?.each) return parts[0]
  const lists = Object.entries(parts[0]).filter(([_key, value]) => Array.isArray(value))
  return { ...data, ...Object.fromEntries(lists.map(([key]) => [key, parts.flatMap((one) => one[key])])) }
}
