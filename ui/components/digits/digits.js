// A button for each digit, kept and repainted; paint follows the theme through a hidden probe.
const SIDE = 28
const STATES = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".digits")
  let state = STATES.get(root)
  if (!state) {
    state = { buttons: [] }
    STATES.set(root, state)
    root.setAttribute("role", "group")
    state.probes = ["text", "ground"].map((name) => {
      const probe = document.createElement("i")
      probe.className = name
      root.append(probe)
      return probe
    })
    state.probes[0].addEventListener("transitionend", () => paint(state))
  }
  for (const [name, value] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, value)
  root.setAttribute("aria-label", data.label)
  state.data = data
  while (state.buttons.length > data.shown.length) state.buttons.pop().remove()
  while (state.buttons.length < data.shown.length) {
    const button = document.createElement("button")
    button.type = "button"
    const canvas = document.createElement("canvas")
    canvas.width = canvas.height = SIDE
    const caption = document.createElement("span")
    button.append(canvas, caption)
    root.append(button)
    state.buttons.push(button)
  }
  data.shown.forEach(([id, caption, label], place) => {
    const button = state.buttons[place]
    button.title = label
    button.disabled = !data.open
    button.setAttribute("aria-label", label)
    button.lastChild.textContent = caption
    button.onclick = () => setTriggerValue("choose", id)
  })
  paint(state)
  return () => {
    STATES.delete(root)
    root.replaceChildren()
  }
}

function paint(state) {
  const [text, ground] = state.probes.map((probe) => (getComputedStyle(probe).color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number))
  const about = `${state.data.pixels.length} ${text} ${ground}`
  if (state.painted === state.data.pixels && state.about === about) return
  state.painted = state.data.pixels
  state.about = about
  const bytes = Uint8Array.from(atob(state.data.pixels), (letter) => letter.charCodeAt(0))
  state.buttons.forEach((button, place) => {
    const ink = button.firstChild.getContext("2d")
    const image = ink.createImageData(SIDE, SIDE)
    for (let at = 0; at < SIDE * SIDE; at++) {
      const share = bytes[place * SIDE * SIDE + at] / 255
      for (let part = 0; part < 3; part++) image.data[4 * at + part] = ground[part] + (text[part] - ground[part]) * share
      image.data[4 * at + 3] = 255
    }
    ink.putImageData(image, 0, 0)
  })
}
