// Permits as rows: plates of today, whether they hold, what is unpaid.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { masked } from '../../people/server/index.ts'
import type { PermitFilter, PermitRow } from '../contract.ts'
import { lotsSeenBy, plateShown, seesPlates } from './access.ts'
import { holdsOn, paidTo } from './permit_now.ts'

const SOON_DAYS = 15
export function permitWhere(scope: Scope, f: PermitFilter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`pm.company_id = ${c}`, sql`exists (select from parking.lot l where l.company_id = ${c} and l.lot_id = pm.lot_id and ${lotsSeenBy(scope)} ${f.community_id ? sql`and l.community_id = ${f.community_id}` : sql``})`]
  if (f.lot_id) p.push(sql`pm.lot_id = ${f.lot_id}`)
  if (f.kind) p.push(sql`pm.kind = ${f.kind}`)
  if (f.state) p.push(sql`pm.state = ${f.state}`)
  if (f.ending) p.push(sql`pm.state = 'live' and case when pm.kind = 'monthly' then ${paidTo(scope)} else pm.to_on end between ${scope.today}::date and ${addDays(scope.today, SOON_DAYS)}::date`)
  if (f.q) {
    const q = f.q.normalize('NFKC').toUpperCase().replace(/[\s·•.-]/g, '')
    const plate = seesPlates(scope) ? sql`(pp.plate like ${`${q.replace(/[%_]/g, '')}%`} or right(pp.plate, 4) = ${q})` : sql`pp.plate = ${q}`
    p.push(sql`(position(${f.q} in pm.holder_name) > 0 or pm.card_no = ${f.q} or exists (select from parking.permit_plate pp where pp.company_id = ${c} and pp.permit_id = pm.permit_id and ${plate}) or exists (select from property.house h where h.company_id = ${c} and h.house_id = pm.house_id and h.label = ${f.q}))`)
  }
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
export async function permitRows(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<PermitRow[]> {
  const c = scope.company_id
  const shown = plateShown(scope)
  const { rows } = await sql<PermitRow>`with page as materialized (select pm.* from parking.permit pm where ${where} order by pm.created_at desc, pm.permit_id limit ${limit} offset ${offset})
    select pm.permit_id, pm.lot_id, l.name as lot_name, pm.kind, pm.state, pm.places, pm.house_id, h.label as house_label, pm.holder_name, pm.holder_phone, pm.card_no, pm.from_on, pm.to_on, pm.reason, pm.created_at, ${holdsOn(scope, scope.today)} as holds, ${paidTo(scope)} as term_to_on,
      array(select distinct pp.plate from parking.permit_plate pp where pp.company_id = ${c} and pp.permit_id = pm.permit_id and (pp.to_on is null or pp.to_on > ${scope.today}::date) order by 1) as plates,
      (select count(*)::int from parking.stay t where t.company_id = ${c} and t.permit_id = pm.permit_id and t.state = 'in') as inside,
      coalesce((select sum(b.amount_fen - b.paid_fen - b.reduced_fen) from parking.term tm join billing.bill b on b.company_id = ${c} and b.period_on = tm.period_on and b.bill_id = tm.bill_id where tm.company_id = ${c} and tm.permit_id = pm.permit_id and b.voided_at is null), 0)::bigint as unpaid_fen
    from page pm join parking.lot l on l.company_id = ${c} and l.lot_id = pm.lot_id left join property.house h on h.company_id = ${c} and h.house_id = pm.house_id order by pm.created_at desc, pm.permit_id`.execute(scope.db)
  return rows.map((r) => ({ ...r, plates: r.plates.map((p) => shown(p)), holder_phone: masked(r.holder_phone) }))
}
