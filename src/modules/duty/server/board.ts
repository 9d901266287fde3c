// 值班总览: who is on now, whether he took over, what the logs owe; and the sheet of one room and day.
import { sql, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { logOf, titleOf } from '../../rounds/server/index.ts'
import { HOURS, duty, type BoardRow, type Hour, type Sheet } from '../contract.ts'
import { hourOf } from '../hour.ts'
import { said } from '../shown.ts'
import { roomToRead, type RoomKey } from './access.ts'
import { ruleOn, rulesOf } from './config.ts'
import { handoversOf } from './list.ts'
import { roomsOf } from './rooms.ts'
import { certsOf, entriesOf, holesIn } from './roster.ts'
import { nextOf, spanOf } from './rules/roster.ts'

const AHEAD_DAYS = 7
interface LogFact { room_id: string; plan_id: string; name: string; state: string | null; due_at: string; round_no: number; done_at: string | null; by_name: string | null; outcome: string | null }
/** Each hour of the last day, as the sheet shows it. */
async function logFacts(scope: Scope, room_ids: readonly string[]): Promise<LogFact[]> {
  const c = scope.company_id
  const { rows } = await sql<LogFact>`select l.room_id, l.plan_id, p.name, t.state, t.due_at, t.round_no, r.done_at, r.by_name, r.outcome from duty.log l join rounds.plan p on p.company_id = ${c} and p.plan_id = l.plan_id and p.state = 'active' left join rounds.task t on t.company_id = ${c} and t.plan_id = l.plan_id and t.on_day >= ${scope.today}::date - 2 and t.starts_at <= ${scope.now}::timestamptz and t.due_at > ${scope.now}::timestamptz - interval '24 hours'
      left join rounds.record r on r.company_id = ${c} and r.on_day = t.on_day and r.task_id = t.task_id and r.round_no = t.round_no and r.stop_no = 1
    where l.company_id = ${c} and l.room_id = any(${[...room_ids]}::uuid[]) order by p.name, r.done_at desc nulls last limit 20000`.execute(scope.db)
  return rows
}
function logsOf(scope: Scope, facts: readonly LogFact[]): BoardRow['logs'] {
  return [...Map.groupBy(facts, (f) => f.plan_id).values()].map((list) => {
    const hours = list.filter((f) => f.state !== null).map((f) => hourOf({ ...f, state: f.state! }, scope.now))
    const n = (h: Hour): number => hours.filter((x) => x === h).length
    const last = list.find((f) => f.done_at !== null)
    return { plan_id: list[0]!.plan_id, name: list[0]!.name, last_at: last?.done_at ?? null, last_by: last?.by_name ?? null, owing: n('owing'), missed: n('missed'), caught_up: n('caught_up'), bad: list.filter((f) => f.outcome === 'abnormal').length }
  })
}
async function boardOf(scope: Scope, community_id: string | undefined): Promise<BoardRow[]> {
  const rooms = await roomsOf(scope, { community_id })
  if (rooms.length === 0) return []
  const ids = rooms.map((r) => r.room_id)
  const days = Array.from({ length: AHEAD_DAYS }, (_, i) => addDays(scope.today, i))
  const [rules, entries, facts, past] = await Promise.all([rulesOf(scope), entriesOf(scope, ids, addDays(scope.today, -2), days.at(-1)!), logFacts(scope, ids), handoversOf(scope, sql<SqlBool>`h.room_id = any(${ids}::uuid[]) and h.state = 'taken' and h.to_day >= ${scope.today}::date - 2`, 2000)])
  const cert = await certsOf(scope, rules, entries.map((e) => e.account_id))
  return Promise.all(rooms.map(async (r): Promise<BoardRow> => {
    const slots = [addDays(scope.today, -1), scope.today].flatMap((d) => r.shifts.map((s) => ({ on_day: d, s, ...spanOf(d, s) })))
    const now = slots.find((x) => x.starts_at <= scope.now && scope.now < x.ends_at)
    const rule = ruleOn(rules, r, now?.on_day ?? scope.today)
    const at = (a: { on_day: string; shift_id: string } | undefined) => (a ? entries.filter((e) => e.room_id === r.room_id && e.on_day === a.on_day && e.shift_id === a.shift_id) : [])
    const persons = (now ? at({ on_day: now.on_day, shift_id: now.s.shift_id }) : []).map((e) => ({ name: e.name, certified: rule.min_certified > 0 && (cert(rule.cert_kind_id, e.account_id) ?? '') >= now!.on_day }))
    const taken = now && past.find((h) => h.room_id === r.room_id && h.to_day === now.on_day && h.to_shift_name === now.s.name)
    const late = now !== undefined && Date.parse(scope.now) > Date.parse(now.starts_at) + rule.handover_minutes * 60_000
    const holes = await holesIn(scope, r, days, entries, rules, cert)
    return {
      room_id: r.room_id, name: r.name, kind: r.kind, community_name: r.community_name, shift_name: now?.s.name ?? null, starts_at: now?.starts_at ?? null, ends_at: now?.ends_at ?? null, persons, want: rule.min_persons, want_certified: rule.min_certified,
      short: now !== undefined && (persons.length < rule.min_persons || persons.filter((p) => p.certified).length < rule.min_certified), taken_at: taken?.in_at ?? null, taken_by: taken?.in_name ?? null, untaken: late && persons.length > 0 && !taken,
      next: now ? at(nextOf(now.on_day, now.s, r.shifts)).map((e) => e.name) : [], logs: logsOf(scope, facts.filter((f) => f.room_id === r.room_id)),
      holes: holes.filter((h) => spanOf(h.on_day, r.shifts.find((s) => s.shift_id === h.shift_id)!).ends_at > scope.now).length,
    }
  }))
}

async function sheetOf(scope: Scope, room: RoomKey, o: { on_day: string; plan_id?: string }): Promise<Sheet[]> {
  const c = scope.company_id
  const { rows: plans } = await sql<{ plan_id: string; name: string }>`select l.plan_id, p.name from duty.log l join rounds.plan p on p.company_id = ${c} and p.plan_id = l.plan_id where l.company_id = ${c} and l.room_id = ${room.room_id} and p.state <> 'draft' ${o.plan_id ? sql`and l.plan_id = ${o.plan_id}` : sql``} order by p.state, p.name limit 8`.execute(scope.db)
  const list = await Promise.all(plans.map(async (p): Promise<Sheet> => {
    const log = await logOf(scope, { plan_id: p.plan_id, from_on: o.on_day, to_on: o.on_day })
    const rows = log.rows.map((r) => ({ on_day: r.on_day, task_id: r.task_id, starts_at: r.starts_at, due_at: r.due_at, hour: hourOf(r, scope.now), by_name: r.by_name, done_at: r.done_at, values: r.values, bad: r.bad }))
    return { plan_id: p.plan_id, name: p.name, columns: log.columns.map((x) => ({ key: x.key, title: titleOf(x) })), rows, counts: Object.fromEntries(HOURS.map((h) => [h, rows.filter((r) => r.hour === h).length])) as Sheet['counts'] }
  }))
  return list.filter((s) => s.rows.length > 0 || o.plan_id !== undefined)
}
async function headOf(scope: Scope, room: RoomKey, on_day: string) {
  const [entries, handovers] = await Promise.all([entriesOf(scope, [room.room_id], on_day, on_day), handoversOf(scope, sql<SqlBool>`h.room_id = ${room.room_id} and (h.on_day = ${on_day}::date or h.to_day = ${on_day}::date) and h.state in ('taken','offered')`, 20)])
  return { shifts: room.shifts.map((s) => ({ name: `${s.name} ${s.from_time}–${s.to_time}`, persons: entries.filter((e) => e.shift_id === s.shift_id).map((e) => e.name).join('、') })), handovers: handovers.toReversed() }
}
const remark = (hour: Hour, done_at: string | null): string => (hour === 'caught_up' ? `补记 ${minuteText(done_at).slice(11)}` : hour === 'in_time' ? '' : said('hour', hour))
/** '08:00' */
const clock = (at: string): string => minuteText(at).slice(11)

export const boardAnswers = [
  answer(duty.board, async (scope, f) => {
    const rows = await boardOf(scope, f.community_id)
    const sum = (of: (r: BoardRow) => number): number => rows.reduce((n, r) => n + of(r), 0)
    return { at: scope.now, rows, counts: { rooms: rows.length, short: sum((r) => Number(r.short)), untaken: sum((r) => Number(r.untaken)), owing: sum((r) => r.logs.reduce((n, l) => n + l.owing, 0)), missed: sum((r) => r.logs.reduce((n, l) => n + l.missed, 0)), holes: sum((r) => r.holes) } }
  }),
  answer(duty.daySheet, async (scope, o) => {
    const room = await roomToRead(scope, o.room_id)
    const [head, sheets, { rows }] = await Promise.all([headOf(scope, room, o.on_day), sheetOf(scope, room, o), sql<{ name: string }>`select name from property.community where company_id = ${scope.company_id} and community_id = ${room.community_id}`.execute(scope.db)])
    return { room_name: room.name, community_name: rows[0]!.name, ...head, sheets }
  }),
  answerFile(duty.daySheetBook, async (scope, o) => {
    const room = await roomToRead(scope, o.room_id)
    const [head, sheets] = await Promise.all([headOf(scope, room, o.on_day), sheetOf(scope, room, o)])
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [
      ...sheets.map((s, i) => ({ name: `${i + 1} ${s.name}`.slice(0, 28), title_rows: [`${room.name} ${s.name} ${o.on_day}`], columns: ['时段', ...s.columns.map((x) => x.title), '记录人', '记录时间', '记录'].map(text), rows: s.rows.map((r) => [`${clock(r.starts_at)}–${clock(r.due_at)}`, ...s.columns.map((x) => r.values[x.key] ?? ''), r.by_name, minuteText(r.done_at), said('hour', r.hour)]) })),
      { name: '值班与交接', columns: ['班次', '值班人'].map(text), rows: [...head.shifts.map((s) => [s.name, s.persons]), ...head.handovers.map((h) => [`${h.shift_name ?? '上岗'} → ${h.to_shift_name}`, `${h.out_name ?? ''} → ${h.in_name ?? '待接班'} ${minuteText(h.in_at)}`])] },
    ] })
    return { name: `值班运行记录_${room.name}_${o.on_day}.xlsx`, type: XLSX, body }
  }),
  answerFile(duty.daySheetPaper, async (scope, o) => {
    const room = await roomToRead(scope, o.room_id)
    const [head, [sheet]] = await Promise.all([headOf(scope, room, o.on_day), sheetOf(scope, room, o)])
    if (!sheet) throw scope.notFound()
    const body = await renderPdf('table_a4', {
      company_name: room.name, title: sheet.name, filters: [o.on_day, ...head.shifts.map((s) => `${s.name}:${s.persons || '未排班'}`), ...head.handovers.filter((h) => h.state === 'taken').map((h) => `${minuteText(h.in_at).slice(5)} ${h.out_name ?? '(单独上岗)'} → ${h.in_name}`)],
      columns: [{ title: '时段', kind: 'code' }, ...sheet.columns.map((x) => ({ title: x.title, kind: 'text' as const })), { title: '记录人', kind: 'text' }, { title: '备注', kind: 'text' }],
      rows: sheet.rows.map((r) => [clock(r.starts_at), ...sheet.columns.map((x) => (r.values[x.key] ?? '') + (r.bad.includes(x.key) ? ' ▲' : '')), r.by_name ?? '', remark(r.hour, r.done_at)]), printed_by: scope.who.name, printed_at: scope.today,
    })
    return { name: `${room.name}_${sheet.name}_${o.on_day}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
