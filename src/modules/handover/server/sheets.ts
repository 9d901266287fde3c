// Opening a settlement sheet, billing to the day, looking, cancelling. Completing is in complete.ts.
import { sql, type RawBuilder } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { billToDay, chargeLateFees } from '../../billing/server/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { paidOn } from '../../payment/server/index.ts'
import { covers, houseToChange } from '../../property/server/index.ts'
import { handover, type Sheet, type SheetRow } from '../contract.ts'
import { words } from '../words.ts'
import { sheetRows, sheetToRead, sheetsSeenBy, type SheetRead } from './access.ts'
import { bodyOf } from './body.ts'

/** A sheet for a day long past would reopen settled months; one far ahead would bill days that may turn out otherwise. */
const DAYS_BACK = 366
const DAYS_AHEAD = 31
const NAMED = 60
const EXCEL_MAX = 20_000

export async function rowsOf(scope: Scope, list: readonly SheetRead[]): Promise<SheetRow[]> {
  const names = await memberNames(scope, list.flatMap((s) => [s.created_by, s.done_by]))
  const [complete, change] = [scope.reach('handover.sheet.complete'), scope.reach('handover.sheet.write')]
  return list.map((s) => {
    const can = (r: typeof change) => (!covers(r, s) ? 'kernel.forbidden' : s.state === 'draft' ? (true as const) : 'handover.not_draft')
    return {
      sheet_id: s.sheet_id, no: s.no, kind: s.kind, community_id: s.community_id, community_name: s.community_name, house_id: s.house_id, house_label: s.house_label, on_day: s.on_day, leaver_names: s.leavers.map((l) => l.name).join('、').slice(0, NAMED * 4),
      taker_names: s.outcome?.taker_names ?? null, state: s.state, created_by_name: names.get(s.created_by) ?? '', created_at: s.created_at, done_by_name: s.done_by ? (names.get(s.done_by) ?? '') : null, done_at: s.done_at, can: { complete: can(complete), change: can(change) },
    }
  })
}
export async function detailOf(scope: Scope, sheet_id: string): Promise<Sheet> {
  const s = await sheetToRead(scope, sheet_id)
  const [row] = await rowsOf(scope, [s])
  const body = s.frozen ?? (await bodyOf(scope, { house_id: s.house_id, community_id: s.community_id, on_day: s.on_day, leaver_ids: s.leavers.map((l) => l.person_id) }))
  return { ...row!, leavers: s.leavers, tenancy_id: s.tenancy_id, note: s.note, cancel_reason: s.cancel_reason, body, outcome: s.outcome }
}

/** The house locked, then the sheet as it is under that lock. */
export async function draftToChange(scope: Scope, sheet_id: string) {
  const seen = await sheetToRead(scope, sheet_id)
  const house = await houseToChange(scope, seen.house_id)
  const s = await sheetToRead(scope, sheet_id)
  if (s.state !== 'draft') throw scope.refuse('handover.not_draft', { state: words.states!['state']![s.state] ?? s.state })
  return { s, house }
}

interface Tie {
  person_id: string
  name: string
  developer: boolean
  from_on: string
}
async function leaversOf(scope: Scope, o: { house_id: string; kind: 'transfer' | 'move_out'; tenancy_id: string | null }): Promise<Tie[]> {
  const c = scope.company_id
  if (o.kind === 'move_out') return (await sql<Tie>`select t.person_id, p.name, false as developer, t.from_on from people.tenancy t join people.person p on p.company_id = ${c} and p.person_id = t.person_id where t.company_id = ${c} and t.house_id = ${o.house_id} and t.tenancy_id = ${o.tenancy_id}::uuid`.execute(scope.db)).rows
  return (await sql<Tie>`select o.person_id, p.name, p.kind = 'developer' as developer, o.from_on from people.ownership o join people.person p on p.company_id = ${c} and p.person_id = o.person_id where o.company_id = ${c} and o.house_id = ${o.house_id} and o.to_on is null order by o.is_primary desc, o.ownership_id`.execute(scope.db)).rows
}

/** 结算-2026-0001, without gaps within the year: sheets of a company are numbered one after the other. */
async function nextNo(scope: Scope): Promise<string> {
  const year = scope.today.slice(0, 4)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`handover ${scope.company_id} ${year}`}, 727041))`.execute(scope.db)
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from handover.sheet where company_id = ${scope.company_id} and no like ${`结算-${year}-%`}`.execute(scope.db)
  return `结算-${year}-${String(rows[0]!.n + 1).padStart(4, '0')}`
}

async function billAll(scope: Scope, house: { house_id: string; community_id: string; building_id: string }, on_day: string, leaver_ids: readonly string[]) {
  const billed = await billToDay(scope, house, on_day, leaver_ids)
  const late = await chargeLateFees(scope, paidOn, house, { payer_ids: leaver_ids })
  return { billed_count: billed.count + late.count, billed_fen: billed.amount_fen, late_fen: late.amount_fen }
}

