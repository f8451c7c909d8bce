// Digits in rows. Tiles are kept by id, so that a new one appears among those that stay; which are chosen is known here
// and told to Python. data-count and data-chosen are there for the browser tests.

import { changed, each, make, still } from "../dom.js"

export function build(root) {
  root.setAttribute("role", "group")
  return { root, tiles: new Map(), chosen: new Set(), forget: 0, data: null }
}

export function show(state, data) {
  if (!changed(state, data)) return
  const { root } = state
  const first = !state.data
  state.data = data
  if (data.forget !== state.forget) state.chosen.clear()
  state.forget = data.forget
  root.className = `gallery ${data.look}`
  root.setAttribute("aria-label", data.label)
  root.style.setProperty("--sheet", data.sheet ? `url("${data.sheet}")` : "none")
  root.style.setProperty("--columns", data.columns)
  const known = state.tiles
  state.tiles = new Map()
  let place = 0
  each(root, data.rows, () => row(root), (line, { title, tiles }) => {
    line.firstChild.textContent = title
    line.firstChild.hidden = !title
    const elements = tiles.map((tile) => {
      const element = kept(state, known.get(tile.id), tile)
      if (!first && !known.has(tile.id) && !still()) appear(element)
      known.delete(tile.id)
      element.style.setProperty("--x", place % data.columns)
      element.style.setProperty("--y", Math.floor(place / data.columns))
      place++
      return element
    })
    arrange(line.lastChild, elements)
  })
  for (const [id, element] of known) {
    element.remove()
    state.chosen.delete(id)
  }
  mark(state)
}

function row(root) {
  const line = make("div", "row", root)
  make("h4", "title", line)
  make("div", "tiles", line)
}

// A tile that can be chosen is a button, any other a picture: which it is may change when the teacher shows the token.
function kept(state, old, tile) {
  const tag = tile.choosable ? "button" : "figure"
  let element = old
  if (element?.localName !== tag) {
    element?.remove()
    element = make(tag, "", null, tile.choosable ? { type: "button" } : { role: "img" })
    make("span", "picture", element)
    make("span", "note", element)
  }
  state.tiles.set(tile.id, element)
  element.className = `tile${tile.odd ? " odd" : ""}${tile.mine ? " mine" : ""}`
  element.dataset.id = tile.id
  element.lastChild.textContent = tile.note
  element.title = tile.mine ? `${tile.spoken} (${state.data.mine})` : tile.spoken
  element.setAttribute("aria-label", element.title)
  element.onclick = tile.choosable ? () => choose(state, tile.id) : null
  if (!tile.choosable) state.chosen.delete(tile.id)
  return element
}

// Puts elements into their order; those that are in it already stay where they are, and keep the focus.
function arrange(parent, elements) {
  elements.forEach((element, place) => {
    if (parent.children[place] !== element) parent.insertBefore(element, parent.children[place] ?? null)
  })
}

function appear(element) {
  element.animate([{ opacity: 0, transform: "scale(0.6)" }, { opacity: 1, transform: "none" }], 250)
}

function choose(state, id) {
  if (!state.data.many) return state.send("choose", id)
  if (!state.chosen.delete(id)) state.chosen.add(id)
  mark(state)
  state.keep("chosen", [...state.chosen])
}

function mark(state) {
  for (const [id, element] of state.tiles) {
    if (state.data.many && element.localName === "button") element.setAttribute("aria-pressed", state.chosen.has(id))
  }
  state.root.dataset.count = state.tiles.size
  state.root.dataset.chosen = [...state.chosen].join(" ")
}
