// The list of a month's readings: for the desk, for the phone, for Excel and paper.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { covers, housesLike, housesSeenBy } from '../../property/server/index.ts'
import { meters, type ReadingRow } from '../contract.ts'
import { words } from '../words.ts'
import { CHECK_FALLBACK } from './check_rules.ts'
import { LOCKED } from './closing.ts'
import { meanOf } from './facts.ts'

type Filter = Out<typeof meters.readingsExcel.takes>
const EXCEL_MAX = 100_000
const SHEET_MAX = 2000

/** Meters that were in place in the month, with the month's reading as `r` and the note of a shut door as `u`. */
function from(scope: Scope, f: Filter, withState: boolean): RawBuilder<unknown> {
  const c = scope.company_id
  const first = `${f.period}-01`
  const next = `${addMonths(f.period, 1)}-01`
  const where: RawBuilder<unknown>[] = [
    sql`m.company_id = ${c}`,
    housesSeenBy(scope, { alias: 'm' }),
    sql`(r.reading_id is not null or (m.installed_on < ${next}::date and (m.removed_on is null or m.removed_on > ${first}::date)))`,
  ]
  if (f.community_id) where.push(sql`m.community_id = ${f.community_id}`)
  if (f.building_id) where.push(sql`m.building_id = ${f.building_id}`)
  if (f.no_building) where.push(sql`m.building_id is null`)
  if (f.house_id) where.push(sql`m.house_id = ${f.house_id}`)
  if (f.kind) where.push(sql`m.kind = ${f.kind}`)
  if (f.q) where.push(sql`(m.no = ${f.q} or m.name like ${`%${f.q}%`} or ${housesLike(f.q)})`)
  if (withState && f.state === 'missing') where.push(sql`r.reading_id is null`)
  if (withState && f.state === 'done') where.push(sql`r.reading_id is not null`)
  if (withState && f.state === 'suspect') where.push(sql`r.state = 'suspect'`)
  if (withState && f.state === 'estimate') where.push(sql`r.source = 'estimate'`)
  if (withState && f.state === 'unread') where.push(sql`r.reading_id is null and u.meter_id is not null`)
  return sql`from meters.meter m left join property.house h on h.company_id = ${c} and h.house_id = m.house_id
    left join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${first}::date
    left join meters.unread u on u.company_id = ${c} and u.meter_id = m.meter_id and u.period_on = ${first}::date where ${sql.join(where, sql` and `)}`
}

interface Raw extends Omit<ReadingRow, 'can' | 'read_by_name' | 'period' | 'parts' | 'unread'> {
  period_on: string
  read_by: string | null
  locked: boolean
  later: boolean
  removed_on: string | null
  part_rows: { register: string; previous: string; reading: string | null; usage: string | null }[]
  u_reason: 'no_one' | null
  u_note: string | null
  u_photo: boolean
}

const PAGE = sql`m.meter_id, m.point_id, m.no as meter_no, m.kind, m.multiplier, m.whole_digits, m.start_reading, m.removed_on, m.community_id, m.building_id, m.house_id, coalesce(h.label, m.name) as house_label, coalesce(h.floor_no, 0) as floor_no, h.sort_no,
  r.reading_id, r.previous as r_previous, r.reading, r.usage, r.rolled, r.carried_in, r.state, r.doubts, r.read_on, r.source, r.note, r.read_by, r.photo_file_id, u.reason as u_reason, u.note as u_note, u.photo_file_id as u_file`

