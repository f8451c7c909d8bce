// Compares the ground that the page stands on with the one that Python drew for, and says so when they differ.

const STATES = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const probe = parentElement.querySelector(".probe")
  let state = STATES.get(probe)
  if (!state) {
    state = { told: null }
    STATES.set(probe, state)
    probe.addEventListener("transitionend", () => look(probe, state))
  }
  state.drawn = data.dark
  state.send = setTriggerValue
  look(probe, state)
}

function look(probe, state) {
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number)
  const dark = 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128
  if (dark === state.drawn) state.told = null
  else if (dark !== state.told) {
    state.told = dark // once: a page that cannot follow is not run for ever
    state.send("theme", dark ? "dark" : "light")
  }
}
