// The doors of the sample, alive: each controller asks by long poll, and people come through now and then, by the cards that stand in its list.
import { setTimeout as sleep } from 'node:timers/promises'
import { steadyMs } from '../../kernel/clock.ts'
import { DoorTerminal } from './door_terminal.ts'

export interface SimDoors {
  name: string
  path: string
  ports: number[]
}
const WAIT_S = 20
const AGAIN_MS = 5_000
const ANSWER_MS = 40_000
/** Between two people at one controller, on average. */
const PEOPLE_MS = 90_000
export function startDoors(o: { base: string; controllers: readonly SimDoors[] }): { count: number; stop: () => void } {
  const stopping = new AbortController()
  const { signal } = stopping
  for (const k of o.controllers) {
    const send = async (body: string): Promise<{ status: number; body: unknown } | null> => {
      const r = await fetch(`${o.base}${k.path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) }).catch(() => null)
      return r ? { status: r.status, body: await r.json().catch(() => null) } : null
    }
    // Its numbers begin anew with each start of this process: another series.
    const d = new DoorTerminal({ path: k.path, ports: k.ports, send, nowMs: () => Date.now(), face: async (face_id) => { const r = await fetch(`${o.base}${k.path}/face/${face_id}`, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) }).catch(() => null); return r?.ok ? new Uint8Array(await r.arrayBuffer()) : null } })
    d.series = `R${Date.now().toString(36)}`
    void (async () => {
      let next = steadyMs() + Math.random() * PEOPLE_MS
      while (!signal.aborted) {
        const heard = await d.poll(WAIT_S)
        if (!heard) await sleep(AGAIN_MS, undefined, { signal }).catch(() => {})
        if (!heard || steadyMs() < next) continue
        next = steadyMs() + (0.5 + Math.random()) * PEOPLE_MS
        const cards = [...d.list.keys()].filter((key) => key.startsWith('c:'))
        const port = k.ports[Math.floor(Math.random() * k.ports.length)]!
        const card = cards[Math.floor(Math.random() * cards.length)]
        if (card && Math.random() < 0.8) await d.swipe(card.slice(2), port)
        else await d.button(port)
      }
    })()
  }
  return { count: o.controllers.length, stop: () => stopping.abort() }
}
