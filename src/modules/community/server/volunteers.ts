// Volunteers: the hours of each person, summed from what was confirmed.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { masked } from '../../people/server/index.ts'
import { community, type VolunteerFilter, type VolunteerRow } from '../contract.ts'
import { activitiesSeenBy, signupsSeenBy } from './activity_access.ts'

const EXCEL_MAX = 20_000
function sums(scope: Scope, f: VolunteerFilter): RawBuilder<unknown> {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`s.company_id = ${c} and s.person_id is not null and s.minutes is not null and a.kind = 'volunteer'`, activitiesSeenBy(scope), signupsSeenBy(scope)]
  if (f.community_id) p.push(sql`a.community_id = ${f.community_id}`)
  if (f.from_on) p.push(sql`a.from_at >= ${`${f.from_on}T00:00:00+08:00`}::timestamptz`)
  if (f.to_on) p.push(sql`a.from_at < ${`${addDays(f.to_on, 1)}T00:00:00+08:00`}::timestamptz`)
  if (f.q) p.push(sql`exists (select from people.person x where x.company_id = ${c} and x.person_id = s.person_id and position(${f.q} in x.name) > 0)`)
  const cond = sql<SqlBool>`${sql.join(p, sql` and `)}`
  return sql`select s.person_id, min(h.label) as house_label, count(*) filter (where s.confirmed_at is not null)::int as times, coalesce(sum(s.minutes) filter (where s.confirmed_at is not null), 0)::int as minutes, coalesce(sum(s.minutes) filter (where s.confirmed_at is null), 0)::int as open_minutes, max(a.from_at) as last_at
    from community.signup s join community.activity a on a.company_id = ${c} and a.activity_id = s.activity_id join property.house h on h.company_id = ${c} and h.house_id = s.house_id where ${cond} group by s.person_id`
}
async function volunteerRows(scope: Scope, f: VolunteerFilter, o: { limit: number; offset: number }): Promise<VolunteerRow[]> {
  const { rows } = await sql<Omit<VolunteerRow, 'phone_masked'> & { phone: string | null }>`select v.*, p.name, p.phone from (${sums(scope, f)}) v join people.person p on p.company_id = ${scope.company_id} and p.person_id = v.person_id order by v.minutes desc, p.name, v.person_id limit ${o.limit} offset ${o.offset}`.execute(scope.db)
  return rows.map(({ phone, ...r }) => ({ ...r, phone_masked: masked(phone) }))
}
const volunteers = answer(community.volunteers, async (scope, f) => {
  const { rows } = await sql<{ total: number }>`select count(*)::int as total from (${sums(scope, f)}) v`.execute(scope.db)
  return { rows: await volunteerRows(scope, f, { limit: f.page_size, offset: (f.page - 1) * f.page_size }), total: rows[0]!.total }
})
const excel = answerFile(community.volunteersExcel, async (scope, f) => {
  const rows = await volunteerRows(scope, f, { limit: EXCEL_MAX + 1, offset: 0 })
  if (rows.length > EXCEL_MAX) throw scope.refuse('community.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const whole = (title: string) => ({ title, kind: 'int' as const })
  const body = await writeSheet({ sheets: [{ name: '志愿者', columns: [text('姓名'), text('房号'), text('电话'), whole('次数'), whole('已确认(分钟)'), whole('待确认(分钟)'), text('最近一次')], rows: rows.map((r) => [r.name, r.house_label, r.phone_masked, r.times, r.minutes, r.open_minutes, minuteText(r.last_at)]) }] })
  return { name: `志愿者时长-${scope.today}.xlsx`, type: XLSX, body }
})
export const volunteerAnswers = [volunteers, excel]
