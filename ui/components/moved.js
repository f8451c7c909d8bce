// Tells Python that a run has come to another moment than the one that is drawn, so that the page is drawn anew.

const REPEAT = 2000 // ms until a moment that Python did not take notice of is told again

/**
 * @param {Record<string, any>} state of the component
 * @param {string} moment another text whenever more than the pictures changes
 * @param {boolean} rests whether the page can be drawn anew now
 * @param {boolean} streamed whether this came from the run; else the page was just drawn
 */
export function moved(state, moment, rests, streamed) {
  if (!streamed) Object.assign(state, { drawn: moment, told: "" })
  const told = state.told === moment && Date.now() - state.toldAt < REPEAT
  if (!rests || moment === state.drawn || told) return
  Object.assign(state, { told: moment, toldAt: Date.now() })
  state.send("moved", `${moment} ${state.toldAt}`)
}
