// Periods of warranty as a company sets them (the law's where it says nothing), builders, and the deposit they left.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { orders, type Builder, type WarrantyTerm } from '../contract.ts'
import { shippedCategories } from './rules/defaults.ts'
import { LAW, PART_OF, coveredUntil, termsFor } from './rules/warranty.ts'

const VERSIONS_MAX = 500
const BUILDERS_MAX = 200
const MOVES_MAX = 100
type Term = WarrantyTerm & { shipped: boolean; created_by: string | null }

/** Newest first within a part; the law's come last, so that a company's own of the same day goes before. */
export async function termsOf(scope: Scope): Promise<Term[]> {
  const c = scope.company_id
  const { rows } = await sql<WarrantyTerm & { created_by: string }>`select part, from_on, n, unit, season_from, season_to, category_ids, basis, created_by from orders.warranty_term where company_id = ${c} order by part, from_on desc, created_at desc limit ${VERSIONS_MAX}`.execute(scope.db)
  const ids = new Map(shippedCategories(c).map((g) => [g.name, g.category_id]))
  const law = LAW.map((t) => ({ ...t, category_ids: (PART_OF[t.part] ?? []).flatMap((name) => ids.get(name) ?? []), shipped: true, created_by: null }))
  return [...rows.map((r) => ({ ...r, shipped: false })), ...law]
}

export async function buildersOf(scope: Scope, o: { community_id?: string | undefined; builder_id?: string; lock?: boolean }): Promise<Builder[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<Builder, 'parts'>>`select b.builder_id, b.community_id, b.building_ids, b.name, b.contact_name, b.contact_phone, b.accepted_on, b.answer_days, b.repair_days, b.note, b.retired_at is not null as retired, k.name as community_name,
      coalesce((select string_agg(pb.name, '、' order by pb.no) from property.building pb where pb.company_id = ${c} and pb.building_id = any(b.building_ids)), '整个小区') as buildings,
      coalesce((select sum(case m.kind when 'paid_in' then m.amount_fen else -m.amount_fen end) from orders.builder_move m where m.company_id = ${c} and m.builder_id = b.builder_id), 0)::bigint as balance_fen,
      coalesce((select jsonb_agg(jsonb_build_object('move_id', x.move_id, 'kind', x.kind, 'amount_fen', x.amount_fen, 'done_on', x.done_on, 'paper', x.paper, 'claim_no', x.no, 'order_id', x.order_id) order by x.done_on desc, x.move_id desc) from (select m.*, cl.no, cl.order_id from orders.builder_move m left join orders.claim cl on cl.company_id = ${c} and cl.claim_id = m.claim_id where m.company_id = ${c} and m.builder_id = b.builder_id order by m.done_on desc, m.move_id desc limit ${MOVES_MAX}) x), '[]') as moves
    from orders.builder b join property.community k on k.company_id = ${c} and k.community_id = b.community_id
    where b.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'k' })} ${o.community_id ? sql`and b.community_id = ${o.community_id}` : sql``} ${o.builder_id ? sql`and b.builder_id = ${o.builder_id}` : sql``} order by k.name, b.accepted_on, b.name limit ${BUILDERS_MAX} ${o.lock ? sql`for update of b` : sql``}`.execute(scope.db)
  const terms = await termsOf(scope)
  return rows.map((b) => ({ ...b, parts: termsFor(terms, b.accepted_on).map((t) => { const until = coveredUntil(b.accepted_on, t); return { part: t.part, covered_until_on: until, covered: until >= scope.today } }) }))
}

/** Locked: two who draw on one deposit come one after the other. */
export async function builderToChange(scope: Scope, builder_id: string): Promise<Builder> {
  const [b] = await buildersOf(scope, { builder_id, lock: true })
  if (!b) throw scope.notFound()
  return b
}

export const warrantySetupAnswers = [
  answer(orders.warrantyTerms, async (scope) => {
    const rows = await termsOf(scope)
    const names = await memberNames(scope, rows.map((r) => r.created_by))
    return { rows: rows.map(({ created_by, ...r }) => ({ ...r, created_by_name: (created_by && names.get(created_by)) || null })) }
  }),
  answer(orders.publishWarrantyTerm, async (scope, o) => {
    if (!scope.reach().all) throw scope.notFound()
    const season = o.unit === 'season'
    if (season && (!o.season_from || !o.season_to)) throw scope.refuse('orders.season_needed')
    const term_id = uuidv7()
    await scope.db.insertInto('orders.warranty_term').values({ company_id: scope.company_id, term_id, part: o.part, from_on: o.from_on, n: o.n, unit: o.unit, season_from: season ? o.season_from : null, season_to: season ? o.season_to : null, category_ids: o.category_ids, basis: o.basis, created_by: scope.who.account_id!, created_at: scope.now }).execute()
    scope.note('warranty_term', term_id, { part: o.part, from_on: o.from_on, n: o.n, unit: o.unit })
    return { part: o.part }
  }),
  answer(orders.builders, async (scope, { community_id }) => ({ rows: await buildersOf(scope, { community_id }) })),
  answer(orders.saveBuilder, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    if (o.builder_id) {
      const before = await builderToChange(scope, o.builder_id)
      if (before.community_id !== o.community_id) throw scope.notFound()
    }
    const here = await scope.db.selectFrom('property.building').select('building_id').where('company_id', '=', c).where('community_id', '=', o.community_id).where(sql<boolean>`building_id = any(${o.building_ids}::uuid[])`).execute()
    if (here.length !== new Set(o.building_ids).size) throw scope.notFound()
    const builder_id = o.builder_id ?? uuidv7()
    const values = { community_id: o.community_id, building_ids: [...new Set(o.building_ids)], name: o.name, contact_name: o.contact_name || null, contact_phone: o.contact_phone || null, accepted_on: o.accepted_on, answer_days: o.answer_days, repair_days: o.repair_days, note: o.note || null, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id!, changed_at: scope.now }
    await scope.db.insertInto('orders.builder').values({ company_id: c, builder_id, ...values }).onConflict((x) => x.columns(['company_id', 'builder_id']).doUpdateSet(values)).execute()
    scope.note('builder', builder_id, { name: o.name, accepted_on: o.accepted_on })
    return { builder_id }
  }),
  answer(orders.addBuilderMove, async (scope, o) => {
    const b = await builderToChange(scope, o.builder_id)
    await communityToChange(scope, b.community_id)
    if (o.kind === 'returned' && o.amount_fen > b.balance_fen) throw scope.refuse('orders.deposit_short', { balance: yuanGrouped(fen(b.balance_fen)) })
    const move_id = uuidv7()
    await scope.db.insertInto('orders.builder_move').values({ company_id: scope.company_id, move_id, builder_id: o.builder_id, kind: o.kind, amount_fen: o.amount_fen, done_on: o.done_on, paper: o.paper, created_by: scope.who.account_id!, created_at: scope.now }).execute()
    scope.note('builder', o.builder_id, { name: b.name, kind: o.kind, amount_fen: o.amount_fen })
    return { move_id, balance_fen: b.balance_fen + (o.kind === 'paid_in' ? o.amount_fen : -o.amount_fen) }
  }),
]
