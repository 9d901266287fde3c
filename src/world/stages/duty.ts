// The fire control room of 花园小区 with eight certified guards in four groups, and its power room: a roster by cycle, a day and a half handed over by
// signature, the hourly logs with one hour caught up and one missed.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { at, inside, personOf, type Person } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { addDays } from '../../kernel/clock.ts'
import { saveUpload } from '../../kernel/files.ts'
import { uuidOf } from '../../kernel/ids.ts'
import { duty, type Shift } from '../../modules/duty/contract.ts'
import { equipment } from '../../modules/equipment/contract.ts'
import { rounds, type Item, type TaskRow } from '../../modules/rounds/contract.ts'
import { scribble } from './paid_service.ts'

const GUARDS = Array.from({ length: 8 }, (_, i) => `zhixuyuan${i + 1}`)
const FITTERS = ['weixiu1', 'weixiu2', 'weixiu3', 'weixiu4']
const tick = (item_id: string, text: string): Item => ({ item_id, text, answer: 'tick', choices: [], low: null, high: null, unit: null, photo: 'no', points: 5 })
const number = (item_id: string, text: string, low: string | null, high: string | null, unit: string): Item => ({ item_id, text, answer: 'number', choices: [], low, high, unit, photo: 'no', points: 5 })
const HOUR_MS = 3_600_000

