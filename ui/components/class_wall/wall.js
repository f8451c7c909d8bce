// A wall of digits. Tiles are kept by id, so that a new one appears among those that stay; what is chosen lives here
// and is told to Python. data-count and data-chosen are there for the browser tests.

const STATES = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".wall")
  let state = STATES.get(root)
  if (!state) {
    state = { signature: "", tiles: new Map(), rows: new Map(), chosen: new Set(), first: true, forget: data.forget }
    STATES.set(root, state)
  }
  state.send = setStateValue
  const signature = JSON.stringify(data)
  if (signature !== state.signature) {
    state.signature = signature
    fill(root, state, data)
  }
  return () => {
    STATES.delete(root)
    root.replaceChildren()
  }
}

function fill(root, state, data) {
  for (const [name, value] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, value)
  root.style.setProperty("--sheet", data.sheet ? `url("${data.sheet}")` : "none")
  root.style.setProperty("--columns", data.columns)
  root.setAttribute("role", "group")
  root.setAttribute("aria-label", data.words.wall)
  if (data.forget !== state.forget) {
    state.forget = data.forget
    state.chosen.clear()
  }
  const present = new Set()
  let place = 0
  data.rows.forEach((row, index) => {
    const line = state.rows.get(index) ?? newRow(root, state, index)
    line.title.textContent = row.title
    line.title.hidden = !row.title
    row.tiles.forEach((tile, position) => {
      const element = upsert(state, tile, data)
      present.add(tile.id)
      element.picture.style.setProperty("--x", place % data.columns)
      element.picture.style.setProperty("--y", Math.floor(place / data.columns))
      if (line.list.children[position] !== element) line.list.insertBefore(element, line.list.children[position] ?? null)
      place++
    })
  })
  for (const [id, element] of state.tiles) {
    if (present.has(id)) continue
    element.remove()
    state.tiles.delete(id)
    state.chosen.delete(id)
  }
  for (const [index, line] of state.rows) {
    if (index < data.rows.length) continue
    line.box.remove()
    state.rows.delete(index)
  }
  state.first = false
  mark(root, state)
}

function make(tag, className, parent) {
  const element = document.createElement(tag)
  element.className = className
  parent?.append(element)
  return element
}

function newRow(root, state, index) {
  const box = make("div", "row", root)
  const line = { box, title: make("h4", "title", box), list: make("div", "tiles", box) }
  state.rows.set(index, line)
  return line
}

// A tile that can be chosen is a button, any other a picture: what it is may change when the teacher shows the token.
function upsert(state, tile, data) {
  const tag = tile.choosable ? "BUTTON" : "FIGURE"
  let element = state.tiles.get(tile.id)
  const known = element !== undefined
  if (!known || element.tagName !== tag) {
    element?.remove()
    element = make(tag, "tile")
    element.picture = make("span", "picture", element)
    element.note = make("span", "note", element)
    element.dataset.id = tile.id
    if (tile.choosable) {
      element.type = "button"
      element.onclick = () => choose(state, tile.id)
    } else {
      element.setAttribute("role", "img")
    }
    state.tiles.set(tile.id, element)
    if (!known && !state.first) appear(element)
  }
  element.classList.toggle("odd", tile.odd)
  element.classList.toggle("mine", tile.mine)
  element.note.textContent = tile.note
  element.setAttribute("aria-label", tile.mine ? `${tile.spoken} (${data.words.mine})` : tile.spoken)
  element.title = element.getAttribute("aria-label")
  if (!tile.choosable) state.chosen.delete(tile.id)
  return element
}

function appear(element) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return
  element.animate([{ opacity: 0, transform: "scale(0.6)" }, { opacity: 1, transform: "none" }], 250)
}

function choose(state, id) {
  if (!state.chosen.delete(id)) state.chosen.add(id)
  const root = state.tiles.get(id).closest(".wall")
  mark(root, state)
  state.send("chosen", [...state.chosen])
}

function mark(root, state) {
  for (const [id, element] of state.tiles) {
    if (element.tagName === "BUTTON") element.setAttribute("aria-pressed", state.chosen.has(id))
  }
  root.dataset.count = state.tiles.size
  root.dataset.chosen = [...state.chosen].join(" ")
}
