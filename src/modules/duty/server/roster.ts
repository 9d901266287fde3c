// The roster: read with its holes and doubts, set by hand, by a cycle, or from the month before. What is over stays as it was.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, addMonths, daysBetween } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { personCerts } from '../../equipment/server/index.ts'
import { joinCrew } from '../../rounds/server/index.ts'
import { duty, type Entry, type Hole, type Mark, type Roster } from '../contract.ts'
import { reaches, roomToChange, roomToRead, watchersAt, type RoomKey } from './access.ts'
import { ruleOn, rulesOf, type Rules } from './config.ts'
import { cellsOf, daysOf, doublesOf, holesOf, longOf, sourceDay, spanOf, type Cell, type Spell } from './rules/roster.ts'

const SPAN_DAYS = 92
const HOUR_MS = 3_600_000
export interface Placed {
  room_id: string
  on_day: string
  shift_id: string
  account_id: string
  name: string
  starts_at: string
  ends_at: string
}
export async function entriesOf(scope: Scope, room_ids: readonly string[], from_on: string, to_on: string): Promise<Placed[]> {
  const c = scope.company_id
  const { rows } = await sql<Placed>`select e.room_id, e.on_day, e.shift_id, e.account_id, coalesce(m.name, '已离职') as name, e.starts_at, e.ends_at from duty.roster e left join identity.member m on m.company_id = ${c} and m.account_id = e.account_id
    where e.company_id = ${c} and e.room_id = any(${[...room_ids]}::uuid[]) and e.on_day between ${from_on}::date and ${to_on}::date order by e.on_day, e.starts_at, m.name, e.account_id`.execute(scope.db)
  return rows
}
/** Which certificates of whom hold until when, for the kinds that the rules want. */
export async function certsOf(scope: Scope, rules: Rules, account_ids: readonly string[]): Promise<(kind_id: string | null, account_id: string) => string | undefined> {
  const kinds = rules.all.flatMap((r) => (r.cert_kind_id ? [r.cert_kind_id] : []))
  const by = new Map((await personCerts(scope, kinds, account_ids)).map((x) => [`${x.kind_id} ${x.account_id}`, x.valid_to_on]))
  return (kind_id, account_id) => by.get(`${kind_id} ${account_id}`)
}
/** Everything the same persons stand elsewhere in the company, a little beyond both ends. */
async function spellsOf(scope: Scope, account_ids: readonly string[], from_on: string, to_on: string): Promise<Spell[]> {
  const c = scope.company_id
  const { rows } = await sql<Spell>`select e.room_id || ' ' || e.on_day || ' ' || e.shift_id || ' ' || e.account_id as key, e.account_id, e.starts_at, e.ends_at, r.name as room_name from duty.roster e join duty.room r on r.company_id = ${c} and r.room_id = e.room_id
    where e.company_id = ${c} and e.account_id = any(${[...account_ids]}::uuid[]) and e.on_day between ${addDays(from_on, -2)}::date and ${addDays(to_on, 2)}::date`.execute(scope.db)
  return rows
}
const keyOf = (room_id: string, e: { on_day: string; shift_id: string; account_id: string }): string => `${room_id} ${e.on_day} ${e.shift_id} ${e.account_id}`

export async function holesIn(scope: Scope, room: Pick<RoomKey, 'room_id' | 'kind' | 'shifts'>, days: readonly string[], entries: readonly Placed[], rules: Rules, cert: Awaited<ReturnType<typeof certsOf>>): Promise<Hole[]> {
  return days.flatMap((day) => {
    const rule = ruleOn(rules, room, day)
    return holesOf([day], room.shifts, entries.filter((e) => e.room_id === room.room_id && e.on_day === day), rule, (e) => (cert(rule.cert_kind_id, e.account_id) ?? '') >= day)
  })
}
async function rosterOf(scope: Scope, room_id: string, month: string): Promise<Roster> {
  const room = await roomToRead(scope, room_id)
  const days = daysOf(month)
  const [entries, people, rules] = await Promise.all([entriesOf(scope, [room_id], days[0]!, days.at(-1)!), watchersAt(scope, room), rulesOf(scope)])
  const ids = [...new Set([...entries.map((e) => e.account_id), ...people.map((p) => p.account_id)])]
  const [cert, spells] = await Promise.all([certsOf(scope, rules, ids), spellsOf(scope, ids, days[0]!, days.at(-1)!)])
  const doubles = doublesOf(spells)
  const rule = ruleOn(rules, room, scope.today)
  const long = longOf(spells, rule.max_hours)
  const near = new Map(rules.kinds.map((k) => [k.kind_id, k.near_days]))
  const marked = entries.map((e): Entry => {
    const r = ruleOn(rules, room, e.on_day)
    const key = keyOf(room_id, e)
    const marks: Mark[] = []
    const why: string[] = []
    const say = (m: Mark, text: string): void => void (marks.push(m), why.push(text))
    const other = doubles.get(key)
    if (other) say('double', `同时排在${[...new Set(other.map((o) => `「${o.room_name}」`))].join('')}`)
    const valid = cert(r.cert_kind_id, e.account_id)
    if (r.min_certified > 0 && valid === undefined && r.min_certified >= r.min_persons) say('no_cert', `没有登记「${r.cert_name}」`)
    else if (valid !== undefined && valid < e.on_day) say('cert_over', `「${r.cert_name}」${valid} 到期`)
    else if (valid !== undefined && daysBetween(e.on_day, valid) <= (near.get(r.cert_kind_id ?? '') ?? 0)) say('cert_soon', `「${r.cert_name}」${valid} 到期`)
    const hours = long.get(key)
    if (hours) say('too_long', `连续 ${hours} 小时,最长 ${r.max_hours} 小时`)
    return { on_day: e.on_day, shift_id: e.shift_id, account_id: e.account_id, name: e.name, marks, why }
  })
  return {
    room_id, name: room.name, month, days, shifts: room.shifts, entries: marked, holes: await holesIn(scope, room, days, entries, rules, cert), rule, can: reaches(scope, 'duty.roster.write', room),
    people: people.map((p) => {
      const mine = entries.filter((e) => e.account_id === p.account_id)
      return { ...p, cert_to_on: cert(rule.cert_kind_id, p.account_id) ?? null, hours: String(Math.round(mine.reduce((n, e) => n + Date.parse(e.ends_at) - Date.parse(e.starts_at), 0) / HOUR_MS)), shift_count: mine.length }
    }),
  }
}

