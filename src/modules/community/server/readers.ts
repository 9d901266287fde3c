// Who read a notice when, by house and person; the unread can be exported and rung.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { masked } from '../../people/server/index.ts'
import { community, type ReaderFilter, type ReaderRow } from '../contract.ts'
import { said } from '../shown.ts'
import { noticeToRead, readersSeenBy } from './access.ts'

const EXCEL_MAX = 20_000
const STATE: Record<NonNullable<ReaderFilter['state']>, RawBuilder<SqlBool>> = { unread: sql`r.read_at is null and r.sent_at is not null`, read: sql`r.read_at is not null`, confirmed: sql`r.confirmed_at is not null`, unconfirmed: sql`r.confirmed_at is null`, unreachable: sql`r.sent_at is null and r.read_at is null`, late: sql`r.sent_at is null and r.read_at is not null` }
function where(scope: Scope, f: ReaderFilter): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`r.company_id = ${scope.company_id} and r.notice_id = ${f.notice_id}`, readersSeenBy(scope)]
  if (f.state) p.push(STATE[f.state])
  if (f.q) p.push(sql`(h.label = ${f.q} or exists (select from people.person x where x.company_id = ${scope.company_id} and x.person_id = r.person_id and position(${f.q} in x.name) > 0))`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
type Raw = Omit<ReaderRow, 'phone_masked' | 'key'> & { person_id: string; phone: string | null }
async function readerRows(scope: Scope, f: ReaderFilter, o: { limit: number; offset: number }): Promise<ReaderRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`with page as materialized (select r.*, h.label as house_label, h.sort_no from community.notice_reader r join property.house h on h.company_id = ${c} and h.house_id = r.house_id where ${where(scope, f)} order by h.sort_no, h.label, r.house_id, r.person_id limit ${o.limit} offset ${o.offset})
    select r.house_id, r.person_id, r.house_label, p.name, p.phone, r.role, r.sent_at, r.read_at, r.confirmed_at, r.reminded_at from page r join people.person p on p.company_id = ${c} and p.person_id = r.person_id order by r.sort_no, r.house_label, r.house_id, r.person_id`.execute(scope.db)
  return rows.map(({ person_id, phone, ...r }) => ({ ...r, key: `${r.house_id} ${person_id}`, phone_masked: masked(phone) }))
}
const readers = answer(community.readers, async (scope, f) => {
  await noticeToRead(scope, f.notice_id)
  const { rows } = await sql<{ total: number }>`select count(*)::int as total from community.notice_reader r join property.house h on h.company_id = ${scope.company_id} and h.house_id = r.house_id where ${where(scope, f)}`.execute(scope.db)
  return { rows: await readerRows(scope, f, { limit: f.page_size, offset: (f.page - 1) * f.page_size }), total: rows[0]!.total }
})
const excel = answerFile(community.readersExcel, async (scope, f) => {
  const n = await noticeToRead(scope, f.notice_id)
  const rows = await readerRows(scope, f, { limit: EXCEL_MAX + 1, offset: 0 })
  if (rows.length > EXCEL_MAX) throw scope.refuse('community.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({ sheets: [{ name: '阅读情况', columns: [text('房号'), text('姓名'), text('电话'), text('身份'), text('发送时间'), text('阅读时间'), text('确认时间'), text('提醒时间')], rows: rows.map((r) => [r.house_label, r.name, r.phone_masked, said('role', r.role), minuteText(r.sent_at), minuteText(r.read_at), minuteText(r.confirmed_at), minuteText(r.reminded_at)]) }] })
  return { name: `公告${f.state ? said('read', f.state) : '阅读情况'}-${n.no ?? '草稿'}.xlsx`, type: XLSX, body }
})
export const readerAnswers = [readers, excel]
