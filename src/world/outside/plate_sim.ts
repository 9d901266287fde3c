// The plate cameras of the sample, alive, each of its maker: it beats or polls, opens when it is told or asked, keeps its list, and a car comes now and then: by its list, from outside,
// or with no plate to read.
// Who is held at the exit waits for the guard or pays by phone, and comes once more after a while.
import { setTimeout as sleep } from 'node:timers/promises'
import { DahuaCamera } from './dahua_camera.ts'
import { HikCamera } from './hik_camera.ts'
import { PlateCamera } from './plate_camera.ts'
import { PlatePage } from './plate_page.ts'
import { platePicture } from './plate_picture.ts'

export interface SimPlateGate {
  name: string
  user: string
  password: string
  in: SimPlateCamera
  out: SimPlateCamera
}
export interface SimPlateCamera {
  /** Absent in samples loaded before there were others. */
  maker?: 'vzenith' | 'hikvision' | 'dahua'
  path: string
  serial_no: string
  port: number
}
/** A camera at a barrier, whoever made it. */
interface AtBarrier {
  /** A car stands there; whether the barrier went up. */
  see: (o: { plate: string | null; confidence: number }) => Promise<boolean>
  beat: () => Promise<unknown>
  listed: () => string[]
}
const BEAT_MS = 5_000
const ANSWER_MS = 20_000
/** Between two cars at one gate, on average. */
const CARS_MS = 150_000
const AGAIN_MS = 60_000
const STAYS_MS = 1_200_000
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'
const outside = (): string => `${['陕A', '陕C', '陕E', '豫M', '川A'][Math.floor(Math.random() * 5)]!}${Array.from({ length: 5 }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('')}`

/** The same car looks the same at both ends. */
const pictureOf = (plate: string | null): Buffer => platePicture(plate, [...(plate ?? '')].reduce((n, ch) => n + ch.codePointAt(0)!, 0))
/** How long a driver waits for a barrier that is asked to open. */
const BOOM_MS = 8_000
interface Site {
  base: string
  signal: AbortSignal
  nap: (ms: number) => Promise<unknown>
  pages: { stop: () => Promise<void> }[]
}
/** How each maker's camera is put up at a gate. */
function makersAt({ base, signal, nap, pages }: Site) {
  const push = (path: string, type: string, body: string | Buffer<ArrayBuffer>) => fetch(`${base}${path}`, { method: 'POST', headers: { 'content-type': type }, body, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) })
  /** Another sample on this machine may have the port: the lane lives all the same, and nobody can ask it. */
  const listen = (page: { listen: (port: number) => Promise<number>; stop: () => Promise<void> }, g: SimPlateGate, port: number) => page.listen(port).then(() => pages.push(page), (error: unknown) => console.error(`sim_devices: ${g.name}: ${String(error)}`))
  const vzenith = async (k: SimPlateCamera, g: SimPlateGate): Promise<AtBarrier> => {
    const cam = new PlateCamera({
      serial_no: k.serial_no, nowMs: () => Date.now(), first_plateid: Math.floor(Date.now() / 1000) % 1_000_000_000,
      send: async (type, body) => {
        const r = await push(k.path, type, body)
        return { status: r.status, body: await r.json().catch(() => null) }
      },
    })
    await listen(new PlatePage(cam, g), g, k.port)
    return { see: ({ plate, confidence }) => cam.see({ plate: plate ?? '_无_', confidence, picture: pictureOf(plate), ...(plate === null ? { kind: 0 } : {}) }), beat: () => cam.beat(), listed: () => [...cam.list.keys()] }
  }
  const up = async (cam: { opened: readonly unknown[] }, before: number): Promise<boolean> => {
    for (let waited = 0; waited < BOOM_MS && cam.opened.length === before && !signal.aborted; waited += 200) await nap(200)
    return cam.opened.length > before
  }
  const hikvision = async (k: SimPlateCamera, g: SimPlateGate): Promise<AtBarrier> => {
    const to = new URL(base)
    const cam = new HikCamera({ serial_no: k.serial_no, user: g.user, password: g.password, nowMs: () => Date.now(), host: { url: k.path, ip: to.hostname, port: Number(to.port || 80), protocol: 'HTTP' }, send: async (type, body) => ({ status: (await push(k.path, type, new Uint8Array(body) as unknown as Buffer<ArrayBuffer>)).status }) })
    await listen(cam, g, k.port)
    return { see: async ({ plate, confidence }) => { const before = cam.opened.length; return (await cam.see({ plate: plate ?? '无车牌', confidence, picture: pictureOf(plate) })) ? up(cam, before) : cam.opened.length > before }, beat: () => cam.beat(), listed: () => [...cam.list.keys()] }
  }
  const dahua = async (k: SimPlateCamera, g: SimPlateGate): Promise<AtBarrier> => {
    const cam = new DahuaCamera({
      serial_no: k.serial_no, user: g.user, password: g.password, nowMs: () => Date.now(),
      send: async (path, type, body) => {
        const r = await push(`${k.path}${path}`, type, new Uint8Array(body) as unknown as Buffer<ArrayBuffer>)
        return { status: r.status, body: await r.json().catch(() => null) }
      },
    })
    await listen(cam, g, k.port)
    return { see: async ({ plate, confidence }) => { const before = cam.opened.length; return (await cam.see({ plate, confidence: Math.round(confidence * 2.55), picture: pictureOf(plate) })) ? up(cam, before) : cam.opened.length > before }, beat: () => cam.beat(), listed: () => [...cam.list.values()].map((r) => r.plate) }
  }
  return { vzenith, hikvision, dahua }
}
export async function startPlateGates(o: { base: string; gates: readonly SimPlateGate[] }): Promise<{ count: number; stop: () => Promise<void> }> {
  const stopping = new AbortController()
  const { signal } = stopping
  const pages: { stop: () => Promise<void> }[] = []
  const nap = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {})
  const put = makersAt({ base: o.base, signal, nap, pages })
  const camera = async (k: SimPlateCamera, g: SimPlateGate): Promise<AtBarrier> => {
    const cam = await put[k.maker ?? 'vzenith'](k, g)
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
        const listed = entry.listed()
        const n = Math.random()
        const plate = n < 0.1 ? null : n < 0.6 && listed.length > 0 ? listed[Math.floor(Math.random() * listed.length)]! : outside()
        if ((await entry.see({ plate, confidence: 80 + Math.floor(Math.random() * 20) })) && plate !== null) inside.push({ plate, leaves_ms: Date.now() + Math.random() * STAYS_MS })
      }
    })()
  }
  return { count: o.gates.length * 2, stop: async () => { stopping.abort(); await Promise.all(pages.map((p) => p.stop())) } }
}
