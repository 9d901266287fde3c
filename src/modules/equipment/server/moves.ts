// What happens to a device: its state from a day on, papers, costs, hours of running. States, hours are only added; papers and costs are taken back with who and why.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { addDecimal, compareDecimal, subtractDecimal, trimDecimal } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { equipment, type State } from '../contract.ts'
import { said } from '../shown.ts'
import { deviceToChange, deviceToRead, type DeviceKey } from './access.ts'
import { judge } from './rules/machine.ts'

const PAPERS_MAX = 60
const HOUR_MS = 3_600_000

async function lastState(scope: Scope, equipment_id: string): Promise<{ from_at: string; order_id: string | null }> {
  return (await sql<{ from_at: string; order_id: string | null }>`select from_at, order_id from equipment.device_state where company_id = ${scope.company_id} and equipment_id = ${equipment_id} order by state_no desc limit 1`.execute(scope.db)).rows[0]!
}
async function move(scope: Scope, d: DeviceKey, to: State, from_at: string, reason: string, order_id: string | null): Promise<void> {
  const c = scope.company_id
  await sql`with moved as (update equipment.device set state = ${to}, state_no = ${d.state_no + 1}, changed_at = ${scope.now}, changed_by = ${scope.who.account_id}::uuid where company_id = ${c} and equipment_id = ${d.equipment_id})
    insert into equipment.device_state (company_id, equipment_id, state_no, state, from_at, reason, order_id, by_account, by_name, at) values (${c}, ${d.equipment_id}, ${d.state_no + 1}, ${to}, ${from_at}, ${reason}, ${order_id}::uuid, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now})`.execute(scope.db)
  scope.note('device', d.equipment_id, { no: d.no, from: d.state, to })
}

export interface ByOrder {
  equipment_id: string
  order_id: string
  no: string
  /** When it was, for what comes later because there was no network. */
  at?: string
}
/** For orders: a device that was reported as standing still is under repair until its order ends. Its row may lie outside the reach of who reports. */
export async function stoodStill(scope: Scope, o: ByOrder): Promise<void> {
  const d = await anyDevice(scope, o.equipment_id)
  if (!d || d.state !== 'in_use') return
  await move(scope, d, 'repair', o.at ?? scope.now, `报修停机,工单 ${o.no}`, o.order_id)
}
/** The order that stopped it is over: it runs again, unless somebody has moved it meanwhile. */
export async function runsAgain(scope: Scope, o: ByOrder): Promise<void> {
  const d = await anyDevice(scope, o.equipment_id)
  const last = d && (await lastState(scope, d.equipment_id))
  if (!d || d.state !== 'repair' || last?.order_id !== o.order_id) return
  const at = o.at ?? scope.now
  await move(scope, d, 'in_use', at < last.from_at ? last.from_at : at, `工单 ${o.no} 结束`, o.order_id)
}
async function anyDevice(scope: Scope, equipment_id: string): Promise<DeviceKey | undefined> {
  return (await sql<DeviceKey>`select d.equipment_id, d.community_id, d.building_id, d.category_id, d.no, d.name, d.code, d.place, d.state, d.state_no from equipment.device d where d.company_id = ${scope.company_id} and d.equipment_id = ${equipment_id} for update`.execute(scope.db)).rows[0]
}

