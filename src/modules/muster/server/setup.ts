// Assembly points, beacon gateways with their addresses, the tags that staff wear.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { muster, type GatewayRow, type TagRow } from '../contract.ts'
import { gatewayPath } from './address.ts'
import { pointRows, seen } from './rolls.ts'

const ROWS_MAX = 500
/** A unique index decides; its name says what stands in the way. */
async function unlessTaken(scope: Scope, run: () => Promise<unknown>, refuse: () => Promise<Error> | Error): Promise<void> {
  await sql`savepoint named`.execute(scope.db)
  try {
    await run()
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error
    await sql`rollback to savepoint named`.execute(scope.db)
    throw await refuse()
  }
}
async function owned(scope: Scope, table: 'point' | 'gateway', id: string): Promise<{ community_id: string; secret_no: number }> {
  const { rows } = table === 'point'
    ? await sql<{ community_id: string; secret_no: number }>`select x.community_id, 0 as secret_no from muster.point x where x.company_id = ${scope.company_id} and x.point_id = ${id} and ${seen(scope, 'x')} for update`.execute(scope.db)
    : await sql<{ community_id: string; secret_no: number }>`select x.community_id, x.secret_no from muster.gateway x where x.company_id = ${scope.company_id} and x.gateway_id = ${id} and ${seen(scope, 'x')} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export const setupAnswers = [
  answer(muster.points, async (scope, f) => ({ rows: await pointRows(scope, f.community_id, true) })),
  answer(muster.savePoint, async (scope, o) => {
    const c = scope.company_id
    const before = o.point_id ? await owned(scope, 'point', o.point_id) : null
    await communityToChange(scope, before?.community_id ?? o.community_id)
    const point_id = o.point_id ?? uuidv7()
    const values = { name: o.name, place: o.place, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await unlessTaken(scope, () => (before ? scope.db.updateTable('muster.point').set(values).where('company_id', '=', c).where('point_id', '=', point_id).execute() : scope.db.insertInto('muster.point').values({ company_id: c, point_id, community_id: o.community_id, ...values }).execute()), () => scope.refuse('muster.name_taken', { name: o.name }))
    scope.note('muster_point', point_id, { name: o.name, place: o.place, retired: o.retired })
    return { point_id }
  }),
  answer(muster.gateways, async (scope, f) => {
    const { rows } = await sql<GatewayRow>`select g.gateway_id, g.community_id, m.name as community_name, g.name, g.zone, g.heard_at, g.retired_at is not null as retired from muster.gateway g join property.community m on m.company_id = ${scope.company_id} and m.community_id = g.community_id where g.company_id = ${scope.company_id} and ${seen(scope, 'g')} and ${f.community_id ? sql`g.community_id = ${f.community_id}` : sql`true`} order by m.name, g.name limit ${ROWS_MAX}`.execute(scope.db)
    return { rows }
  }),
  answer(muster.saveGateway, async (scope, o) => {
    const c = scope.company_id
    const before = o.gateway_id ? await owned(scope, 'gateway', o.gateway_id) : null
    await communityToChange(scope, before?.community_id ?? o.community_id)
    const gateway_id = o.gateway_id ?? uuidv7()
    const values = { name: o.name, zone: o.zone, secret_no: (before?.secret_no ?? 1) + (before && o.new_secret ? 1 : 0), retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await unlessTaken(scope, () => (before ? scope.db.updateTable('muster.gateway').set(values).where('company_id', '=', c).where('gateway_id', '=', gateway_id).execute() : scope.db.insertInto('muster.gateway').values({ company_id: c, gateway_id, community_id: o.community_id, ...values }).execute()), () => scope.refuse('muster.name_taken', { name: o.name }))
    scope.note('muster_gateway', gateway_id, { name: o.name, zone: o.zone, retired: o.retired })
    return { gateway_id }
  }),
  answer(muster.gatewayAddress, async (scope, o) => {
    const { rows } = await sql<{ secret_no: number }>`select g.secret_no from muster.gateway g where g.company_id = ${scope.company_id} and g.gateway_id = ${o.gateway_id} and ${seen(scope, 'g')}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    return { path: gatewayPath(scope.company_id, o.gateway_id, rows[0].secret_no) }
  }),
  answer(muster.tags, async (scope) => {
    const c = scope.company_id
    const { rows } = await sql<TagRow>`select t.tag_id, t.no, t.account_id, m.name as account_name, t.retired_at is not null as retired from muster.tag t join identity.member m on m.company_id = ${c} and m.account_id = t.account_id where t.company_id = ${c} order by t.retired_at is not null, m.name limit ${ROWS_MAX}`.execute(scope.db)
    const { rows: staff } = await sql<{ account_id: string; name: string }>`select account_id, name from identity.member where company_id = ${c} and disabled_at is null order by name limit ${ROWS_MAX}`.execute(scope.db)
    return { rows, staff }
  }),
  answer(muster.saveTag, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ name: string }>`select name from identity.member where company_id = ${c} and account_id = ${o.account_id}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    const tag_id = o.tag_id ?? uuidv7()
    const values = { no: o.no, account_id: o.account_id, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await unlessTaken(scope, () => (o.tag_id ? scope.db.updateTable('muster.tag').set(values).where('company_id', '=', c).where('tag_id', '=', tag_id).execute() : scope.db.insertInto('muster.tag').values({ company_id: c, tag_id, ...values }).execute()), async () => scope.refuse('muster.tag_taken', { no: o.no, name: (await sql<{ name: string }>`select m.name from muster.tag t join identity.member m on m.company_id = ${c} and m.account_id = t.account_id where t.company_id = ${c} and t.no = ${o.no} and t.retired_at is null`.execute(scope.db)).rows[0]?.name ?? '' }))
    scope.note('muster_tag', tag_id, { no: o.no, name: rows[0].name, retired: o.retired })
    return { tag_id }
  }),
]
