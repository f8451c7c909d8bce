// Shows what Python computed. Elements are made once and then only changed, so that bars move instead of flickering.
// data-digit, data-state, data-count (of answers) and data-ms (from the last pointer-up to this picture) are there for
// the browser tests.

import { changed, each, fill, make, still } from "../dom.js"

export function build(root, signal) {
  /** @type {Record<string, any>} */
  const state = { root, lastUp: 0 }
  document.addEventListener("pointerup", () => (state.lastUp = performance.now()), { capture: true, signal })
  return state
}

export function show(state, data) {
  if (!changed(state, data)) return
  if (data.networks.length) bars(state, data)
  pictures(state, data)
}

function best(probabilities) {
  return probabilities.length ? probabilities.indexOf(Math.max(...probabilities)) : -1
}

function bars(state, data) {
  const { root } = state
  const box = (state.box ??= make("div", "box", root))
  // A row that came with the first stroke would move everything below the answers.
  const entropy = !!data.judgement || data.networks.some((network) => network.entropy !== null)
  const shape = [data.networks.length, data.big, !!data.judgement, entropy].join()
  box.classList.toggle("tight", data.networks.length > 1)
  box.classList.toggle("many", data.networks.length > 2)
  if (box.dataset.shape !== shape) {
    box.replaceChildren()
    box.dataset.shape = shape
    table(box, data, entropy)
  }
  root.setAttribute("role", "group")
  root.setAttribute("aria-label", data.words.region)
  root.dataset.testid = "probabilities"
  const first = best(data.networks[0].probabilities)
  const digit = first < 0 ? "" : first
  box.querySelector(".corner").textContent = data.words.digit
  if (box.entropies) box.querySelector(".entropy th").textContent = data.words.entropy
  data.networks.forEach((network, column) => one(box, network, column, data.words))
  box.querySelector(".note").textContent = data.note
  box.line.textContent = data.networks.some((network) => network.before.length) ? data.words.before : ""
  box.querySelector(".spoken").textContent = data.spoken
  if (data.judgement) judge(box, data.judgement, digit === "")
  if (data.judgement) see(box.querySelector(".seen"), data.seen)
  const big = box.querySelector(".big")
  if (big) {
    const shown = digit === "" ? "?" : String(digit)
    big.classList.toggle("waiting", digit === "")
    if (big.textContent !== shown) {
      big.textContent = shown
      const pace = { duration: still() ? 0 : 160, easing: "ease-out" }
      if (digit !== "") big.animate([{ transform: "scale(0.8)" }, { transform: "none" }], pace)
    }
  }
  root.dataset.digit = digit
  root.dataset.count = Number(root.dataset.count ?? 0) + 1
  root.dataset.state = digit === "" ? "empty" : "answer"
  const asked = state.lastUp
  requestAnimationFrame(() => (root.dataset.ms = asked ? Math.round(performance.now() - asked) : ""))
}

function one(box, { name, sub, probabilities, before, entropy }, column, words) {
  const title = box.querySelectorAll(".name")[column]
  title.firstChild.textContent = name.replaceAll("-", "\u2011") // LeNet-5 stays in one line
  title.lastChild.textContent = sub
  const most = best(probabilities)
  for (let row = 0; row < 10; row++) {
    const cell = box.rows[row][column]
    const share = probabilities[row]
    cell.classList.toggle("best", row === most)
    cell.bar.style.transform = `scaleX(${share ?? 0})`
    cell.number.textContent = share === undefined ? "" : `${(100 * share).toFixed(1)}%`
    cell.mark.hidden = !before.length || Math.abs(before[row] - share) < 0.005
    cell.mark.style.left = `${100 * (before[row] ?? 0)}%`
    cell.mark.title = words.before
  }
  if (box.entropies) box.entropies[column].textContent = entropy === null ? "" : fill(words.bits, { n: entropy })
}

function judge(box, { doubtful, words, help }, empty) {
  const line = box.querySelector(".judgement")
  line.hidden = empty && !doubtful
  line.classList.toggle("doubtful", doubtful)
  line.textContent = words
  line.title = help
  box.querySelector(".big").classList.toggle("doubted", doubtful)
}

function see(figure, seen) {
  figure.hidden = !seen
  if (!seen) return
  const [picture, words] = figure.children
  if (picture.src !== seen.source) picture.src = seen.source
  picture.alt = seen.alt
  words.textContent = seen.caption
}

function table(box, data, entropy) {
  if (data.big) make("div", "big", make("div", "left", box)).setAttribute("aria-hidden", "true")
  const side = make("div", "side", box)
  if (data.judgement) {
    const head = make("div", "head", side)
    make("div", "big", head).setAttribute("aria-hidden", "true")
    const words = make("div", "words", head)
    make("p", "note", words)
    make("p", "judgement", words)
    const seen = make("figure", "seen", head)
    make("img", "", seen)
    make("figcaption", "", seen)
  } else make("p", "note", side)
  const table = make("table", "table", make("div", "wide", side))
  table.style.minWidth = data.networks.length > 2 ? `${3.4 + 4.3 * data.networks.length}rem` : ""
  const head = make("tr", "", make("thead", "", table))
  make("th", "corner", head).scope = "col"
  for (const _network of data.networks) {
    const name = make("th", "name", head, { scope: "col" })
    make("span", "", name)
    make("small", "", name)
  }
  const body = make("tbody", "", table)
  box.rows = []
  for (let row = 0; row < 10; row++) {
    const line = make("tr", "", body)
    make("th", "digit", line, { scope: "row" }).textContent = String(row)
    box.rows.push(
      data.networks.map((_network, column) => {
        /** @type {any} */
        const cell = make("td", `cell network${column}`, line)
        const track = make("div", "track", cell)
        cell.bar = make("i", "bar", track)
        cell.mark = make("i", "mark", track)
        cell.number = make("span", "number", cell)
        return cell
      }),
    )
  }
  box.entropies = null
  if (entropy) {
    const line = make("tr", "entropy", body)
    make("th", "", line, { scope: "row" })
    box.entropies = data.networks.map(() => make("td", "bits", line))
  }
  box.line = make("p", "before", side)
  make("p", "spoken", side, { "aria-live": "polite" })
}

function pictures(state, data) {
  const { root } = state
  // Of a large answer they stand in the box, which may have been made anew.
  if (!state.strip?.isConnected) state.strip = make("ol", "strip", data.big ? root.querySelector(".left") : root)
  const { strip } = state
  strip.hidden = !data.pictures.length
  each(strip, data.pictures, () => stage(strip), (item, { source, caption, alt }) => {
    if (item.picture.src !== source) item.picture.src = source
    item.picture.alt = alt
    item.words.textContent = caption
  })
}

function stage(strip) {
  /** @type {any} */
  const item = make("li", "stage", strip)
  const figure = make("figure", "", item)
  item.picture = make("img", "picture", figure)
  item.words = make("figcaption", "", figure)
}
