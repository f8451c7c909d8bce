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

/** @type {WeakMap<ParentNode, { state: any, end: AbortController, turn: number }>} */
const places = new WeakMap()

/**
 * Build or change a component, and return its clean-up.
 *
 * Streamlit also cleans up after a turn that was overtaken while it was loading: only the newest turn's clean-up counts.
 * @param {Part} part
 * @param {Given} given
 */
export function mount(part, { data, parentElement, setTriggerValue, setStateValue }) {
  let place = places.get(parentElement)
  if (!place) {
    const root = /** @type {HTMLElement} */ (parentElement.querySelector("#root"))
    const end = new AbortController()
    place = { end, state: part.build(root, end.signal), turn: 0 }
    end.signal.addEventListener("abort", () => root.replaceChildren())
    places.set(parentElement, place)
  }
  const { state, end } = place
  state.send = setTriggerValue
  state.keep = setStateValue
  part.show(state, data)
  const turn = ++place.turn
  return () => {
    if (places.get(parentElement)?.turn !== turn) return
    places.delete(parentElement)
    end.abort()
  }
}
