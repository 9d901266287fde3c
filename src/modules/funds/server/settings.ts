// Rules as dated data: 维修资金办法, first deposit standards, special bank accounts.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import { PolicyData, type BankRow, type PolicyRow, type StandardRow } from '../shapes.ts'

const LIST_MAX = 500

/** The rules in force for a community on a day: its own, else the company's. */
export async function policyFor(scope: Scope, community_id: string, day: string = scope.today): Promise<PolicyData> {
  const { rows } = await sql<{ data: unknown }>`select data from funds.policy where company_id = ${scope.company_id} and (community_id = ${community_id} or community_id is null) and from_on <= ${day}::date
    order by community_id nulls last, from_on desc, created_at desc limit 1`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('funds.no_policy')
  return PolicyData.parse(rows[0].data)
}

const policies = answer(funds.policies, async (scope, { community_id }) => {
  const { rows } = await sql<{ policy_id: string; community_id: string | null; community_name: string | null; from_on: string; data: unknown; basis: string; created_by: string | null; newest: boolean }>`
    select p.policy_id, p.community_id, c.name as community_name, p.from_on, p.data, p.basis, p.created_by,
      row_number() over (partition by p.community_id order by (p.from_on <= ${scope.today}::date) desc, p.from_on desc, p.created_at desc) = 1 and p.from_on <= ${scope.today}::date as newest
    from funds.policy p left join property.community c on c.company_id = p.company_id and c.community_id = p.community_id
    where p.company_id = ${scope.company_id} and (p.community_id is null or ${communitiesSeenBy(scope, { alias: 'p' })}) ${community_id ? sql`and (p.community_id = ${community_id} or p.community_id is null)` : sql``}
    order by p.community_id nulls last, p.from_on desc, p.created_at desc limit ${LIST_MAX}`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.created_by))
  return { rows: rows.map((r): PolicyRow => ({ ...PolicyData.parse(r.data), policy_id: r.policy_id, community_id: r.community_id, community_name: r.community_name, from_on: r.from_on, basis: r.basis, in_force: r.newest, created_by_name: (r.created_by && names.get(r.created_by)) || null })) }
})

const savePolicy = answer(funds.savePolicy, async (scope, o) => {
  // Rules of the whole company need a grant over the whole company.
  if (o.community_id) await communityToChange(scope, o.community_id)
  else if (!scope.reach().all) throw scope.notFound()
  const policy_id = uuidv7()
  await scope.db.insertInto('funds.policy').values({ company_id: scope.company_id, policy_id, community_id: o.community_id ?? null, from_on: o.from_on, data: JSON.stringify(PolicyData.parse(o)), basis: o.basis, created_by: scope.who.account_id, created_at: scope.now }).execute()
  scope.note('fund_policy', policy_id, { from_on: o.from_on, basis: o.basis })
  return { policy_id }
})

const standards = answer(funds.standards, async (scope, { community_id }) => {
  const { rows } = await sql<Omit<StandardRow, 'has_lift'> & { has_lift: boolean | null }>`select s.standard_id, s.community_id, c.name as community_name, s.name, s.has_lift, s.floors_min, s.floors_max, s.house_kinds, s.unit_price, s.from_on, s.basis
    from funds.standard s join property.community c on c.company_id = s.company_id and c.community_id = s.community_id
    where s.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 's' })} ${community_id ? sql`and s.community_id = ${community_id}` : sql``} order by c.name, s.from_on desc, s.name limit ${LIST_MAX}`.execute(scope.db)
  return { rows: rows.map((r) => ({ ...r, has_lift: r.has_lift === null ? ('any' as const) : r.has_lift ? ('yes' as const) : ('no' as const) })) }
})

const saveStandard = answer(funds.saveStandard, async (scope, o) => {
  await communityToChange(scope, o.community_id)
  if (o.floors_max && o.floors_max < o.floors_min) throw scope.refuse('funds.floors_reversed')
  const standard_id = uuidv7()
  await scope.db
    .insertInto('funds.standard')
    .values({ company_id: scope.company_id, standard_id, community_id: o.community_id, name: o.name, has_lift: o.has_lift === 'any' ? null : o.has_lift === 'yes', floors_min: o.floors_min, floors_max: o.floors_max ?? null, house_kinds: o.house_kinds, unit_price: o.unit_price, from_on: o.from_on, basis: o.basis, created_by: scope.who.account_id, created_at: scope.now })
    .execute()
  scope.note('fund_standard', standard_id, { unit_price: o.unit_price, from_on: o.from_on })
  return { standard_id }
})

const banks = answer(funds.banks, async (scope, { community_id }) => {
  const { rows } = await sql<BankRow>`select b.bank_id, b.community_id, c.name as community_name, b.building_id, g.name as building_name, b.bank_name, b.account_name, b.account_no, b.opened_on, coalesce(s.n, 0)::int as house_count, coalesce(s.fen, 0)::bigint as balance_fen
    from funds.bank b join property.community c on c.company_id = b.company_id and c.community_id = b.community_id left join property.building g on g.company_id = b.company_id and g.building_id = b.building_id
    left join lateral (select count(*) as n, sum(a.balance_fen) as fen from funds.house_account a where a.company_id = b.company_id and a.bank_id = b.bank_id and a.closed_on is null) s on true
    where b.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'b' })} ${community_id ? sql`and b.community_id = ${community_id}` : sql``} order by c.name, g.name nulls first limit ${LIST_MAX}`.execute(scope.db)
  return { rows }
})

const saveBank = answer(funds.saveBank, async (scope, { request_id: _r, dry_run: _d, bank_id, ...o }) => {
  await communityToChange(scope, o.community_id)
  const c = scope.company_id
  if (o.building_id) {
    const b = await scope.db.selectFrom('property.building').select('community_id').where('company_id', '=', c).where('building_id', '=', o.building_id).executeTakeFirst()
    if (b?.community_id !== o.community_id) throw scope.refuse('funds.elsewhere')
  }
  if (bank_id) {
    const kept = await scope.db.updateTable('funds.bank').set({ bank_name: o.bank_name, account_name: o.account_name, account_no: o.account_no, opened_on: o.opened_on }).where('company_id', '=', c).where('bank_id', '=', bank_id).where('community_id', '=', o.community_id).executeTakeFirst()
    if (Number(kept.numUpdatedRows) !== 1) throw scope.notFound()
    scope.note('fund_bank', bank_id, { bank_name: o.bank_name })
    return { bank_id }
  }
  const made = await scope.db.insertInto('funds.bank').values({ company_id: c, bank_id: uuidv7(), ...o, building_id: o.building_id ?? null, created_by: scope.who.account_id, created_at: scope.now }).onConflict((x) => x.columns(['company_id', 'community_id', 'building_id']).doNothing()).returning('bank_id').executeTakeFirst()
  if (!made) throw scope.refuse('funds.bank_taken')
  scope.note('fund_bank', made.bank_id, { bank_name: o.bank_name })
  return { bank_id: made.bank_id }
})

export const settingAnswers = [policies, savePolicy, standards, saveStandard, banks, saveBank]
