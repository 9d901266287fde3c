// plate: the server's share of a decision at a barrier: `size` pushes of a camera with a picture of 60 KB, from their bytes to the answer, with 5,000 plates on
// permits and 800 cars inside. decision: one after the other without a pause, which is as many as one process can decide. beside: while 2,000 messages a second of
// devices are taken by the gateway, cars come at a pace of PACE_PER_S, as many as forty lanes have when they never stand still; a push that must wait for the one
// before it counts from the moment when it was due. Without a pause is told in its note. replay: 9,000 looks of an outage, a fifth of them pushed twice, with live
// cars between them: seconds; each must be there once, and the live ones were answered in their turn (issue 5: under 5 minutes).
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Figure } from '../tools/bench.ts'
import { makeApp } from '../src/apps/modules.ts'
import { nowMs } from '../src/kernel/clock.ts'
import { asOwner } from '../src/kernel/db.ts'
import { SERVER_FLAGS } from '../src/kernel/server_flags.ts'
import { cameraPath, takePush } from '../src/modules/parking/server/push.ts'
import { PlateCamera } from '../src/world/outside/plate_camera.ts'
import { gateway } from './ingest.ts'

const PLATES = 5000
const INSIDE = 800
const LOOKS = 20_000
const ID = (s: string): string => `md5('${s}')::uuid`
async function arrange(url: string): Promise<string> {
  let camera_id = ''
  await asOwner(url, async (c) => {
    const run = (text: string, values: unknown[] = []) => c.query(text, values)
    await run(`insert into identity.company (company_id, name, short_name, created_at) overriding system value values (1, '基准车场', '基准车场', now())`)
    await run(`select setval(pg_get_serial_sequence('identity.company', 'company_id'), 1)`)
    await run(`insert into property.community (company_id, community_id, name, created_at) values (1, ${ID('m')}, '小区', now())`)
    await run(`insert into property.building (company_id, building_id, community_id, no, name, kind) values (1, ${ID('b')}, ${ID('m')}, 'P1', '停车场', 'car_park')`)
    await run(`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, state, sort_no, created_at) values (1, ${ID('h')}, ${ID('m')}, ${ID('b')}, 'bay', '1', 'P1-1', 0, 'vacant', 1, now())`)
    await run(`insert into people.person (company_id, person_id, name, created_at) values (1, ${ID('p')}, '临停车主', now())`)
    await run(`insert into parking.lot (company_id, lot_id, community_id, building_id, house_id, payer_id, name, code, belongs_to, keeper_id, changed_at, created_at) values (1, ${ID('l')}, ${ID('m')}, ${ID('b')}, ${ID('h')}, ${ID('p')}, '地库', 'AAAAAAAA', 'company', ${ID('k')}, now(), now())`)
    await run(`insert into parking.rule (company_id, rule_id, lot_id, from_on, capacity, reserved, closed, visitors_when_closed, full_stop, overflow, window_s, no_entry_fen, lost_card_fen, remind_days, keep_days, created_at) values (1, ${ID('r')}, ${ID('l')}, '2020-01-01', 100000, 0, '[]', true, true, 'temporary', 30, 0, 0, 7, 180, now())`)
    await run(`insert into parking.lane (company_id, lane_id, lot_id, name, direction, fail_mode, changed_at) values (1, ${ID('n')}, ${ID('l')}, '入口', 'in', 'closed', now())`)
    await run(`insert into parking.camera (company_id, camera_id, lane_id, name, direction, dialect, changed_at) values (1, ${ID('c')}, ${ID('n')}, '相机', 'in', 'vzenith', now())`)
    await run(`insert into parking.permit (company_id, permit_id, lot_id, kind, holder_name, places, state, from_on, created_at) select 1, md5('pm' || i)::uuid, ${ID('l')}, 'lease', '车主' || i, 1, 'live', '2020-01-01', now() from generate_series(1, $1::int) i`, [PLATES])
    await run(`insert into parking.permit_plate (company_id, permit_id, plate, lot_id, from_on) select 1, md5('pm' || i)::uuid, '陕C' || (10000 + i), ${ID('l')}, '2020-01-01' from generate_series(1, $1::int) i`, [PLATES])
    await run(`insert into parking.stay (company_id, stay_id, lot_id, plate, vehicle, class, permit_id, entered_at, state) select 1, md5('s' || i)::uuid, ${ID('l')}, '陕C' || (10000 + i), 'small', 'lease', md5('pm' || i)::uuid, now() - interval '5 hours', 'in' from generate_series(1, $1::int) i`, [INSIDE])
    // A lot has a history, and its tables were looked at by the database since.
    await run(`insert into parking.look (company_id, look_id, lot_id, lane_id, camera_id, direction, look_key, plate, no_plate, vehicle, device_at, received_at, replay, by_camera, decision, why) select 1, md5('k' || i)::uuid, ${ID('l')}, ${ID('n')}, ${ID('c')}, 'in', 'old' || i, '陕G' || (10000 + i % 9000), false, 'small', now() - make_interval(mins => i), now() - make_interval(mins => i), false, false, 'open', 'temporary' from generate_series(1, $1::int) i`, [LOOKS])
    await run('analyze parking.permit; analyze parking.permit_plate; analyze parking.stay; analyze parking.look; analyze parking.camera; analyze parking.lane; analyze parking.lot; analyze parking.rule')
    camera_id = (await run(`select ${ID('c')} as id`)).rows[0].id as string
  })
  return camera_id
}