type Filter = z.output<typeof handover.sheetsExcel.takes>
function whereOf(scope: Scope, f: Filter): RawBuilder<unknown> {
  const w: RawBuilder<unknown>[] = [sheetsSeenBy(scope)]
  if (f.community_id) w.push(sql`s.community_id = ${f.community_id}`)
  if (f.house_id) w.push(sql`s.house_id = ${f.house_id}`)
  if (f.kind) w.push(sql`s.kind = ${f.kind}`)
  if (f.state) w.push(sql`s.state = ${f.state}`)
  if (f.from_on) w.push(sql`s.on_day >= ${f.from_on}::date`)
  if (f.to_on) w.push(sql`s.on_day <= ${f.to_on}::date`)
  return sql.join(w, sql` and `)
}

export const sheetAnswers = [
  answer(handover.openSheet, async (scope, o) => {
    const house = await houseToChange(scope, o.house_id)
    const c = scope.company_id
    const [first, last] = [addDays(scope.today, -DAYS_BACK), addDays(scope.today, DAYS_AHEAD)]
    if (o.on_day < first || o.on_day > last) throw scope.refuse('handover.day_out', { first, last })
    const open = await scope.db.selectFrom('handover.sheet').select('no').where('company_id', '=', c).where('house_id', '=', o.house_id).where('kind', '=', o.kind).where('state', '=', 'draft').executeTakeFirst()
    if (open) throw scope.refuse('handover.open_already', { house: house.label, no: open.no })
    const leavers = await leaversOf(scope, o)
    if (leavers.length === 0) throw o.kind === 'transfer' ? scope.refuse('handover.no_owner', { house: house.label }) : scope.notFound()
    if (leavers.some((l) => l.developer)) throw scope.refuse('handover.undelivered', { house: house.label })
    const late = leavers.find((l) => l.from_on >= o.on_day)
    if (late) throw scope.refuse('handover.before_begin', { name: late.name, from_on: late.from_on })
    const leaver_ids = leavers.map((l) => l.person_id)
    const billed = await billAll(scope, house, o.on_day, leaver_ids)
    const sheet_id = uuidv7()
    const no = await nextNo(scope)
    await scope.db.insertInto('handover.sheet').values({ company_id: c, sheet_id, no, kind: o.kind, community_id: house.community_id, building_id: house.building_id, house_id: o.house_id, tenancy_id: o.kind === 'move_out' ? o.tenancy_id : null, on_day: o.on_day, leaver_ids, note: o.note, created_by: scope.who.account_id!, created_at: scope.now }).execute()
    scope.note('handover', sheet_id, { no, house: house.label, kind: o.kind, on_day: o.on_day, ...billed })
    return { sheet_id, no, ...billed }
  }),
  answer(handover.billSheet, async (scope, { sheet_id }) => {
    const { s, house } = await draftToChange(scope, sheet_id)
    const billed = await billAll(scope, house, s.on_day, s.leavers.map((l) => l.person_id))
    scope.note('handover', sheet_id, billed)
    return { sheet_id, ...billed }
  }),
  // What was billed to the day stays: it is owed whether the house changes hands or not, and the next run bills the days that are left.
  answer(handover.cancelSheet, async (scope, { sheet_id, reason }) => {
    const { s } = await draftToChange(scope, sheet_id)
    await scope.db.updateTable('handover.sheet').set({ state: 'cancelled', cancelled_by: scope.who.account_id, cancelled_at: scope.now, cancel_reason: reason }).where('company_id', '=', scope.company_id).where('sheet_id', '=', s.sheet_id).execute()
    scope.note('handover', sheet_id, { cancelled: reason })
    return { sheet_id }
  }),
  answer(handover.sheet, async (scope, { sheet_id }) => detailOf(scope, sheet_id)),
  answer(handover.sheets, async (scope, { page, page_size, ...f }) => {
    const where = whereOf(scope, f)
    const { rows } = await sql<{ total: number }>`select count(*)::int as total from handover.sheet s where s.company_id = ${scope.company_id} and ${where}`.execute(scope.db)
    return { rows: await rowsOf(scope, await sheetRows(scope, where, { limit: page_size, offset: (page - 1) * page_size })), total: rows[0]!.total }
  }),
  answerFile(handover.sheetsExcel, async (scope, f) => {
    const rows = await rowsOf(scope, await sheetRows(scope, whereOf(scope, f), { limit: EXCEL_MAX + 1 }))
    if (rows.length > EXCEL_MAX) throw scope.refuse('handover.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({
      sheets: [
        {
          name: '过户退租结算',
          columns: [text('结算单号'), text('事由'), text('小区'), text('房号'), { title: '结算日', kind: 'day' }, text('离开的人'), text('接手的人'), text('状态'), text('开单人'), text('开单时间'), text('办结人'), text('办结时间')],
          rows: rows.map((r) => [r.no, words.states!['kind']![r.kind], r.community_name, r.house_label, r.on_day, r.leaver_names, r.taker_names, words.states!['state']![r.state], r.created_by_name, minuteText(r.created_at), r.done_by_name, minuteText(r.done_at)]),
        },
      ],
    })
    return { name: `过户退租结算_${f.from_on ? `${f.from_on}_` : ''}${f.to_on ?? scope.today}.xlsx`, type: XLSX, body }
  }),
]
