// What plate cameras of every maker have in common: what they push, what they are answered, what can be asked of them. One pure file a maker turns bytes into this
// (vzenith.ts, hikvision.ts, dahua.ts), one that asks (vzenith_page.ts, hikvision_camera.ts, dahua_camera.ts).
import { readPlate } from './rules/plates.ts'

/** Days of the camera's clock, written on the list so that a right ends there too when nobody can be reached. */
export interface ListAdd {
  plate: Plate
  from: string
  to: string
}
declare const IS_PLATE: unique symbol
/** Only `plateFor` makes one, and never of nothing: an empty plate cannot get into a delete. */
export type Plate = string & { [IS_PLATE]: true }
export function plateFor(text: string): Plate | null {
  const p = readPlate(text)
  return p === null ? null : (p as Plate)
}
export type ListDelta = { add: readonly [ListAdd, ...ListAdd[]] } | { remove: readonly [Plate, ...Plate[]] }
export interface Listed {
  plate: string
  /** Last moment, as the camera has it: local time. */
  until: string
}

export interface PlateLook {
  kind: 'look'
  /** As the camera names itself; empty where it does not. */
  serial_no: string
  /** Names this look for ever. */
  look_key: string
  plate: string | null
  vehicle: string
  confidence: number | null
  /** Whether the event is a passage at all. */
  passage: boolean
  /** Seconds by the camera's clock. */
  device_s: number
  replay: boolean
  by_camera: boolean
  picture: Buffer | null
}
export interface PlateBeat {
  kind: 'beat'
  serial_no: string
  /** Where it says its time. */
  device_s?: number
}
export type PlateMessage = PlateLook | PlateBeat
export interface Answer {
  open: boolean
  /** Read out by the camera, where it can. */
  say?: string
  list?: ListDelta
}
export interface Reply {
  type: string
  body: unknown
}
export interface Pushed {
  message: PlateMessage
  answer: (a: Answer) => Reply
}

/** What a camera says of itself when it is asked. */
export interface About {
  model: string
  serial_no: string
  firmware: string
  /** Seconds by its clock. */
  device_s: number | null
  /** Where it pushes to, as far as it tells; null: it does not tell. */
  hosts: { id: string; url: string }[] | null
  list_count?: number
}
export type Outcome = 'opened' | 'accepted' | 'refused' | 'unreachable' | 'unknown'
export interface Opened {
  outcome: Outcome
  note: string | null
}
/** A camera that the platform asks. */
export interface Camera {
  about(): Promise<About>
  /** Null: it opens by the answers to its pushes alone. Asked once; never again for the same car. */
  open: ((o: { plate: string | null; ms: number }) => Promise<Opened>) | null
  list: (() => Promise<Listed[]>) | null
  /** Null: its list is changed by the answers to its pushes. Doing it twice is as once. */
  change: ((d: ListDelta) => Promise<void>) | null
  /** Null: where it pushes to is set on its own page alone. */
  mend: ((to: URL) => Promise<void>) | null
}