async function ownFile(scope: Scope, file_id: string): Promise<void> {
  const { rows } = await sql`select 1 from kernel.file where company_id = ${scope.company_id} and file_id = ${file_id} and purpose in ('proof','photo') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (!rows.length) throw scope.refuse('equipment.no_file')
}

export const moveAnswers = [
  answer(equipment.setState, async (scope, o) => {
    const d = await deviceToChange(scope, o.equipment_id)
    const v = judge(d.state, o.action)
    if (!v.ok) throw scope.refuse(v.code, { name: d.name, state: said('state', d.state), action: said('action', o.action) })
    if (o.from_on > scope.today) throw scope.refuse('equipment.day_future')
    const last = await lastState(scope, d.equipment_id)
    const from_at = o.from_on === scope.today ? scope.now : new Date(Date.parse(`${o.from_on}T00:00:00+08:00`)).toISOString()
    // The same day counts from when the last one began.
    const at = from_at < last.from_at && dayOf(last.from_at) === o.from_on ? last.from_at : from_at
    if (at < last.from_at) throw scope.refuse('equipment.state_before', { on: dayOf(last.from_at) })
    await move(scope, d, v.to, at, o.reason, null)
    return { equipment_id: d.equipment_id, state: v.to }
  }),
  answer(equipment.addPaper, async (scope, o) => {
    const c = scope.company_id
    const d = await deviceToChange(scope, o.equipment_id)
    await ownFile(scope, o.file_id)
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from equipment.document where company_id = ${c} and equipment_id = ${d.equipment_id} and removed_at is null`.execute(scope.db)
    if (rows[0]!.n >= PAPERS_MAX) throw scope.refuse('equipment.papers_full', { max: PAPERS_MAX })
    const document_id = uuidv7()
    await scope.db.insertInto('equipment.document').values({ company_id: c, document_id, equipment_id: d.equipment_id, kind: o.kind, title: o.title, file_id: o.file_id, added_by: scope.who.account_id!, added_by_name: scope.who.name, added_at: scope.now }).execute()
    scope.note('device', d.equipment_id, { no: d.no, paper: o.title })
    return { document_id }
  }),
  answer(equipment.removePaper, async (scope, o) => {
    const d = await deviceToChange(scope, o.equipment_id)
    const { rows } = await sql<{ title: string }>`update equipment.document set removed_at = ${scope.now}, removed_by = ${scope.who.account_id}::uuid where company_id = ${scope.company_id} and equipment_id = ${d.equipment_id} and document_id = ${o.document_id} and removed_at is null returning title`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    scope.note('device', d.equipment_id, { no: d.no, paper_removed: rows[0].title })
    return { document_id: o.document_id }
  }),
  answer(equipment.addCost, async (scope, o) => {
    const d = await deviceToChange(scope, o.equipment_id)
    if (o.on_day > scope.today) throw scope.refuse('equipment.day_future')
    const cost_id = uuidv7()
    await scope.db.insertInto('equipment.cost').values({ company_id: scope.company_id, cost_id, equipment_id: d.equipment_id, kind: o.kind, on_day: o.on_day, amount_fen: o.amount_fen, payee: o.payee || null, note: o.note || null, by_account: scope.who.account_id!, by_name: scope.who.name, at: scope.now }).execute()
    scope.note('device', d.equipment_id, { no: d.no, cost: o.kind, amount_fen: o.amount_fen })
    return { cost_id }
  }),
  answer(equipment.undoCost, async (scope, o) => {
    const d = await deviceToChange(scope, o.equipment_id)
    const { rows } = await sql<{ undone: boolean }>`select undone_at is not null as undone from equipment.cost where company_id = ${scope.company_id} and equipment_id = ${d.equipment_id} and cost_id = ${o.cost_id} for update`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (rows[0].undone) throw scope.refuse('equipment.cost_undone')
    await sql`update equipment.cost set undone_at = ${scope.now}, undone_by = ${scope.who.account_id}::uuid, undo_reason = ${o.reason} where company_id = ${scope.company_id} and cost_id = ${o.cost_id}`.execute(scope.db)
    scope.note('device', d.equipment_id, { no: d.no, cost_undone: o.cost_id })
    return { cost_id: o.cost_id }
  }),
  answer(equipment.noteRunning, async (scope, o) => {
    const c = scope.company_id
    const d = await deviceToChange(scope, o.equipment_id)
    if (d.state === 'scrapped') throw scope.refuse('equipment.wrong_state', { name: d.name, state: said('state', d.state), action: '抄运行小时' })
    const last = (await sql<{ running_no: number; hours: string; total_hours: string; read_at: string }>`select running_no, hours::text as hours, total_hours::text as total_hours, read_at from equipment.running where company_id = ${c} and equipment_id = ${d.equipment_id} order by running_no desc limit 1`.execute(scope.db)).rows[0]
    if (last && !o.replaced && compareDecimal(o.hours, last.hours) < 0) throw scope.refuse('equipment.hours_back', { hours: o.hours, last: trimDecimal(last.hours) })
    const went = !last ? o.hours : o.replaced ? o.hours : subtractDecimal(o.hours, last.hours)
    if (last && !o.replaced) {
      // An hour has no more than an hour; a quarter of an hour and one percent are left to reading and clocks.
      const most = (((Date.parse(scope.now) - Date.parse(last.read_at)) / HOUR_MS) * 1.01 + 0.25).toFixed(1)
      if (compareDecimal(went, most) > 0) throw scope.refuse('equipment.hours_fast', { at: minuteText(last.read_at), most, hours: o.hours, went })
    }
    const total = addDecimal(last?.total_hours ?? '0', went)
    await sql`insert into equipment.running (company_id, equipment_id, running_no, read_at, hours, total_hours, replaced, source, by_account, by_name) values (${c}, ${d.equipment_id}, ${(last?.running_no ?? 0) + 1}, ${scope.now}, ${o.hours}, ${total}, ${o.replaced ?? false}, 'hand', ${scope.who.account_id}::uuid, ${scope.who.name})`.execute(scope.db)
    scope.note('device', d.equipment_id, { no: d.no, hours: o.hours })
    return { total_hours: trimDecimal(total) }
  }),
]

export const paperFile = (app: () => App) =>
  answerFile(equipment.paper, async (scope, o) => {
    const d = await deviceToRead(scope, o.equipment_id)
    const { rows } = await sql<{ sha256: string; type: string; name: string }>`select f.sha256, f.type, f.name from equipment.document t join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = t.file_id where t.company_id = ${scope.company_id} and t.equipment_id = ${d.equipment_id} and t.document_id = ${o.document_id}`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    return { name: file.name, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
  })