const WARM = 50
const LIVE_EVERY = 500
const BESIDE_S = 2000
const PACE_PER_S = 20
/** Segments of the log that stand ready, as in an installation that has run for a while: a new one of 16 MB is written full of zeros while every commit waits, here each eight seconds, 25 to 40 ms. */
const LOG_SEGMENTS = 20

interface Asked {
  url: string
  size: number
}
/** In a process of its own, with the flags of the one that answers requests. */
export function run({ url, size }: Asked): Promise<Figure[]> {
  const child = fork(import.meta.filename, ['measure'], { execArgv: [...SERVER_FLAGS] })
  return new Promise((done, failed) => {
    child.once('message', (figures) => done(figures as Figure[]))
    child.once('exit', (code) => failed(new Error(`the process that measures ended: ${code}`)))
    child.send({ url, size } satisfies Asked)
  })
}
if (process.argv[2] === 'measure') {
  process.once('message', async (asked: Asked) => {
    process.send!(await measure(asked))
    process.disconnect()
  })
}

async function measure({ url, size }: Asked): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  const camera_id = await arrange(url)
  const app = makeApp({ url, data_dir: dir, mode: 'empty', name: 'bench', max: 4 })
  const ref = cameraPath(1, camera_id, 1).replace('/gate/plate/', '')
  const took: number[] = []
  const cam = new PlateCamera({
    serial_no: 'bench', nowMs,
    send: async (type, body) => {
      const begun = performance.now()
      const a = await takePush(app, ref, type, body)
      took.push(performance.now() - begun)
      return a
    },
  })
  try {
    return [await decisions(cam, took, size), await beside(cam, took, size, url), await replay(cam, took, size * 9, url)]
  } finally {
    await app.d.end()
    rmSync(dir, { recursive: true, force: true })
  }
}
let seen = 0
const round = (v: number, places = 10): number => Math.round(v * places) / places

