// The day board: places by hours, for the desk and, printed, for the door.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { bookings, type BoardRow } from '../contract.ts'
import { unitsText } from '../shown.ts'
import { bookingsSeenBy, placesSeenBy } from './access.ts'
import { pricesOf, rulesOf } from './config.ts'
import { slotsOn } from './free.ts'
import { BILLED } from './rows.ts'
import { spanText, weekdayOf } from './rules/slots.ts'

const PLACES_MAX = 100
const BOOKINGS_MAX = 2000
const DAYS = ['一', '二', '三', '四', '五', '六', '日']
type Head = Omit<BoardRow, 'slots' | 'closures' | 'bookings'>
async function boardOn(scope: Scope, f: { community_id?: string | undefined; resource_id?: string | undefined; day: string }): Promise<BoardRow[]> {
  const c = scope.company_id
  const { rows: heads } = await sql<Head>`select r.resource_id, r.community_id, m.name as community_name, r.name, r.place, r.kind, r.unit_word, r.unit_count from bookings.resource r join property.community m on m.company_id = ${c} and m.community_id = r.community_id
    where r.company_id = ${c} and ${placesSeenBy(scope)} and r.retired_at is null and ${f.community_id ? sql`r.community_id = ${f.community_id}` : sql`true`} and ${f.resource_id ? sql`r.resource_id = ${f.resource_id}` : sql`true`} order by m.name, r.sort_no, r.name limit ${PLACES_MAX}`.execute(scope.db)
  const ids = heads.map((r) => r.resource_id)
  const [rules, prices] = [await rulesOf(scope, ids), await pricesOf(scope, ids)]
  const on = <T extends { from_on: string }>(list: readonly T[] | undefined): T | null => list?.find((x) => x.from_on <= f.day) ?? null
  const days = new Map((await slotsOn(scope, heads.map((r) => ({ resource_id: r.resource_id, unit_count: r.unit_count, rule: on(rules.get(r.resource_id)), price: on(prices.get(r.resource_id)) })), f.day, { by: 'desk' })).map((d) => [d.resource_id, d]))
  const midnight = (d: string): string => `${d}T00:00:00+08:00`
  // Whose house is out of reach is taken, and no more is said.
  const seen = bookingsSeenBy(scope)
  const { rows } = await sql<BoardRow['bookings'][number] & { resource_id: string }>`select b.resource_id, b.booking_id, b.no, case when ${seen} then h.label else '—' end as house_label, case when ${seen} then b.contact_name else '' end as contact_name, b.from_at, b.to_at, b.state, coalesce(k.open_fen, 0) as open_fen, array(select u.unit_no from bookings.booking_unit u where u.company_id = ${c} and u.booking_id = b.booking_id order by 1) as unit_nos
    from bookings.booking b join property.house h on h.company_id = ${c} and h.house_id = b.house_id left join ${BILLED(c)} k on true where b.company_id = ${c} and b.resource_id = any(${ids}::uuid[]) and b.state in ('asked', 'held', 'confirmed', 'used', 'no_show') and b.from_at < ${midnight(addDays(f.day, 1))}::timestamptz and b.to_at > ${midnight(f.day)}::timestamptz order by b.from_at, b.booking_id limit ${BOOKINGS_MAX}`.execute(scope.db)
  const of = Map.groupBy(rows, (r) => r.resource_id)
  return heads.map((r) => ({ ...r, slots: days.get(r.resource_id)!.slots, closures: days.get(r.resource_id)!.closures, bookings: (of.get(r.resource_id) ?? []).map(({ resource_id: _r, ...b }) => b) }))
}
const board = answer(bookings.board, async (scope, f) => {
  const rows = await boardOn(scope, f)
  const { rows: n } = await sql<{ asked_count: number; held_count: number }>`select count(*) filter (where b.state = 'asked')::int as asked_count, count(*) filter (where b.state = 'held')::int as held_count from bookings.booking b where b.company_id = ${scope.company_id} and ${bookingsSeenBy(scope)} and b.state in ('asked', 'held') and ${f.community_id ? sql`b.community_id = ${f.community_id}` : sql`true`}`.execute(scope.db)
  return { rows, ...n[0]! }
})
/** On the door: the room number says whose turn it is; names and phones are nobody's business there (个人信息保护法 6). */
const boardPdf = answerFile(bookings.boardPdf, async (scope, f) => {
  const rows = await boardOn(scope, f)
  if (rows.length === 0) throw scope.refuse('bookings.nothing_to_print')
  const company = await sql<{ name: string }>`select name from identity.company where company_id = ${scope.company_id}`.execute(scope.db)
  const lines = rows.flatMap((r) => {
    const head = `${r.name}(${r.place})`
    const shut = r.closures.map((k) => [head, `${minuteText(k.from_at)} 至 ${minuteText(k.to_at)}`, '', `停用:${k.reason}`])
    const taken = r.bookings.filter((b) => b.state !== 'no_show').map((b) => [head, spanText(b, f.day), unitsText(b.unit_nos, r.unit_word, r.unit_count), `${b.house_label}${b.state === 'asked' ? '(待审核)' : ''}`])
    return shut.length + taken.length > 0 ? [...shut, ...taken] : [[head, r.slots.length ? '全天可预约' : '不开放', '', '']]
  })
  const body = await renderPdf('letter_a4', {
    company_name: company.rows[0]!.name, title: `场地预约日程 ${f.day} 星期${DAYS[weekdayOf(f.day) - 1]}`, dated_on: scope.today, paragraphs: [], columns: [{ title: '场地', kind: 'text' }, { title: '时间', kind: 'text' }, { title: '号位', kind: 'text' }, { title: '房号', kind: 'text' }], rows: lines,
    closing: [`${scope.who.name} ${minuteText(scope.now)} 打印;之后的变化以手机和服务中心为准。`],
  })
  return { name: `场地预约日程_${f.day}.pdf`, type: 'application/pdf', body, inline: true }
})
export const boardAnswers = [board, boardPdf]
