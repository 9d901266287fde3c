// The plate cameras of the sample, alive: each polls, opens when it is told, keeps its list, and a car comes now and then: by its list, from outside, or with no plate to read.
// Who is held at the exit waits for the guard or pays by phone, and comes once more after a while.
import { setTimeout as sleep } from 'node:timers/promises'
import { PlateCamera } from './plate_camera.ts'
import { PlatePage } from './plate_page.ts'

export interface SimPlateGate {
  name: string
  user: string
  password: string
  in: { path: string; serial_no: string; port: number }
  out: { path: string; serial_no: string; port: number }
}
const BEAT_MS = 5_000
const ANSWER_MS = 20_000
/** Between two cars at one gate, on average. */
const CARS_MS = 150_000
const AGAIN_MS = 60_000
const STAYS_MS = 1_200_000
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'
const outside = (): string => `${['陕A', '陕C', '陕E', '豫M', '川A'][Math.floor(Math.random() * 5)]!}${Array.from({ length: 5 }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('')}`

export async function startPlateGates(o: { base: string; gates: readonly SimPlateGate[] }): Promise<{ count: number; stop: () => Promise<void> }> {
  const stopping = new AbortController()
  const { signal } = stopping
  const pages: PlatePage[] = []
  const nap = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {})
  const camera = async (k: SimPlateGate['in'], g: SimPlateGate): Promise<PlateCamera> => {
    const cam = new PlateCamera({
      serial_no: k.serial_no, nowMs: () => Date.now(), first_plateid: Math.floor(Date.now() / 1000) % 1_000_000_000,
      send: async (type, body) => {
        const r = await fetch(`${o.base}${k.path}`, { method: 'POST', headers: { 'content-type': type }, body, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) })
        return { status: r.status, body: await r.json().catch(() => null) }
      },
    })
    // Another sample on this machine may have the port: the lane lives all the same, its list cannot be read.
    const page = new PlatePage(cam, g)
    await page.listen(k.port).then(() => pages.push(page), (error: unknown) => console.error(`sim_devices: ${g.name}: ${String(error)}`))
    void (async () => {
      while (!signal.aborted) {
        await cam.beat()
        await nap(BEAT_MS)
      }
    })()
    return cam
  }
  for (const g of o.gates) {
    const [entry, exit] = [await camera(g.in, g), await camera(g.out, g)]
    void (async () => {
      const inside: { plate: string; leaves_ms: number }[] = []
      while (!signal.aborted) {
        await nap((0.5 + Math.random()) * CARS_MS)
        if (signal.aborted) return
        const gone = inside.findIndex((c) => c.leaves_ms < Date.now())
        if (gone >= 0) {
          const car = inside[gone]!
          if (await exit.see({ plate: car.plate, confidence: 92 })) inside.splice(gone, 1)
          else car.leaves_ms = Date.now() + AGAIN_MS
          continue
        }
        const listed = [...entry.list.keys()]
        const n = Math.random()
        const plate = n < 0.1 ? '_无_' : n < 0.6 && listed.length > 0 ? listed[Math.floor(Math.random() * listed.length)]! : outside()
        if ((await entry.see({ plate, confidence: 80 + Math.floor(Math.random() * 20), ...(plate === '_无_' ? { kind: 0 } : {}) })) && plate !== '_无_') inside.push({ plate, leaves_ms: Date.now() + Math.random() * STAYS_MS })
      }
    })()
  }
  return { count: o.gates.length * 2, stop: async () => { stopping.abort(); await Promise.all(pages.map((p) => p.stop())) } }
}
