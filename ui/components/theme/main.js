// Compares the ground that the page stands on with the one that Python drew for, and says so when they differ.

import { make, rgb } from "../dom.js"

export function build(root) {
  const state = { probe: make("i", "probe", root), told: null, drawn: null }
  state.probe.addEventListener("transitionend", () => look(state))
  return state
}

export function show(state, data) {
  state.drawn = data.dark
  look(state)
}

function look(state) {
  const [red, green, blue] = rgb(getComputedStyle(state.probe).color)
  const dark = 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128
  if (dark === state.drawn) state.told = null
  else if (dark !== state.told) {
    state.told = dark // once: a page that cannot follow is not run for ever
    state.send("theme", dark ? "dark" : "light")
  }
}
