// 车场日报: entries, exits, openings and money of each day and lot, with what does not agree: barrier openings against passages. Openings by hand are
// listed with who and why.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, daysBetween } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { parking, type DayRow, type OpeningRow } from '../contract.ts'
import { lotsSeenBy, plateShown } from './access.ts'
import { dayBegins } from './local.ts'

const DAYS_MAX = 100
interface Ask {
  lot_id?: string | undefined
  community_id?: string | undefined
  from_on: string
  to_on: string
}
const LOCAL = (col: string) => sql`(${sql.ref(col)} at time zone 'Asia/Shanghai')::date`
async function rowsOf(scope: Scope, f: Ask): Promise<DayRow[]> {
  if (daysBetween(f.from_on, f.to_on) >= DAYS_MAX || f.to_on < f.from_on) throw scope.refuse('parking.range_long', { max: DAYS_MAX })
  const c = scope.company_id
  const [a, z] = [dayBegins(f.from_on), dayBegins(addDays(f.to_on, 1))]
  const { rows } = await sql<DayRow>`
    with lots as materialized (select l.lot_id, l.name, l.house_id from parking.lot l where l.company_id = ${c} and ${lotsSeenBy(scope)} ${f.lot_id ? sql`and l.lot_id = ${f.lot_id}` : sql``} ${f.community_id ? sql`and l.community_id = ${f.community_id}` : sql``}),
    parts as (
      select s.lot_id, ${LOCAL('s.entered_at')} as d, count(*) filter (where s.state <> 'void' and not s.no_entry)::int as ins, 0 as outs, 0 as opened, 0 as offline, 0 as hand, count(*) filter (where s.state = 'void')::int as voids, 0::bigint as cash, 0::bigint as online, 0::bigint as other, 0::bigint as debt from parking.stay s join lots l on l.lot_id = s.lot_id where s.company_id = ${c} and s.entered_at >= ${a} and s.entered_at < ${z} group by 1, 2
      union all select s.lot_id, ${LOCAL('s.left_at')}, 0, count(*)::int, 0, 0, 0, 0, 0, 0, 0, coalesce(sum((select sum(b.amount_fen - b.paid_fen - b.reduced_fen - b.moved_fen) from parking.stay_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id where x.company_id = ${c} and x.stay_id = s.stay_id and b.voided_at is null)) filter (where s.debt), 0)::bigint from parking.stay s join lots l on l.lot_id = s.lot_id where s.company_id = ${c} and s.left_at >= ${a} and s.left_at < ${z} group by 1, 2
      union all select k.lot_id, ${LOCAL('k.device_at')}, 0, 0, count(*) filter (where k.decision = 'open')::int, count(*) filter (where k.by_camera)::int, 0, 0, 0, 0, 0, 0 from parking.look k join lots l on l.lot_id = k.lot_id where k.company_id = ${c} and k.received_at >= ${a} and k.device_at >= ${a} and k.device_at < ${z} and (k.decision = 'open' or k.by_camera) group by 1, 2
      union all select m.lot_id, ${LOCAL('m.sent_at')}, 0, 0, 0, 0, count(*)::int, 0, 0, 0, 0, 0 from parking.command m join lots l on l.lot_id = m.lot_id where m.company_id = ${c} and m.sent_at >= ${a} and m.sent_at < ${z} group by 1, 2
      union all select l.lot_id, p.taken_on, 0, 0, 0, 0, 0, 0, coalesce(sum(t.amount_fen) filter (where t.method = 'cash'), 0)::bigint, coalesce(sum(t.amount_fen) filter (where t.method in ('wechat', 'alipay')), 0)::bigint, coalesce(sum(t.amount_fen) filter (where t.method not in ('cash', 'wechat', 'alipay')), 0)::bigint, 0 from lots l join payment.payment p on p.company_id = ${c} and p.house_id = l.house_id join payment.tender t on t.company_id = ${c} and t.payment_id = p.payment_id where p.taken_on between ${f.from_on}::date and ${f.to_on}::date and p.reversed_at is null group by 1, 2)
    select p.d::text || ' ' || l.lot_id as key, p.d as on_day, l.lot_id, l.name as lot_name, sum(p.ins)::int as in_count, sum(p.outs)::int as out_count, sum(p.opened)::int as opened_count, sum(p.offline)::int as offline_count, sum(p.hand)::int as hand_count, (sum(p.opened) + sum(p.offline) + sum(p.hand) - sum(p.ins) - sum(p.outs))::int as difference, sum(p.voids)::int as void_count,
      sum(p.cash)::bigint as cash_fen, sum(p.online)::bigint as online_fen, sum(p.other)::bigint as other_fen, (sum(p.cash) + sum(p.online) + sum(p.other))::bigint as taken_fen, sum(p.debt)::bigint as debt_fen
    from parts p join lots l on l.lot_id = p.lot_id group by p.d, l.lot_id, l.name order by p.d desc, l.name`.execute(scope.db)
  return rows
}
const days = answer(parking.days, async (scope, f) => ({ rows: await rowsOf(scope, f) }))
const daysExcel = answerFile(parking.daysExcel, async (scope, f) => {
  const rows = await rowsOf(scope, f)
  const text = (title: string) => ({ title, kind: 'text' as const })
  const int = (title: string) => ({ title, kind: 'int' as const })
  const money = (title: string) => ({ title, kind: 'money_fen' as const })
  const body = await writeSheet({ sheets: [{ name: '车场日报', columns: [text('日期'), text('车场'), int('入场'), int('离场'), int('自动开闸'), int('断网开闸'), int('手动开闸'), int('开闸与进出之差'), int('作废'), money('现金'), money('线上'), money('其他'), money('收款合计'), money('未缴离场')], rows: rows.map((r) => [r.on_day, r.lot_name, r.in_count, r.out_count, r.opened_count, r.offline_count, r.hand_count, r.difference, r.void_count, r.cash_fen, r.online_fen, r.other_fen, r.taken_fen, r.debt_fen]) }] })
  return { name: `车场日报-${f.from_on}-${f.to_on}.xlsx`, type: XLSX, body }
})
const openings = answer(parking.openings, async (scope, f) => {
  const c = scope.company_id
  const shown = plateShown(scope)
  const where = sql`m.company_id = ${c} and exists (select from parking.lot l where l.company_id = ${c} and l.lot_id = m.lot_id and ${lotsSeenBy(scope)} ${f.community_id ? sql`and l.community_id = ${f.community_id}` : sql``}) ${f.lot_id ? sql`and m.lot_id = ${f.lot_id}` : sql``} ${f.from_on ? sql`and m.created_at >= ${dayBegins(f.from_on)}` : sql``} ${f.to_on ? sql`and m.created_at < ${dayBegins(addDays(f.to_on, 1))}` : sql``}`
  const { rows } = await sql<OpeningRow & { no_plate: boolean | null }>`with page as materialized (select m.* from parking.command m where ${where} order by m.created_at desc, m.command_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select m.command_id, m.created_at as at, l.name as lot_name, n.name as lane_name, m.by_name, m.reason, case when m.sent_at is not null then 'sent' when m.expires_at > ${scope.now}::timestamptz then 'waiting' else 'expired' end as state, m.stay_id, s.plate, s.no_plate from page m join parking.lot l on l.company_id = ${c} and l.lot_id = m.lot_id join parking.lane n on n.company_id = ${c} and n.lane_id = m.lane_id left join parking.stay s on s.company_id = ${c} and s.stay_id = m.stay_id order by m.created_at desc, m.command_id`.execute(scope.db)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from parking.command m where ${where}`.execute(scope.db)
  return { rows: rows.map(({ no_plate, ...r }) => ({ ...r, plate: r.plate ? shown(r.plate, no_plate ?? false) : null })), total: n[0]!.total }
})

export const dayAnswers = [days, daysExcel, openings]