interface Write {
  how: 'hand' | 'rule' | 'copy'
  /** By hand a shift that is over is refused; a cycle or a copy leaves it as it was. */
  keeps: boolean
}
async function write(scope: Scope, room: RoomKey, cells: readonly Cell[], o: Write): Promise<{ entry_count: number; hole_count: number }> {
  const c = scope.company_id
  const shifts = new Map(room.shifts.map((s) => [s.shift_id, s]))
  if (cells.some((x) => !shifts.has(x.shift_id))) throw scope.refuse('duty.shift_gone')
  const days = [...new Set(cells.map((x) => x.on_day))].toSorted()
  const may = new Set((await watchersAt(scope, room)).map((p) => p.account_id))
  const before = await entriesOf(scope, [room.room_id], days[0]!, days.at(-1)!)
  const strange = [...new Set(cells.flatMap((x) => x.account_ids))].filter((a) => !may.has(a) && !before.some((e) => e.account_id === a))
  if (strange.length) throw scope.refuse('duty.no_worker', { names: [...(await memberNames(scope, strange)).values()].join('、') || `${strange.length} 人` })
  const { rows: taken } = await sql<{ to_day: string; to_shift_id: string; in_account: string; in_name: string }>`select to_day, to_shift_id, in_account, in_name from duty.handover where company_id = ${c} and room_id = ${room.room_id} and state = 'taken' and to_day between ${days[0]!}::date and ${days.at(-1)!}::date`.execute(scope.db)
  const live = cells.filter((x) => {
    const s = shifts.get(x.shift_id)!
    const was = before.filter((e) => e.on_day === x.on_day && e.shift_id === x.shift_id).map((e) => e.account_id)
    const same = was.length === new Set(x.account_ids).size && was.every((a) => x.account_ids.includes(a))
    const signed = taken.find((h) => h.to_day === x.on_day && h.to_shift_id === x.shift_id)
    const over = spanOf(x.on_day, s).ends_at <= scope.now
    const loses = signed !== undefined && was.includes(signed.in_account) && !x.account_ids.includes(signed.in_account)
    if (same || (o.keeps && (over || loses))) return false
    if (over) throw scope.refuse('duty.over', { on_day: x.on_day, name: s.name })
    if (loses) throw scope.refuse('duty.handed', { on_day: x.on_day, name: s.name, who: signed.in_name })
    return true
  })
  const flat = live.flatMap((x) => [...new Set(x.account_ids)].map((account_id) => ({ on_day: x.on_day, shift_id: x.shift_id, account_id, ...spanOf(x.on_day, shifts.get(x.shift_id)!) })))
  await sql`delete from duty.roster e using jsonb_to_recordset(${JSON.stringify(live.map((x) => ({ on_day: x.on_day, shift_id: x.shift_id })))}::jsonb) as x(on_day date, shift_id uuid)
    where e.company_id = ${c} and e.room_id = ${room.room_id} and e.on_day = x.on_day and e.shift_id = x.shift_id and not exists (select from jsonb_to_recordset(${JSON.stringify(flat)}::jsonb) as y(on_day date, shift_id uuid, account_id uuid) where y.on_day = e.on_day and y.shift_id = e.shift_id and y.account_id = e.account_id)`.execute(scope.db)
  await sql`insert into duty.roster (company_id, room_id, on_day, shift_id, account_id, starts_at, ends_at, how, made_by, made_at) select ${c}, ${room.room_id}, x.on_day, x.shift_id, x.account_id, x.starts_at, x.ends_at, ${o.how}, ${scope.who.account_id}::uuid, ${scope.now} from jsonb_to_recordset(${JSON.stringify(flat)}::jsonb) as x(on_day date, shift_id uuid, account_id uuid, starts_at timestamptz, ends_at timestamptz) on conflict do nothing`.execute(scope.db)
  if (flat.length) await joinCrew(scope, room.crew_id, [...new Set(flat.map((x) => x.account_id))])
  const [entries, rules] = await Promise.all([entriesOf(scope, [room.room_id], days[0]!, days.at(-1)!), rulesOf(scope)])
  const cert = await certsOf(scope, rules, entries.map((e) => e.account_id))
  scope.note('duty_roster', room.room_id, { name: room.name, from_on: days[0], to_on: days.at(-1), how: o.how, cells: live.length })
  return { entry_count: flat.length, hole_count: (await holesIn(scope, room, days, entries, rules, cert)).length }
}

