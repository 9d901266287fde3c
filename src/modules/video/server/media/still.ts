// One picture of a moment, for a rule of devices. A picture that needs no other is a key picture, and those come every few seconds: the one that was seen last before the
// moment, else the first after it.
import type { Fault } from './rtsp.ts'
import type { Live, Taken } from './live.ts'

/** Key pictures lie so far apart at most with usual cameras (one to four seconds). */
export const STILL_NEAR_MS = 10_000
/** Later than this a picture of now is not one of the moment. */
export const STILL_LATE_MS = 60_000
/** A camera that nobody looked at is connected and shows its first key picture within this. */
const WAIT_MS = 15_000
export function nearest(list: readonly Taken[], at_ms: number): Taken | undefined {
  const keys = list.filter((t) => t.sample.key && Math.abs(t.at_ms - at_ms) <= STILL_NEAR_MS)
  return keys.findLast((t) => t.at_ms <= at_ms) ?? keys[0]
}
/** Of a camera that is connected for it; what is wrong with it where none comes. */
export function nextPicture(live: Live, wait_ms = WAIT_MS): Promise<Taken | Fault> {
  return new Promise((done) => {
    let fault: Fault = 'silent'
    const looker = {
      onHead() {},
      onPiece() {},
      // It is tried again while there is time: a switch that comes back is not a camera that is gone.
      onFault(f: Fault) { fault = f },
      onSample(sample: Taken['sample'], at_ms: number, head: Taken['head']) { if (sample.key) end({ sample, at_ms, head }) },
    }
    const end = (r: Taken | Fault): void => {
      clearTimeout(late)
      live.remove(looker)
      done(r)
    }
    const late = setTimeout(() => end(fault), wait_ms)
    live.add(looker)
  })
}
