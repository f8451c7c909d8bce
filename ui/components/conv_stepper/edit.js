// Choosing a cell, seeing where an input reaches, and typing another number into an input, a weight or the bias.

const NUMBER = /^-?[0-9]{1,3}(\.[0-9]{1,3})?$/ // as in core/conv/edits.py

function editables(state) {
  const convolves = state.data.operation === "conv"
  return { input: state.inputs, kernel: convolves ? state.weights : [], bias: convolves ? state.biases : [] }
}

// One cell of each grid is in the tab order; the arrows move from there.
function makeEditable(state) {
  for (const [grid, cells] of Object.entries(editables(state))) {
    const columns = grid === "input" ? state.padded[1] : grid === "kernel" ? state.data.kernel[1] : 1
    cells.forEach((cell, index) => {
      Object.assign(cell.dataset, { grid, index, columns })
      cell.tabIndex = -1
    })
    const first = grid === "input" ? state.data.padding[0] * columns + state.data.padding[1] : 0
    if (cells[first]) cells[first].tabIndex = 0
  }
}

function name(state, cell, grid, row, column, value) {
  const words = state.all.words
  const padding = value === null
  if (padding) cell.removeAttribute("tabindex")
  else if (!cell.hasAttribute("tabindex")) cell.tabIndex = -1
  cell.dataset.place = padding ? "" : `${row}_${column}`
  const text = grid === "bias" ? words.bias : say(words.place, { row: row + 1, column: column + 1 })
  cell.setAttribute("aria-label", padding ? words.zero : `${text}: ${format(value)}`)
}

function select(root, state, cell) {
  if (!cell.dataset.place) return
  pause(state)
  const siblings = editables(state)[cell.dataset.grid]
  siblings.forEach((other) => other.hasAttribute("tabindex") && (other.tabIndex = other === cell ? 0 : -1))
  cell.focus()
  showReach(state, cell.dataset.grid === "input" ? cell : null)
  draw(root, state)
}

// Outline every output whose window takes this input cell.
function showReach(state, cell) {
  const { data, cells } = state
  state.reached?.forEach((index) => cells[index].classList.remove("reached"))
  state.selected?.classList.remove("selected")
  Object.assign(state, { reached: [], selected: cell, said: "" })
  if (!cell) return
  cell.classList.add("selected")
  const place = cell.dataset.place.split("_").map(Number)
  data.steps.forEach((step, index) => {
    const taken = [0, 1].every((axis) => {
      const tap = (place[axis] - step.at[axis]) / data.dilation[axis]
      return Number.isInteger(tap) && tap >= 0 && tap < data.kernel[axis]
    })
    if (!taken) return
    state.reached.push(index)
    cells[index].classList.add("reached")
  })
  state.said = say(state.all.words.reaches, { row: place[0] + 1, column: place[1] + 1, n: state.reached.length })
  state.ui.spoken.setAttribute("aria-live", "polite")
  state.ui.spoken.textContent = state.said
}

function moveInGrid(root, state, cell, key) {
  const columns = Number(cell.dataset.columns)
  const index = Number(cell.dataset.index)
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key]
  const aim = editables(state)[cell.dataset.grid][index + by]
  const sameRow = Math.floor(index / columns) === Math.floor((index + by) / columns)
  if (aim && (sameRow || Math.abs(by) === columns)) select(root, state, aim)
}

function startEdit(root, state, cell, typed) {
  if (!cell.dataset.place || cell.querySelector("input")) return
  pause(state)
  const before = cell.textContent.replace("−", "-")
  const field = make("input", "edit", cell, { type: "text", inputmode: "decimal", maxlength: 8 })
  field.setAttribute("aria-label", cell.getAttribute("aria-label"))
  field.value = typed ?? before
  field.focus()
  if (typed === undefined) field.select()
  let open = true
  const close = (keep) => {
    if (!open) return
    open = false
    const text = field.value.trim().replace("−", "-").replace(",", ".").replace(/^(-?)\./, "$10.")
    field.remove()
    if (keep && text !== before && NUMBER.test(text)) commit(root, state, cell, text)
  }
  field.onblur = () => close(true)
  field.onkeydown = (event) => {
    event.stopPropagation()
    if (event.key !== "Enter" && event.key !== "Escape") return
    event.preventDefault()
    close(event.key === "Enter")
    cell.focus()
  }
  field.oninput = () => field.setAttribute("aria-invalid", !/^[-−]?[0-9]{0,3}([.,][0-9]{0,3})?$/.test(field.value))
}

// The text of all edits goes to the server, so that a second one sent before the first one's answer loses nothing.
function commit(root, state, cell, text) {
  const { filter, channel } = state
  const place = {
    input: `x${state.all.firsts[filter] + channel}_${cell.dataset.place}`,
    kernel: `w${filter}_${channel}_${cell.dataset.place}`,
    bias: `b${filter}`,
  }[cell.dataset.grid]
  state.edits.set(place, text)
  const all = Array.from(state.edits, ([at, value]) => `${at}_${value}`).join("~")
  if (all.length > state.all.most) {
    state.edits.delete(place)
    state.ui.sum.textContent = state.all.words.full
    state.ui.spoken.textContent = state.all.words.full
    return
  }
  put(cell, Number(text), 0)
  state.send("edit", all)
}

function readEdits(text) {
  const items = text ? text.split("~") : []
  return new Map(items.map((item) => [item.slice(0, item.lastIndexOf("_")), item.slice(item.lastIndexOf("_") + 1)]))
}

function whereIsFocus(root, state) {
  const cell = root.getRootNode().activeElement
  return cell?.dataset?.place && root.contains(cell) ? { grid: cell.dataset.grid, place: cell.dataset.place } : null
}

function restoreFocus(state, focused) {
  const cells = focused ? editables(state)[focused.grid] : []
  const cell = cells.find((other) => other.dataset.place === focused.place)
  if (!cell) return
  cells.forEach((other) => other.hasAttribute("tabindex") && (other.tabIndex = other === cell ? 0 : -1))
  cell.focus()
}