const tableOf = (r: Roster): { columns: string[]; rows: string[][] } => ({
  columns: ['日期', ...r.shifts.map((s) => `${s.name} ${s.from_time}–${s.to_time}`)],
  rows: r.days.map((d) => [`${d.slice(5)} 周${'日一二三四五六'[new Date(`${d}T00:00:00Z`).getUTCDay()]}`, ...r.shifts.map((s) => r.entries.filter((e) => e.on_day === d && e.shift_id === s.shift_id).map((e) => e.name).join('、'))]),
})
export const rosterAnswers = [
  answer(duty.roster, (scope, o) => rosterOf(scope, o.room_id, o.month)),
  answer(duty.setRoster, async (scope, o) => write(scope, await roomToChange(scope, o.room_id), o.cells, { how: 'hand', keeps: false })),
  answer(duty.applyPattern, async (scope, o) => {
    const room = await roomToChange(scope, o.room_id)
    const n = daysBetween(o.from_on, o.to_on)
    if (n < 0 || n >= SPAN_DAYS) throw scope.refuse('duty.span', { days: SPAN_DAYS })
    if (o.pattern.cycle.some((s) => s !== null && !room.shifts.some((x) => x.shift_id === s))) throw scope.refuse('duty.shift_gone')
    if (o.from_on < addDays(scope.today, -1)) throw scope.refuse('duty.over', { on_day: o.from_on, name: room.name })
    await sql`update duty.room set pattern = ${JSON.stringify(o.pattern)}::jsonb where company_id = ${scope.company_id} and room_id = ${room.room_id}`.execute(scope.db)
    return write(scope, room, cellsOf(o.pattern, o.from_on, o.to_on, room.shifts.map((s) => s.shift_id)), { how: 'rule', keeps: true })
  }),
  answer(duty.copyRoster, async (scope, o) => {
    const room = await roomToChange(scope, o.room_id)
    const from = daysOf(addMonths(o.month, -1))
    const old = (await entriesOf(scope, [room.room_id], from[0]!, from.at(-1)!)).filter((e) => room.shifts.some((s) => s.shift_id === e.shift_id))
    if (old.length === 0) throw scope.refuse('duty.nothing_to_copy', { month: addMonths(o.month, -1) })
    // Who has left the room since is left out; the hole shows.
    const may = new Set((await watchersAt(scope, room)).map((p) => p.account_id))
    const cells = daysOf(o.month).flatMap((on_day) => {
      const source = sourceDay(on_day, o.by)
      return source === undefined ? [] : room.shifts.map((s) => ({ on_day, shift_id: s.shift_id, account_ids: old.filter((e) => e.on_day === source && e.shift_id === s.shift_id && may.has(e.account_id)).map((e) => e.account_id) }))
    })
    return write(scope, room, cells, { how: 'copy', keeps: true })
  }),
  answerFile(duty.rosterBook, async (scope, o) => {
    const r = await rosterOf(scope, o.room_id, o.month)
    const t = tableOf(r)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: '排班表', title_rows: [`${r.name} ${o.month} 排班表`], columns: t.columns.map(text), rows: t.rows }, { name: '人员', columns: [text('姓名'), text('岗位'), { title: '班数', kind: 'int' }, text('小时'), text('证件有效期至')], rows: r.people.filter((p) => p.shift_count > 0).map((p) => [p.name, p.post, p.shift_count, p.hours, p.cert_to_on]) }] })
    return { name: `排班表_${r.name}_${o.month}.xlsx`, type: XLSX, body }
  }),
  answerFile(duty.rosterPaper, async (scope, o) => {
    const r = await rosterOf(scope, o.room_id, o.month)
    const t = tableOf(r)
    const body = await renderPdf('table_a4', { company_name: null, title: `${r.name} ${o.month} 排班表`, filters: [`每班至少 ${r.rule.min_persons} 人${r.rule.min_certified ? `,持证 ${r.rule.min_certified} 人` : ''}`], columns: t.columns.map((title, i) => ({ title, kind: i === 0 ? ('code' as const) : ('text' as const) })), rows: t.rows, printed_by: scope.who.name, printed_at: scope.today })
    return { name: `排班表_${r.name}_${o.month}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