/** Rows of a page, looked up: what stood before, what is usual, what may be done. `p` has the columns of PAGE, period_on and locked. */
async function dressed(scope: Scope, page: RawBuilder<unknown>): Promise<ReadingRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`
    with page as materialized (${page})
    select p.meter_id, p.point_id, p.meter_no, p.kind, trim_scale(p.multiplier)::text as multiplier, p.whole_digits, p.removed_on, p.community_id, p.building_id, p.house_id, p.house_label, p.floor_no, p.period_on, p.locked,
      p.reading_id, trim_scale(p.reading)::text as reading, trim_scale(p.usage)::text as usage, coalesce(p.rolled, false) as rolled, trim_scale(coalesce(p.carried_in, l.carried_out, 0))::text as carried_in, p.state, coalesce(p.doubts, '{}') as doubts, p.read_on, p.source, p.note, p.read_by,
      p.photo_file_id is not null as has_photo, p.u_reason, p.u_note, p.u_file is not null as u_photo, coalesce(b.name, '小区总表') as building_name,
      trim_scale(coalesce(p.r_previous, l.reading, p.start_reading))::text as previous, trim_scale(round(s.mean, 3))::text as mean_usage,
      case when s.mean > 0 then trim_scale(greatest(round(s.mean * coalesce(k.high_factor, ${CHECK_FALLBACK.high_factor}::numeric), 3), coalesce(k.high_over, ${CHECK_FALLBACK.high_over}::numeric)))::text end as high_above,
      case when l.source = 'estimate' then trim_scale(coalesce(g.reading, p.start_reading, 0))::text end as estimated_since,
      coalesce(t.parts, '[]') as part_rows, exists (select from meters.reading y where y.company_id = ${c} and y.meter_id = p.meter_id and y.period_on > p.period_on) as later
    from page p left join property.building b on b.company_id = ${c} and b.building_id = p.building_id
    join meters.meter m on m.company_id = ${c} and m.meter_id = p.meter_id
    left join lateral (select y.reading, y.source, y.carried_out from meters.reading y where y.company_id = ${c} and y.meter_id = p.meter_id and y.period_on < p.period_on order by y.period_on desc limit 1) l on true
    left join lateral (select y.reading from meters.reading y where l.source = 'estimate' and y.company_id = ${c} and y.meter_id = p.meter_id and y.period_on < p.period_on and y.source <> 'estimate' order by y.period_on desc limit 1) g on true
    left join lateral (select q.high_factor, q.high_over, q.mean_of from meters.check_rule q where q.company_id = ${c} and q.kind = p.kind and (q.community_id = p.community_id or q.community_id is null) and q.from_on <= coalesce(p.read_on, ${scope.today}::date) order by q.community_id nulls last, q.from_on desc limit 1) k on true
    left join lateral (${meanOf(scope, sql`p.period_on`, sql`coalesce(k.mean_of, ${CHECK_FALLBACK.mean_of}::int)`)}) s on true
    left join lateral (select jsonb_agg(jsonb_build_object('register', a.register, 'previous', trim_scale(coalesce(n.previous, z.reading, a.start_reading))::text, 'reading', trim_scale(n.reading)::text, 'usage', trim_scale(n.usage)::text) order by a.register) as parts from meters.register a
      left join meters.reading_part n on n.company_id = ${c} and n.reading_id = p.reading_id and n.register = a.register
      left join lateral (select rp.reading from meters.reading y join meters.reading_part rp on rp.company_id = ${c} and rp.reading_id = y.reading_id and rp.register = a.register
        where y.company_id = ${c} and y.meter_id = a.meter_id and y.period_on < p.period_on order by y.period_on desc limit 1) z on true
      where a.company_id = ${c} and a.meter_id = p.meter_id) t on true
    order by p.community_id, p.house_id is not null, p.sort_no, p.house_label, p.kind, p.meter_no`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.read_by))
  const write = scope.reach('meters.reading.write')
  const release = scope.reach('meters.reading.release')
  return rows.map(({ locked, later, removed_on, read_by, part_rows, u_reason, u_note, u_photo, period_on, ...r }) => {
    const at = { community_id: r.community_id, building_id: r.building_id ?? '' }
    const no = covers(write, at) ? null : 'kernel.forbidden'
    const not = covers(release, at) ? null : 'kernel.forbidden'
    const none = r.reading_id ? null : 'kernel.not_found'
    return {
      ...r,
      period: period_on.slice(0, 7),
      parts: part_rows as ReadingRow['parts'],
      unread: u_reason && !r.reading_id ? { reason: u_reason, note: u_note, has_photo: u_photo } : null,
      read_by_name: (read_by && names.get(read_by)) || null,
      can: {
        record: no ?? (r.reading_id ? 'meters.already_read' : later ? 'meters.later_reading' : removed_on && removed_on <= period_on ? 'meters.removed' : true),
        correct: no ?? none ?? (locked ? 'meters.reading_billed' : later ? 'meters.later_reading' : true),
        settle: not ?? none ?? (!locked ? 'meters.not_billed' : later ? 'meters.later_reading' : true),
        confirm: not ?? none ?? (r.state !== 'suspect' ? 'meters.not_suspect' : read_by !== null && read_by === scope.who.account_id ? 'meters.same_person' : true),
      },
    }
  })
}

