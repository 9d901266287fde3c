// The list of a month's readings: for the desk, for the phone, for Excel.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { housesLike, housesSeenBy } from '../../property/server/index.ts'
import { meters, type ReadingRow } from '../contract.ts'
import { words } from '../words.ts'
import { meterToRead } from './access.ts'
import { LOCKED } from './record.ts'

type Filter = Out<typeof meters.readingsExcel.takes>
const EXCEL_MAX = 100_000
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Meters that were in place in the month, with the month's reading as `r`. */
function from(scope: Scope, f: Filter, withState: boolean): RawBuilder<unknown> {
  const c = scope.company_id
  const first = `${f.period}-01`
  const next = `${addMonths(f.period, 1)}-01`
  const where: RawBuilder<unknown>[] = [
    sql`m.company_id = ${c}`,
    housesSeenBy(scope),
    sql`(r.reading_id is not null or (m.installed_on < ${next}::date and (m.removed_on is null or m.removed_on > ${first}::date)))`,
  ]
  if (f.community_id) where.push(sql`h.community_id = ${f.community_id}`)
  if (f.building_id) where.push(sql`h.building_id = ${f.building_id}`)
  if (f.house_id) where.push(sql`h.house_id = ${f.house_id}`)
  if (f.kind) where.push(sql`m.kind = ${f.kind}`)
  if (f.q) where.push(sql`(m.no = ${f.q} or ${housesLike(f.q)})`)
  if (withState && f.state === 'missing') where.push(sql`r.reading_id is null`)
  if (withState && f.state === 'done') where.push(sql`r.reading_id is not null`)
  if (withState && f.state === 'suspect') where.push(sql`r.state = 'suspect'`)
  return sql`from meters.meter m join property.house h on h.company_id = ${c} and h.house_id = m.house_id
    left join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${first}::date where ${sql.join(where, sql` and `)}`
}

type Raw = Omit<ReadingRow, 'can' | 'read_by_name' | 'period'> & { read_by: string | null; locked: boolean; later: boolean; removed_on: string | null }

async function rowsOf(scope: Scope, f: Filter, limit: number, offset: number): Promise<ReadingRow[]> {
  const c = scope.company_id
  const first = `${f.period}-01`
  const { rows } = await sql<Raw>`
    with page as materialized (
      select m.meter_id, m.no as meter_no, m.kind, m.multiplier, m.start_reading, m.removed_on, h.community_id, h.building_id, h.house_id, h.label as house_label, h.floor_no, h.sort_no,
        r.reading_id, r.previous as r_previous, r.reading, r.usage, r.state, r.read_on, r.source, r.note, r.read_by, ${LOCKED} as locked
      ${from(scope, f, true)} order by h.community_id, h.sort_no, h.label, m.kind, m.no limit ${limit} offset ${offset})
    select p.*, p.multiplier::text as multiplier, b.name as building_name, coalesce(p.r_previous, l.reading, p.start_reading)::text as previous, round(s.mean, 3)::text as mean_usage,
      exists (select from meters.reading y where y.company_id = ${c} and y.meter_id = p.meter_id and y.period_on > ${first}::date) as later
    from page p join property.building b on b.company_id = ${c} and b.building_id = p.building_id
    left join lateral (select y.reading from meters.reading y where y.company_id = ${c} and y.meter_id = p.meter_id and y.period_on < ${first}::date order by y.period_on desc limit 1) l on true
    left join lateral (select avg(z.usage) as mean from (select y.usage from meters.reading y where y.company_id = ${c} and y.meter_id = p.meter_id and y.period_on < ${first}::date order by y.period_on desc limit 6) z) s on true
    order by p.community_id, p.sort_no, p.house_label, p.kind, p.meter_no`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.read_by))
  const write = scope.reach('meters.reading.write')
  return rows.map((r) => {
    const mine = write.all || write.community_ids.includes(r.community_id) || write.building_ids.includes(r.building_id)
    const no = mine ? null : 'kernel.forbidden'
    return {
      meter_id: r.meter_id, meter_no: r.meter_no, kind: r.kind, multiplier: r.multiplier, community_id: r.community_id, building_id: r.building_id, building_name: r.building_name,
      house_id: r.house_id, house_label: r.house_label, floor_no: r.floor_no, period: f.period, previous: r.previous, mean_usage: r.mean_usage,
      reading_id: r.reading_id, reading: r.reading, usage: r.usage, state: r.state, read_on: r.read_on, source: r.source, note: r.note,
      read_by_name: (r.read_by && names.get(r.read_by)) || null,
      can: {
        record: no ?? (r.reading_id ? 'meters.already_read' : r.later ? 'meters.later_reading' : r.removed_on && r.removed_on <= first ? 'meters.removed' : true),
        correct: no ?? (!r.reading_id ? 'kernel.not_found' : r.locked ? 'meters.reading_billed' : r.later ? 'meters.later_reading' : true),
        confirm: no ?? (r.state === 'suspect' ? true : 'meters.not_suspect'),
      },
    }
  })
}

