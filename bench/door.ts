// door.command_p95_ms: from the call that opens a door to the door's own word that it opened, through the whole API and a hundred controllers that wait by long poll, each with two
// doors; the commands one after the other, as a person gives them. door.revoke_s: a card reported lost, until every controller has taken it off its list and said so.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Figure } from '../tools/bench.ts'
import { DoorTerminal } from '../src/world/outside/door_terminal.ts'
import { PORT, headers, start, uuid } from './orders.ts'

const CONTROLLERS = 100
const WAIT_S = 20
const LOOK_MS = 5
const GIVE_UP_MS = 30_000
const BASE = `http://127.0.0.1:${PORT}`
async function call<T>(token: string, name: string, input: unknown): Promise<T> {
  const r = await fetch(`${BASE}/api/${name}`, { method: 'POST', headers: headers(token), body: JSON.stringify(input) })
  const answer = (await r.json()) as T
  if (!r.ok) throw new Error(`${name}: ${JSON.stringify(answer).slice(0, 300)}`)
  return answer
}
export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const children: ChildProcess[] = []
  const stopping = new AbortController()
  try {
    const token = await start(url, dir, children)
    const terminals: DoorTerminal[] = []
    const doors: string[] = []
    for (let n = 0; n < CONTROLLERS; n++) {
      const { controller_id } = await call<{ controller_id: string }>(token, 'doors/saveController', { community_id: uuid('c'), name: `K${n}`, serial_no: null, retired: false })
      for (const port_no of [1, 2]) doors.push((await call<{ door_id: string }>(token, 'doors/saveDoor', { controller_id, port_no, building_id: null, unit_no: null, name: `门${n}-${port_no}`, kind: 'gate', fire_release: false, held_s: 30, retired: false })).door_id)
      const { path } = await call<{ path: string }>(token, 'doors/controllerAddress', { controller_id })
      terminals.push(new DoorTerminal({
        path, ports: [1, 2], nowMs: () => Date.now(),
        send: async (body) => {
          const r = await fetch(`${BASE}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: stopping.signal }).catch(() => null)
          return r ? { status: r.status, body: await r.json().catch(() => null) } : null
        },
      }))
    }
    const { group_id } = await call<{ group_id: string }>(token, 'doors/saveGroup', { community_id: uuid('c'), name: '全部', door_ids: doors })
    const { account_id } = (await call<{ staff: { account_id: string }[] }>(token, 'doors/staffAndRoles', {})).staff[0]!
    await call(token, 'doors/grantRight', { group_id, who: 'staff', account_id, times: [], from_on: '2020-01-01', to_on: null, reason: '基准' })
    const { card_id } = await call<{ card_id: string }>(token, 'doors/issueCard', { account_id, community_id: uuid('c'), card_no: '77007700', to_on: null, reason: null })
    for (const d of terminals) void (async () => { while (!stopping.signal.aborted) if (!(await d.poll(WAIT_S))) await sleep(200) })()
    const until = async (what: string, is: () => boolean | Promise<boolean>): Promise<void> => {
      const begun = performance.now()
      while (!(await is())) {
        if (performance.now() - begun > GIVE_UP_MS) throw new Error(`${what} took more than ${GIVE_UP_MS} ms`)
        await sleep(LOOK_MS)
      }
    }
    const left = async (): Promise<boolean> => (await call<{ rows: { card_id: string; left_doors: number }[] }>(token, 'doors/cards', { page_size: 10 })).rows.find((r) => r.card_id === card_id)!.left_doors === 0
    await until('giving the card to all', left)
    const took: number[] = []
    for (let n = 0; n < size; n++) {
      const begun = performance.now()
      const { command_id } = await call<{ command_id: string }>(token, 'doors/commandDoor', { door_id: doors[(n * 37) % doors.length], what: 'open', reason: '基准测试' })
      await until('a command', async () => (await call<{ state: string }>(token, 'doors/command', { command_id })).state === 'confirmed')
      took.push(performance.now() - begun)
    }
    const begun = performance.now()
    await call(token, 'doors/loseCard', { card_id, reason: '基准测试' })
    await until('taking the card off', () => terminals.every((d) => !d.list.has('c:77007700')))
    const off = (performance.now() - begun) / 1000
    await until('the word of all', left)
    const said = (performance.now() - begun) / 1000
    const at = took.toSorted((a, b) => a - b)
    const p95 = at[Math.floor(at.length * 0.95)]!
    return [
      { bench: 'door.command_p95_ms', size, value: Math.round(p95), unit: 'ms', limit: 500, ratio: Math.round((p95 / 500) * 1000) / 1000, note: `p95 of ${size} commands to ${doors.length} doors, asked until confirmed; p50 ${at[Math.floor(at.length / 2)]!.toFixed(0)} ms, slowest ${at.at(-1)!.toFixed(0)} ms` },
      { bench: 'door.revoke_s', size: CONTROLLERS, value: Math.round(said * 100) / 100, unit: 's', limit: 5, ratio: Math.round((said / 5) * 1000) / 1000, note: `off all ${CONTROLLERS} lists after ${off.toFixed(2)} s, confirmed by all after ${said.toFixed(2)} s` },
    ]
  } finally {
    stopping.abort()
    for (const c of children) c.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
}