export async function standWatch(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const admin = must(t, t.company.admin_login)
  // Those who do no other work of the sample are not known yet.
  for (const login of [...GUARDS, ...FITTERS]) if (!t.staff.has(login)) t.staff.set(login, await personOf(t.app, t.company_id, login))
  const first = addDays(t.calendar.today, -1)
  const id = (login: string): string => must(t, login).who.account_id!
  await certify(t, admin, community_id)
  const kind_id = (await t.road.ask(admin, rounds.kinds, {})).rows.find((k) => k.code === 'duty')!.kind_id
  const room = async (name: string, kind: 'fire_control' | 'power', place: string, shifts: readonly Omit<Shift, 'shift_id'>[], items: Item[], every_minutes: number, groups: readonly (readonly string[])[], cycleOf: (ids: string[]) => (string | null)[]) => {
    const { room_id } = await t.road.call(admin, ['duty room', name], duty.saveRoom, { community_id, building_id: null, name, kind, place, inventory: [{ thing_id: 't1', name: '机房钥匙', count: 3 }, { thing_id: 't2', name: '对讲机', count: 2 }, { thing_id: 't3', name: kind === 'power' ? '绝缘手套' : '空气呼吸器', count: 2 }], retired: false })
    await t.road.call(admin, ['duty shifts', name], duty.saveShifts, { room_id, shifts: [...shifts] })
    const own = (await t.road.ask(admin, duty.rooms, { community_id })).rows.find((r) => r.room_id === room_id)!.shifts
    const { checklist_id } = await t.road.call(admin, ['duty list', name], rounds.saveChecklist, { kind_id, name: `${name}运行记录表`, items, retired: false })
    await t.road.call(admin, ['duty log', name], duty.saveLog, { room_id, name: `${name}运行记录`, checklist_id, every_minutes, from: '00:00', to: '00:00', catch_up_minutes: 240, from_on: first })
    const cycle = cycleOf(shifts.map((s) => own.find((x) => x.name === s.name)!.shift_id))
    await t.road.call(admin, ['duty roster', name], duty.applyPattern, { room_id, from_on: first, to_on: addDays(first, 40), pattern: { cycle, anchor_on: first, groups: groups.map((g, i) => ({ account_ids: g.map(id), offset: (i * 2) % cycle.length })) } })
    return { room_id, shifts: own }
  }
  const rooms = await at(`${first}T00:00:00+08:00`, async () => [
    { name: '消防控制室', people: GUARDS, ...(await room('消防控制室', 'fire_control', '1 栋一层东侧', [{ name: '夜班', from_time: '00:00', to_time: '08:00' }, { name: '早班', from_time: '08:00', to_time: '16:00' }, { name: '中班', from_time: '16:00', to_time: '00:00' }], [tick('host', '报警主机正常、无屏蔽'), tick('link', '联动控制在自动'), number('bar', '消火栓稳压', '0.30', '0.50', 'MPa'), number('spray', '喷淋稳压', '0.35', '0.60', 'MPa')], 120, [0, 2, 4, 6].map((n) => GUARDS.slice(n, n + 2)), ([n, e, l]) => [n!, n!, l!, l!, e!, e!, null, null])) },
    { name: '一号配电室', people: FITTERS, ...(await room('一号配电室', 'power', '负一层 B 区', [{ name: '白班', from_time: '08:00', to_time: '20:00' }, { name: '夜班', from_time: '20:00', to_time: '08:00' }], [number('volt', '进线电压', '380', '420', 'V'), number('amp', '总电流', null, '600', 'A'), number('heat', '变压器温度', null, '85', '℃'), tick('smell', '无异味、无异响')], 240, FITTERS.map((f) => [f]), ([d, n]) => [d!, d!, n!, n!, null, null, null, null])) },
  ])
  for (const r of rooms) await played(t, r, first)
}
async function certify(t: Town, admin: Person, community_id: string): Promise<void> {
  const kinds = new Map((await t.road.ask(admin, equipment.certKinds, {})).rows.map((k) => [k.code, k.kind_id]))
  const name = '职业资格证书(样例).pdf'
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${t.company_id} and name = ${name} limit 1`.execute(s.db))
  const file_id = rows[0]?.file_id ?? (await saveUpload(t.app, admin, { purpose: 'proof', name, body: Readable.from([Buffer.from('%PDF-1.4\n% sample\n')]) })).file_id
  // One of the eight is to be looked at again within the month.
  for (const [i, login] of GUARDS.entries()) await t.road.call(admin, ['fire cert', login], equipment.saveCert, { kind_id: kinds.get('person_fire')!, community_id, equipment_id: null, account_id: must(t, login).who.account_id!, holder: null, no: null, issuer: '陕西省消防救援总队', result: 'pass', valid_from_on: addDays(t.calendar.today, -700 - i * 30), valid_to_on: addDays(t.calendar.today, i === 5 ? 12 : 1100 - i * 30), note: null, file_ids: [file_id] })
  for (const [i, login] of ['weixiu3', 'weixiu4'].entries()) await t.road.call(admin, ['low cert', login], equipment.saveCert, { kind_id: kinds.get('person_low')!, community_id, equipment_id: null, account_id: must(t, login).who.account_id!, holder: null, no: null, issuer: '陕西省应急管理厅', result: 'pass', valid_from_on: addDays(t.calendar.today, -500 - i * 100), note: null, file_ids: [file_id] })
}
interface Played { name: string; room_id: string; shifts: Shift[]; people: readonly string[] }
async function played(t: Town, r: Played, first: string): Promise<void> {
  const month = first.slice(0, 7)
  const admin = must(t, t.company.admin_login)
  const months = [...new Set([month, t.calendar.today.slice(0, 7)])]
  const entries = (await Promise.all(months.map((m) => t.road.ask(admin, duty.roster, { room_id: r.room_id, month: m })))).flatMap((x) => x.entries)
  const login = new Map(r.people.map((p) => [must(t, p).who.account_id!, p]))
  const slots = [first, t.calendar.today].flatMap((on_day) => r.shifts.map((s) => ({ on_day, s, starts_at: new Date(`${on_day}T${s.from_time}:00+08:00`).toISOString(), who: entries.filter((e) => e.on_day === on_day && e.shift_id === s.shift_id).map((e) => login.get(e.account_id)!) }))).filter((x) => x.who.length && x.starts_at < t.calendar.until).toSorted((a, b) => a.starts_at.localeCompare(b.starts_at))
  for (const [i, x] of slots.entries()) {
    const before = slots[i - 1]
    const taker = must(t, x.who[0]!)
    const key = [r.name, x.on_day, x.s.name]
    if (!before) {
      await at(x.starts_at, async () => t.road.call(taker, ['duty begin', ...key], duty.beginDuty, { room_id: r.room_id, on_day: x.on_day, shift_id: x.s.shift_id, note: '首次值班', photo_ids: [await signature(t, taker)] }))
      continue
    }
    const giver = must(t, before.who[0]!)
    await at(new Date(Date.parse(x.starts_at) - 8 * 60_000).toISOString(), async () => {
      const { handover_id } = await t.road.call(giver, ['duty offer', ...key], duty.offerHandover, { room_id: r.room_id, on_day: before.on_day, shift_id: before.s.shift_id, counts: [{ thing_id: 't1', found: 3, note: null }, { thing_id: 't2', found: i === 2 ? 1 : 2, note: i === 2 ? '1 台送修,单号 D-07' : null }, { thing_id: 't3', found: 2, note: null }], note: i === 1 ? '北侧感烟探头误报一次,已复位' : null, photo_ids: [await signature(t, giver)] })
      await t.road.call(taker, ['duty take', ...key], duty.takeHandover, { handover_id, note: null, photo_ids: [await signature(t, taker)] })
    })
  }
  const { rows } = await t.road.ask(admin, rounds.tasks, { from_on: first, to_on: t.calendar.today, q: `${r.name}运行记录`, page_size: 200 })
  const due = rows.filter((x) => x.due_at <= t.calendar.until).toSorted((a, b) => a.starts_at.localeCompare(b.starts_at))
  for (const [n, task] of due.entries()) {
    const slot = slots.findLast((x) => x.starts_at <= task.starts_at)
    // The fourth hour was forgotten, the fifth caught up an hour late.
    if (slot && n !== 3) await write(t, must(t, slot.who.at(-1)!), task, n, r.name)
  }
}
async function write(t: Town, man: Person, task: TaskRow, n: number, room: string): Promise<void> {
  const iso = new Date(n === 4 ? Date.parse(task.due_at) + HOUR_MS : Date.parse(task.starts_at) + 20 * 60_000).toISOString()
  if (iso > t.calendar.until) return
  const values: Record<string, string> = room === '消防控制室' ? { host: 'ok', link: 'ok', bar: n === 7 ? '0.26' : '0.42', spray: '0.48' } : { volt: String(396 + (n % 3) * 2), amp: String(210 + n * 12), heat: String(48 + (n % 4)), smell: 'ok' }
  await at(iso, () => t.road.call(man, ['duty hour', task.task_id], rounds.saveRecord, {
    record_id: uuidOf('heyuan sample hour', task.task_id), on_day: task.on_day, task_id: task.task_id, stop_no: 1, device_at: iso, device: { boot: uuidOf('heyuan sample phone', man.who.name, 'duty', n), mono_ms: 0, seq: Math.round((Date.parse(iso) - Date.parse('2026-01-01T00:00:00Z')) / 1000), went_back: false, sync: null },
    proof: 'none', code: null, outcome: 'done', answers: Object.entries(values).map(([item_id, value]) => ({ item_id, value })), note: null, photos: [], finding: values['bar'] === '0.26' ? { words: '消火栓稳压低于下限,已通知泵房', way: 'deadline' } : null,
  }))
}
async function signature(t: Town, who: Person): Promise<string> {
  const name = `sample-duty-signature-${who.who.account_id}.png`
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${t.company_id} and name = ${name} limit 1`.execute(s.db))
  return rows[0]?.file_id ?? (await saveUpload(t.app, who, { purpose: 'photo', name, body: Readable.from([scribble(Number.parseInt(who.who.account_id!.slice(-2), 16))]) })).file_id
}
