// A bar, a sentence, and two duties: to have the page drawn anew when its run has come to rest, and to carry clicks on
// Pause and the like over the run's own connection, on which nothing waits. A click that cannot go there goes on to
// Streamlit, as if nobody had looked.

import { fill, make, say, set } from "../dom.js"
import { send, watchConnection } from "../live.js"
import { moved } from "../moved.js"

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { data: {}, lost: false }
  const line = make("div", "said", root)
  state.said = make("span", "", line)
  state.gone = make("strong", "", line, { role: "status" })
  state.bar = make("div", "bar", root, { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 })
  state.done = make("i", "", state.bar)
  addEventListener("click", (event) => order(state, event), { capture: true, signal })
  watchConnection(
    (lost) => {
      state.lost = lost
      draw(state)
    },
    () => state.send("moved", `${Date.now()}`),
    signal,
  )
  return state
}

export function show(state, data, streamed) {
  state.data = data
  moved(state, data.moment, data.rests, streamed)
  draw(state)
}

function draw(state) {
  const { said: [name, values], share, words } = state.data
  say(state.said, fill(words[name], values))
  say(state.gone, state.lost ? ` ${words.lost}` : "")
  const percent = (100 * share).toFixed(1)
  state.done.style.width = `${percent}%`
  set(state.bar, { "aria-valuenow": percent, "aria-valuetext": state.said.textContent })
}

function order(state, event) {
  const keyed = event.target instanceof Element && event.target.closest("button")?.closest('[class*="st-key-"]')
  const key = keyed && [...keyed.classList].find((name) => name.startsWith("st-key-"))?.slice(7)
  const name = key && event.isTrusted && state.data.orders[key]
  const button = name && event.target.closest("button")
  if (!button || button.disabled) return
  const again = () => button.dispatchEvent(new MouseEvent("click", { bubbles: true }))
  const answer = { done: () => button.removeAttribute("aria-busy"), refused: again }
  if (!send(name, state.data.run, answer)) return
  event.stopImmediatePropagation()
  event.preventDefault()
  button.setAttribute("aria-busy", "true")
}