async function progressOf(scope: Scope, f: Filter) {
  const { rows } = await sql<{ meter_count: number; read_count: number; suspect_count: number }>`select count(*)::int as meter_count, count(r.reading_id)::int as read_count, (count(*) filter (where r.state = 'suspect'))::int as suspect_count ${from(scope, f, false)}`.execute(scope.db)
  const p = rows[0]!
  const total = f.state === 'missing' ? p.meter_count - p.read_count : f.state === 'done' ? p.read_count : f.state === 'suspect' ? p.suspect_count : p.meter_count
  return { progress: p, total }
}

export const roundAnswers = [
  answer(meters.readings, async (scope, { page, page_size, ...f }) => ({ rows: await rowsOf(scope, f, page_size, (page - 1) * page_size), ...(await progressOf(scope, f)) })),
  answer(meters.roundList, async (scope, { page, page_size, ...f }) => ({ rows: await rowsOf(scope, f, page_size, (page - 1) * page_size), ...(await progressOf(scope, f)) })),
  answer(meters.rounds, async (scope, f) => {
    const { rows } = await sql<{ community_id: string; community_name: string; building_id: string; building_name: string; kind: 'water'; meter_count: number; read_count: number; suspect_count: number }>`
      with s as materialized (select h.community_id, h.building_id, m.kind, count(*)::int as meter_count, count(r.reading_id)::int as read_count, (count(*) filter (where r.state = 'suspect'))::int as suspect_count
        ${from(scope, f, false)} group by 1, 2, 3)
      select s.*, c.name as community_name, b.name as building_name from s
      join property.community c on c.company_id = ${scope.company_id} and c.community_id = s.community_id
      join property.building b on b.company_id = ${scope.company_id} and b.building_id = s.building_id
      order by c.name, b.sort_no, b.name, s.kind limit 2000`.execute(scope.db)
    return { rows }
  }),
  answerFile(meters.readingsExcel, async (scope, f) => {
    const rows = await rowsOf(scope, f, EXCEL_MAX, 0)
    const kinds = words.states!['meter_kind']!
    const states = words.states!['reading_state']!
    const body = await writeSheet({
      sheets: [
        {
          name: '抄表',
          title_rows: [`抄表 ${f.period}`],
          columns: [
            { title: '楼栋', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '表种', kind: 'text' }, { title: '表号', kind: 'text' }, { title: '倍率', kind: 'number' }, { title: '上次读数', kind: 'number' },
            { title: '本次读数', kind: 'number' }, { title: '用量', kind: 'number' }, { title: '平均用量', kind: 'number' }, { title: '状态', kind: 'text' }, { title: '抄表日', kind: 'day' }, { title: '抄表人', kind: 'text' }, { title: '备注', kind: 'text' },
          ],
          rows: rows.map((r) => [r.building_name, r.house_label, kinds[r.kind] ?? r.kind, r.meter_no, r.multiplier, r.previous, r.reading, r.usage, r.mean_usage, r.state ? (states[r.state] ?? r.state) : '未抄', r.read_on, r.read_by_name, r.note]),
        },
      ],
    })
    return { name: `抄表_${f.period}.xlsx`, type: XLSX, body }
  }),
  answer(meters.meterHistory, async (scope, { meter_id, page, page_size }) => {
    await meterToRead(scope, meter_id)
    const of = scope.db.selectFrom('meters.reading').where('company_id', '=', scope.company_id).where('meter_id', '=', meter_id)
    const { total } = await of.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await of.select(['reading_id', 'period_on', 'read_on', 'previous', 'reading', 'usage', 'state', 'source', 'note', 'read_by', 'created_at']).orderBy('period_on', 'desc').limit(page_size).offset((page - 1) * page_size).execute()
    const names = await memberNames(scope, rows.map((r) => r.read_by))
    return { rows: rows.map(({ read_by, period_on, ...r }) => ({ ...r, period: period_on.slice(0, 7), state: r.state as 'good', read_by_name: (read_by && names.get(read_by)) || null })), total }
  }),
]