const ORDER = sql.raw('order by m.community_id, m.house_id is not null, h.sort_no, coalesce(h.label, m.name), m.kind, m.no')
const rowsOf = (scope: Scope, f: Filter, limit: number, offset: number): Promise<ReadingRow[]> =>
  dressed(scope, sql`select ${PAGE}, ${`${f.period}-01`}::date as period_on, ${LOCKED} as locked ${from(scope, f, true)} ${ORDER} limit ${limit} offset ${offset}`)

const COUNTS = sql.raw("count(*)::int as meter_count, count(r.reading_id)::int as read_count, (count(*) filter (where r.state = 'suspect'))::int as suspect_count, (count(*) filter (where r.reading_id is null and u.meter_id is not null))::int as unread_count, (count(*) filter (where r.source = 'estimate'))::int as estimate_count")
interface Counts {
  meter_count: number
  read_count: number
  suspect_count: number
  unread_count: number
  estimate_count: number
}
async function progressOf(scope: Scope, f: Filter) {
  const { rows } = await sql<Counts>`select ${COUNTS} ${from(scope, f, false)}`.execute(scope.db)
  const p = rows[0]!
  const totals = { missing: p.meter_count - p.read_count, done: p.read_count, suspect: p.suspect_count, unread: p.unread_count, estimate: p.estimate_count }
  return { progress: p, total: f.state ? totals[f.state] : p.meter_count }
}

const word = (of: string, code: string): string => words.states![of]![code] ?? code

async function excelOf(scope: Scope, f: Filter) {
  const rows = await rowsOf(scope, f, EXCEL_MAX, 0)
  const text = (title: string) => ({ title, kind: 'text' as const })
  const number = (title: string) => ({ title, kind: 'number' as const })
  return writeSheet({
    sheets: [{
      name: '抄表',
      title_rows: [`抄表 ${f.period}`],
      columns: [text('楼栋'), text('位置'), text('表种'), text('表号'), number('倍率'), number('上次读数'), number('本次读数'), number('用量'), number('平均用量'), text('状态'), text('存疑原因'), text('来源'), { title: '抄表日', kind: 'day' }, text('抄表人'), text('分时读数'), text('备注')],
      rows: rows.map((r) => [
        r.building_name, r.house_label, word('meter_kind', r.kind), r.meter_no, r.multiplier, r.previous, r.reading, r.usage, r.mean_usage, r.state ? word('reading_state', r.state) : r.unread ? `未抄:${word('unread_reason', r.unread.reason)}` : '未抄',
        r.doubts.map((d) => word('doubt', d)).join('、'), r.source ? word('source', r.source) : null, r.read_on, r.read_by_name, r.parts.filter((p) => p.reading !== null).map((p) => `${word('register', p.register)} ${p.reading}`).join(','), r.note,
      ]),
    }],
  })
}

