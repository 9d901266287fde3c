// Where somebody stood at a check: only where the company asks, seen by whoever judges it, far and too quick doubted, gone after its days.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { rounds, type PositionIn } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
const NIGHT = '2026-11-26'
let t: TestApp
let w: TinyWorld
let boss: Hired
let guard: Hired
let reader: Caller
let points: { point_id: string; code: string }[]
let tasks: string[]
beforeAll(async () => {
  setClock('2026-11-26T10:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  boss = await t.hire('guard_head', here)
  guard = await t.hire('guard', here)
  reader = t.as('visitor')
  const kind_id = (await boss(rounds.kinds, {})).rows.find((k) => k.code === 'patrol')!.kind_id
  points = []
  for (const name of ['东门', '西门']) points.push(await boss(rounds.savePoint, { community_id: w.community_id, building_id: null, name, place: '', proof: 'scan', nfc_id: null, retired: false }))
  const { route_id } = await boss(rounds.saveRoute, { community_id: w.community_id, name: '两门', ordered: false, retired: false, stops: points.map((p) => ({ point_id: p.point_id, checklist_id: null, travel_seconds: 0 })) })
  const { plan_id } = await boss(rounds.savePlan, { community_id: w.community_id, kind_id, name: '夜巡', route_id, checklist_id: null, crew_id: null, rule: { kind: 'hourly', every_minutes: 60, from: '22:00', to: '04:00' }, from_on: NIGHT, to_on: null, grace_minutes: 30, photo: false })
  await boss(rounds.activatePlans, { plan_ids: [plan_id] })
  tasks = (await boss(rounds.tasks, { from_on: NIGHT, to_on: NIGHT, page_size: 50 })).rows.toSorted((a, b) => a.starts_at.localeCompare(b.starts_at)).map((x) => x.task_id)
}, 180_000)
beforeEach(() => t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`))

let seq = 0
const check = (task: number, stop_no: number, at: string, position?: PositionIn | null) => {
  setClock(at)
  return guard(rounds.saveRecord, { record_id: rid(), on_day: NIGHT, task_id: tasks[task]!, stop_no, device_at: at, device: { boot: someId(), mono_ms: 0, seq: ++seq, went_back: false, sync: null }, proof: 'scan', code: `HY1:${points[stop_no - 1]!.code}`, outcome: 'done', answers: [], note: null, photos: [], finding: null, ...(position === undefined ? {} : { position }) })
}
const at = (lat: string, accuracy_m = 10): PositionIn => ({ state: 'given', lat, lon: '107.752300', accuracy_m })
const stop = async (who: Caller, task: number, n: number) => (await who(rounds.task, { on_day: NIGHT, task_id: tasks[task]! })).stops[n - 1]!.record!

test('not asked for: not kept, whatever a phone sends', async () => {
  expect((await check(0, 1, '2026-11-26T14:01:00.000Z', at('34.274500'))).flags).toEqual([])
  expect((await stop(boss, 0, 1)).position).toBeNull()
})
test('asked for: with its error, for the reviewer and himself; a refusal is kept as one and is no fault', async () => {
  const { now } = await t.as('admin')(rounds.policy, {})
  await t.as('admin')(rounds.savePolicy, { ...now, from_on: NIGHT, positions: true, far_m: 100, speed_kmh: 20, position_days: 30 })
  expect(await guard(rounds.myRounds, {})).toMatchObject({ positions: true, position_days: 30 })
  expect((await check(1, 1, '2026-11-26T15:01:00.000Z', at('34.274500'))).flags).toEqual([])
  expect((await check(1, 2, '2026-11-26T15:20:00.000Z', { state: 'refused' })).flags).toEqual([])
  expect((await stop(boss, 1, 1)).position).toEqual({ state: 'given', lat: '34.274500', lon: '107.752300', accuracy_m: 10, distance_m: null })
  expect((await stop(boss, 1, 2)).position).toMatchObject({ state: 'refused', lat: null })
  expect((await stop(guard, 1, 1)).position).not.toBeNull()
  expect((await stop(reader, 1, 1)).position).toBeNull()
})
test('the reviewer says that here the point is; from then on far away is doubted', async () => {
  const r = await stop(boss, 1, 1)
  await boss(rounds.locatePoint, { on_day: NIGHT, task_id: tasks[1]!, record_id: r.record_id })
  await expectRefused(boss(rounds.locatePoint, { on_day: NIGHT, task_id: tasks[1]!, record_id: (await stop(boss, 1, 2)).record_id }), 'rounds.no_position')
  await expectRefused(guard(rounds.locatePoint, { on_day: NIGHT, task_id: tasks[1]!, record_id: r.record_id }), 'kernel.forbidden')
  expect((await check(2, 1, '2026-11-26T16:01:00.000Z', at('34.276500'))).flags).toEqual(['far'])
  expect(await stop(boss, 2, 1)).toMatchObject({ reasons: ['定位离点位 222 米(误差 10 米)'], position: { distance_m: 222 } })
  // Twenty seconds later more than a kilometre away.
  expect((await check(2, 2, '2026-11-26T16:01:20.000Z', at('34.286500'))).flags).toEqual(['too_quick'])
  expect((await boss(rounds.task, { on_day: NIGHT, task_id: tasks[2]! })).state).toBe('review')
})
test('after its days a position is gone, what was concluded stays', async () => {
  const forget = () => runSchedule(t.app, t.app.modules.find((m) => m.name === 'rounds')!.schedules!.find((s) => s.name === 'rounds.forget')!)
  setClock('2026-12-25T10:00:00Z')
  await forget()
  expect((await stop(boss, 2, 1)).position).not.toBeNull()
  setClock('2026-12-28T10:00:00Z')
  await forget()
  expect(await stop(boss, 2, 1)).toMatchObject({ position: null, flags: ['far'] })
  setClock(undefined)
})
test('half a place is no place', async () => {
  await expectRefused(t.as('admin')(rounds.savePoint, { community_id: w.community_id, building_id: null, name: '北门', place: '', proof: 'scan', nfc_id: null, retired: false, lat: '34.27' }), 'rounds.place_half')
})
