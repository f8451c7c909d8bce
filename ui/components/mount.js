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
 * `state.send` tells Python something once, `state.keep` until it is told otherwise.
 * @typedef {object} Part
 * @property {(root: HTMLElement, signal: AbortSignal) => any} build
 * @property {(state: any, data: any) => void} show
 */

export const WAIT = 300 // ms

/** @type {WeakMap<ParentNode, { root: HTMLElement, state: any, end: AbortController, turn: number }>} */
const places = new WeakMap()

/**
 * Build or change a component, and return its clean-up.
 *
 * Streamlit also cleans up after a turn that was overtaken while it was loading, some milliseconds before the next one
 * comes here: a clean-up waits, and counts only if no other turn came. Else focus and what is being typed would be lost.
 * @param {Part} part
 * @param {Given} given
 */
export function mount(part, { data, parentElement, setTriggerValue, setStateValue }) {
  const root = /** @type {HTMLElement} */ (parentElement.querySelector("#root"))
  let place = places.get(parentElement)
  if (place?.root !== root) {
    place?.end.abort()
    const end = new AbortController()
    place = { root, end, state: part.build(root, end.signal), turn: 0 }
    end.signal.addEventListener("abort", () => root.replaceChildren())
    places.set(parentElement, place)
  }
  const { state, end } = place
  state.send = setTriggerValue
  state.keep = setStateValue
  part.show(state, data)
  const turn = ++place.turn
  return () =>
    setTimeout(() => {
      if (place.turn !== turn || end.signal.aborted) return
      if (places.get(parentElement) === place) places.delete(parentElement)
      end.abort()
    }, WAIT)
}
