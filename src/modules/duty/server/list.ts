// Handovers as rows: on the desk, on the phone, in Excel.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { duty, type Handover } from '../contract.ts'
import { said } from '../shown.ts'
import { spanOf } from './rules/roster.ts'

const EXCEL_MAX = 20_000
type Raw = Omit<Handover, 'short' | 'late_minutes'> & { from_time: string; to_time: string }
export async function handoversOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<Handover[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`select h.handover_id, h.room_id, r.name as room_name, k.name as community_name, h.on_day, s.name as shift_name, h.to_day, n.name as to_shift_name, h.state, h.counts, h.opens, h.note, h.out_name, h.out_at, h.in_name, h.in_at, h.in_note, h.end_reason, n.from_time, n.to_time
    from duty.handover h join duty.room r on r.company_id = ${c} and r.room_id = h.room_id join property.community k on k.company_id = ${c} and k.community_id = r.community_id left join duty.shift s on s.company_id = ${c} and s.room_id = h.room_id and s.shift_id = h.shift_id join duty.shift n on n.company_id = ${c} and n.room_id = h.room_id and n.shift_id = h.to_shift_id
    where h.company_id = ${c} and ${where} order by h.to_day desc, coalesce(h.out_at, h.in_at) desc, h.handover_id limit ${limit} offset ${offset}`.execute(scope.db)
  return rows.map(({ from_time, to_time, ...h }) => {
    const late = h.state === 'taken' && h.in_at ? Math.floor((Date.parse(h.in_at) - Date.parse(spanOf(h.to_day, { from_time, to_time }).starts_at)) / 60_000) : 0
    return { ...h, short: h.counts.some((x) => x.found !== x.count), late_minutes: late > 0 ? late : null }
  })
}
interface Filter { community_id?: string | undefined; room_id?: string | undefined; state?: string | undefined; from_on?: string | undefined; to_on?: string | undefined }
const conditions = (scope: Scope, f: Filter) => sql<SqlBool>`${sql.join([housesSeenBy(scope, { alias: 'r' }), ...(f.community_id ? [sql`r.community_id = ${f.community_id}`] : []), ...(f.room_id ? [sql`h.room_id = ${f.room_id}`] : []), ...(f.state ? [sql`h.state = ${f.state}`] : []), ...(f.from_on ? [sql`h.to_day >= ${f.from_on}::date`] : []), ...(f.to_on ? [sql`h.to_day <= ${f.to_on}::date`] : [])], sql` and `)}`
const countText = (h: Handover): string => h.counts.map((x) => `${x.name} ${x.found}/${x.count}${x.note ? `(${x.note})` : ''}`).join('、')
export const listAnswers = [
  answer(duty.handovers, async (scope, f) => {
    const where = conditions(scope, f)
    const [rows, n] = await Promise.all([handoversOf(scope, where, f.page_size, (f.page - 1) * f.page_size), sql<{ n: number }>`select count(*)::int as n from duty.handover h join duty.room r on r.company_id = ${scope.company_id} and r.room_id = h.room_id where h.company_id = ${scope.company_id} and ${where}`.execute(scope.db)])
    return { rows, total: n.rows[0]!.n }
  }),
  answerFile(duty.handoversExcel, async (scope, f) => {
    const rows = await handoversOf(scope, conditions(scope, f), EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('duty.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: '交接班记录', columns: ['小区', '值班室', '交班日', '交班班次', '接班日', '接班班次', '状态', '交班人', '交班时间', '接班人', '接班时间'].map(text).concat([{ title: '迟交(分)', kind: 'int' as never }]).concat(['清点', '未完事项', '交班说明', '接班说明', '原因'].map(text)), rows: rows.map((h) => [h.community_name, h.room_name, h.on_day, h.shift_name, h.to_day, h.to_shift_name, said('handover', h.state), h.out_name, minuteText(h.out_at), h.in_name, minuteText(h.in_at), h.late_minutes, countText(h), h.opens.map((x) => x.text).join(';'), h.note, h.in_note, h.end_reason]) }] })
    return { name: `交接班记录-${scope.today}.xlsx`, type: XLSX, body }
  }),
]