async function sheetOf(scope: Scope, f: Filter): Promise<Buffer> {
  const { progress } = await progressOf(scope, { ...f, state: undefined })
  if (progress.meter_count === 0) throw scope.refuse('meters.nothing_to_print')
  if (progress.meter_count > SHEET_MAX) throw scope.refuse('meters.too_many_to_print', { count: progress.meter_count, max: SHEET_MAX })
  const rows = await rowsOf(scope, f, SHEET_MAX, 0)
  if (rows.length === 0) throw scope.refuse('meters.nothing_to_print')
  const community = await scope.db.selectFrom('property.community').select('name').where('company_id', '=', scope.company_id).where('community_id', '=', rows[0]!.community_id).executeTakeFirst()
  const one = (list: (string | undefined)[]) => new Set(list).size === 1
  return renderPdf('table_a4', {
    company_name: null,
    title: `抄表单 ${f.period}`,
    filters: [`小区:${community?.name ?? ''}`, ...(one(rows.map((r) => r.building_name)) ? [`楼栋:${rows[0]!.building_name}`] : []), ...(f.kind ? [`表种:${word('meter_kind', f.kind)}`] : []), `共 ${rows.length} 块`, '抄表人:                抄表日:'],
    columns: [{ title: '序', kind: 'count' }, { title: '楼栋', kind: 'text' }, { title: '位置', kind: 'text' }, { title: '表种', kind: 'text' }, { title: '表号', kind: 'text' }, { title: '倍率', kind: 'decimal' }, { title: '上次读数', kind: 'decimal' }, { title: '平常用量', kind: 'decimal' }, { title: '本次读数', kind: 'text' }, { title: '未抄原因、备注', kind: 'text' }],
    rows: rows.map((r, i) => [i + 1, r.building_name, r.house_label, word('meter_kind', r.kind), r.meter_no, r.multiplier, r.previous ?? '', r.mean_usage ?? '', r.reading ?? '', r.parts.map((p) => `${word('register', p.register)}(上次 ${p.previous}):`).join('  ')]),
    printed_by: scope.who.name,
    printed_at: scope.today,
  })
}

export const roundAnswers = [
  answer(meters.readings, async (scope, { page, page_size, ...f }) => ({ rows: await rowsOf(scope, f, page_size, (page - 1) * page_size), ...(await progressOf(scope, f)) })),
  answer(meters.roundList, async (scope, { page, page_size, ...f }) => ({ rows: await rowsOf(scope, f, page_size, (page - 1) * page_size), ...(await progressOf(scope, f)) })),
  answer(meters.rounds, async (scope, f) => {
    const { rows } = await sql<Counts & { community_id: string; community_name: string; building_id: string | null; building_name: string; kind: 'water'; last_read_on: string | null }>`
      with s as materialized (select m.community_id, m.building_id, m.kind, ${COUNTS}, max(r.read_on) as last_read_on ${from(scope, f, false)} group by 1, 2, 3)
      select s.*, c.name as community_name, coalesce(b.name, '小区总表') as building_name from s
      join property.community c on c.company_id = ${scope.company_id} and c.community_id = s.community_id
      left join property.building b on b.company_id = ${scope.company_id} and b.building_id = s.building_id
      order by c.name, b.sort_no nulls first, b.name, s.kind limit 2000`.execute(scope.db)
    return { rows }
  }),
  answer(meters.suspects, async (scope, f) => {
    const c = scope.company_id
    const where: RawBuilder<unknown>[] = [sql`r.company_id = ${c} and r.state = 'suspect'`, housesSeenBy(scope, { alias: 'm' })]
    if (f.community_id) where.push(sql`m.community_id = ${f.community_id}`)
    if (f.kind) where.push(sql`m.kind = ${f.kind}`)
    const base = sql`from meters.reading r join meters.meter m on m.company_id = ${c} and m.meter_id = r.meter_id left join property.house h on h.company_id = ${c} and h.house_id = m.house_id
      left join meters.unread u on u.company_id = ${c} and u.meter_id = m.meter_id and u.period_on = r.period_on where ${sql.join(where, sql` and `)}`
    const total = (await sql<{ n: number }>`select count(*)::int as n ${base}`.execute(scope.db)).rows[0]!.n
    return { rows: await dressed(scope, sql`select ${PAGE}, r.period_on, false as locked ${base} order by r.period_on desc, m.community_id, h.sort_no, r.reading_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`), total }
  }),
  answerFile(meters.readingsExcel, async (scope, f) => ({ name: `抄表_${f.period}.xlsx`, type: XLSX, body: await excelOf(scope, f) })),
  answerFile(meters.readingSheet, async (scope, f) => ({ name: `抄表单_${f.period}.pdf`, type: 'application/pdf', body: await sheetOf(scope, f), inline: true })),
]