/** How many messages were stored while it ran is said beside it: a figure under a load that was not there would be none. */
async function beside(cam: PlateCamera, took: number[], size: number, url: string): Promise<Figure> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  await asOwner(url, async (c) => {
    for (let n = 0; n < LOG_SEGMENTS; n++) await c.query(`select pg_logical_emit_message(false, 'bench', 'x'), pg_switch_wal()`)
    await c.query('checkpoint')
  })
  const g = await gateway(url, dir)
  const flood = fork(join(import.meta.dirname, 'flood.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const stored = () => asOwner(url, async (c) => Number.parseInt((await c.query<{ n: string }>(`select count(*) as n from iot.sample where company_id = $1`, [g.company_id])).rows[0]!.n, 10) / 3)
  try {
    await new Promise((sending) => { flood.once('message', sending); flood.send({ port: g.port, device_ids: g.device_ids, per_s: BESIDE_S }) })
    for (let n = 0; n < 100 && (await stored()) < BESIDE_S; n++) await sleep(100)
    const [before, begun] = [await stored(), performance.now()]
    const f = await decisions(cam, took, size, PACE_PER_S)
    const per_s = ((await stored()) - before) / ((performance.now() - begun) / 1000)
    const unpaced = await decisions(cam, took, size)
    return { ...f, bench: 'plate.beside', note: `${f.note!.replace('nothing beside it', `beside ${Math.round(per_s)} messages a second stored`)}; ${PACE_PER_S} cars a second; without a pause p99 ${unpaced.value} ms` }
  } finally {
    flood.kill('SIGKILL')
    g.child.kill('SIGTERM')
    rmSync(dir, { recursive: true, force: true })
  }
}
async function decisions(cam: PlateCamera, took: number[], size: number, per_s?: number): Promise<Figure> {
  const picture = randomBytes(60_000)
  const begun = seen
  let opened = 0
  let due = performance.now()
  for (let i = 0; i < size + WARM; i++) {
    // The first ones open connections and plan statements.
    if (i === WARM) took.length = 0
    seen++
    const waited = per_s ? Math.max(0, performance.now() - (due += 1000 / per_s)) : 0
    if (per_s && waited === 0) await sleep(due - performance.now())
    if (await cam.see({ plate: i % 2 === 0 ? `陕C${10_000 + INSIDE + 1 + ((begun + i) % (PLATES - INSIDE - 1))}` : `陕D${10_000 + ((begun + i) % 80_000)}`, picture })) opened++
    if (i >= WARM) took[took.length - 1]! += waited
  }
  const at = took.toSorted((a, b) => a - b)
  const p99 = at[Math.floor(at.length * 0.99)]!
  return { bench: 'plate.decision', size, value: round(p99), unit: 'ms', limit: 20, ratio: round(p99 / 20, 100), note: `p99 of ${at.length} pushes with a picture of 60 KB; p50 ${at[Math.floor(at.length / 2)]!.toFixed(1)} ms, slowest ${at.at(-1)!.toFixed(1)} ms; ${opened} opened; nothing beside it` }
}
async function replay(cam: PlateCamera, took: number[], count: number, url: string): Promise<Figure> {
  const begun_at = nowMs() - count * 7000
  cam.kept = Array.from({ length: count }, (_, i) => ({ at_ms: begun_at + i * 7000, plateid: 1_000_000 + i, seen: { plate: `陕E${10_000 + (i % 400)}` }, opened: true }))
  const begun = performance.now()
  const live: number[] = []
  let twice = 0
  for (let left = count, n = 0; left > 0; n++) {
    left = await cam.replay({ max: LIVE_EVERY, twice: (i) => { const again = i % 5 === 0; if (again) twice++; return again } })
    took.length = 0
    await cam.see({ plate: `陕F${20_000 + n}` })
    live.push(took[0]!)
  }
  const seconds = (performance.now() - begun) / 1000
  let kept = 0
  let opened = 0
  await asOwner(url, async (c) => {
    const r = await c.query<{ kept: string; opened: string }>(`select count(*) as kept, count(*) filter (where decision = 'open') as opened from parking.look where replay`)
    kept = Number.parseInt(r.rows[0]!.kept, 10)
    opened = Number.parseInt(r.rows[0]!.opened, 10)
  })
  if (kept !== count || opened !== 0) throw new Error(`${count} kept looks became ${kept}, ${opened} of them opened`)
  return { bench: 'plate.replay', size: count, value: round(seconds), unit: 's', limit: 300, ratio: round(seconds / 300, 100), note: `${twice} of them pushed twice, ${live.length} live cars between, slowest answer to one ${Math.max(...live).toFixed(0)} ms; each once, none opened` }
}
