// Fee items (收费项目) and what each house is charged by.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { productFen } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { incomeCodes, type BelongsTo } from '../../ledger/server/index.ts'
import { initialsOf } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange, houseToRead } from '../../property/server/index.ts'
import { storedTariffs } from '../../tariff/server/index.ts'
import { billing, type FeeItemRow } from '../contract.ts'
import { explain } from '../explain.ts'
import { itemToChange } from './access.ts'

type Fields = Omit<FeeItemRow, 'fee_item_id' | 'community_name' | 'tariff_name' | 'disabled' | 'prices' | 'next_price' | 'can'>

/** What is missing for the shape chosen, in words; null when complete. */
function missing(f: Fields): string | null {
  if (f.shape === 'area' && !f.area_kind) return '面积口径'
  if (f.shape === 'meter' && !f.meter_kind) return '表种'
  if (f.shape === 'tariff' && (!f.tariff_id || !f.component)) return '价目与费项'
  if (f.meter_kind && f.cycle !== 'month') return '按表计量的项目周期应为「每月」'
  if (f.shape === 'share' && f.cycle !== 'month') return '公摊项目的周期应为「每月」'
  if (f.cycle === 'season' && (!f.season_from || !f.season_to)) return '季节起止'
  return null
}

/** The income accounts that fit: of the book the item's money goes into, and of both books where the fee model decides. */
async function accountMissing(scope: Scope, belongs_to: BelongsTo, code: string): Promise<string | null> {
  const lists = await Promise.all((belongs_to === 'service' ? (['company', 'owners'] as const) : [belongs_to]).map((b) => incomeCodes(scope, b)))
  const fit = lists[0]!.filter((x) => lists.every((l) => l.includes(x)))
  return fit.includes(code) ? null : `入账科目(该归属可用 ${fit.join('、')})`
}

async function rowsOf(scope: Scope, where: RawBuilder<unknown>): Promise<FeeItemRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Fields & { fee_item_id: string; community_name: string; tariff_name: string | null; disabled: boolean; billed: boolean; prices: FeeItemRow['prices']; next_price: FeeItemRow['next_price'] }>`
    select i.fee_item_id, i.community_id, cm.name as community_name, i.code, i.name, i.shape, i.area_kind, i.meter_kind, i.tariff_id, i.component, tf.name as tariff_name, i.unit_name, i.house_kinds, i.applies, i.fee_class, i.cycle, i.season_from, i.season_to, i.proration, i.bill_unsold,
      i.due_days, i.belongs_to, i.account_code, i.sort_no, i.disabled_at is not null as disabled, ${BILLED} as billed,
      coalesce((select jsonb_agg(jsonb_build_object('price_id', p.price_id, 'house_kind', p.house_kind, 'unit_price', p.unit_price::text) order by p.house_kind nulls first) from billing.price p
        where p.company_id = ${c} and p.fee_item_id = i.fee_item_id and p.from_on <= ${scope.today}::date and (p.to_on is null or p.to_on > ${scope.today}::date)), '[]') as prices,
      (select jsonb_build_object('unit_price', p.unit_price::text, 'from_on', p.from_on) from billing.price p where p.company_id = ${c} and p.fee_item_id = i.fee_item_id and p.from_on > ${scope.today}::date and (p.to_on is null or p.to_on > p.from_on) order by p.from_on limit 1) as next_price
    from billing.fee_item i join property.community cm on cm.company_id = ${c} and cm.community_id = i.community_id left join tariff.tariff tf on tf.company_id = ${c} and tf.tariff_id = i.tariff_id
    where i.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'i' })} and ${where} order by cm.name, i.sort_no, i.code limit 500`.execute(scope.db)
  const reach = scope.reach('billing.item.write')
  return rows.map(({ billed, ...r }) => {
    const write = reach.all || reach.community_ids.includes(r.community_id) ? (true as const) : 'kernel.forbidden'
    return { ...r, can: { write, calculate: write !== true ? write : billed ? 'billing.item_billed' : (true as const) } }
  })
}
/** Was it ever part of a published run? Asked of the runs, which are few, not of the bills. */
const BILLED = sql`exists (select from billing.run r where r.company_id = i.company_id and r.community_id = i.community_id and r.state in ('published','publishing') and i.fee_item_id = any(r.fee_item_ids) and coalesce(r.line_count, 1) > 0)`

/** The tariff and component of an item, which must be of the same community; usage comes from the tariff's kind of meter. */
async function tariffOf(scope: Scope, f: { community_id: string; tariff_id: string | null; component: string | null }): Promise<{ tariff_id: string | null; component: string | null; meter_kind: Fields['meter_kind'] }> {
  if (!f.tariff_id || !f.component) return { tariff_id: null, component: null, meter_kind: null }
  const t = (await storedTariffs(scope, [f.tariff_id])).get(f.tariff_id)
  if (!t || t.head.community_id !== f.community_id) throw scope.refuse('billing.item_incomplete', { what: '价目(还没有发布的版本)' })
  const component = t.tariff.versions.at(-1)!.components.find((c) => c.code === f.component)
  if (!component) throw scope.refuse('billing.item_incomplete', { what: `费项(价目「${t.head.name}」里可用 ${t.tariff.versions.at(-1)!.components.map((c) => c.code).join('、')})` })
  const metered = component.spec.shape === 'metered' || component.spec.shape === 'percent'
  return { tariff_id: f.tariff_id, component: f.component, meter_kind: metered ? (t.head.meter_kind as Fields['meter_kind']) : null }
}

const CALCULATED = ['shape', 'area_kind', 'meter_kind', 'tariff_id', 'component', 'cycle', 'season_from', 'season_to', 'proration', 'fee_class', 'belongs_to', 'account_code'] as const

const CODE_MAX = 20
/** What people would write themselves: the initials of the name, with a number behind them where another item has them. */
async function codeFor(scope: Scope, community_id: string, name: string): Promise<string> {
  const base = (initialsOf(name, false).toUpperCase() || 'XM').slice(0, CODE_MAX - 3)
  const rows = await scope.db.selectFrom('billing.fee_item').select('code').where('company_id', '=', scope.company_id).where('community_id', '=', community_id).where('code', 'like', `${base}%`).limit(1000).execute()
  const taken = new Set(rows.map((r) => r.code))
  for (let n = 1; ; n++) {
    const code = n === 1 ? base : `${base}${n}`
    if (!taken.has(code)) return code
  }
}

const save = answer(billing.saveFeeItem, async (scope, o) => {
  const { request_id: _r, dry_run: _d, fee_item_id: asked, ...said } = o
  await communityToChange(scope, said.community_id)
  const old = asked ? await itemToChange(scope, asked) : null
  const given = { ...said, code: said.code ?? old?.code ?? (await codeFor(scope, said.community_id, said.name)) }
  const priced = given.shape === 'tariff' ? await tariffOf(scope, given) : { tariff_id: null, component: null, meter_kind: given.shape === 'meter' ? given.meter_kind : null }
  const fields = { ...given, ...priced, area_kind: given.shape === 'area' ? given.area_kind : null, season_from: given.cycle === 'season' ? given.season_from : null, season_to: given.cycle === 'season' ? given.season_to : null, house_kinds: [...new Set(given.house_kinds)] }
  const what = missing(fields) ?? (await accountMissing(scope, fields.belongs_to, fields.account_code))
  if (what) throw scope.refuse('billing.item_incomplete', { what })
  const same = await scope.db.selectFrom('billing.fee_item').select(['fee_item_id', 'name']).where('company_id', '=', scope.company_id).where('community_id', '=', fields.community_id).where('code', '=', fields.code).executeTakeFirst()
  if (same && same.fee_item_id !== asked) throw scope.refuse('billing.code_taken', { code: fields.code, name: same.name, issues: [{ path: 'code', message: `「${same.name}」已用这个代码` }] })
  if (!asked) {
    const fee_item_id = uuidv7()
    await scope.db.insertInto('billing.fee_item').values({ company_id: scope.company_id, fee_item_id, ...fields, disabled_at: null, created_at: scope.now }).execute()
    scope.note('fee_item', fee_item_id, { after: fields })
    return { fee_item_id }
  }
  const before = old!
  if (before.community_id !== fields.community_id) throw scope.notFound()
  const billed = (await sql<{ ok: boolean }>`select ${BILLED} as ok from billing.fee_item i where i.company_id = ${scope.company_id} and i.fee_item_id = ${asked}`.execute(scope.db)).rows[0]!.ok
  if (billed && CALCULATED.some((k) => (before[k] ?? null) !== (fields[k] ?? null))) throw scope.refuse('billing.item_billed', { name: before.name })
  await scope.db.updateTable('billing.fee_item').set(fields).where('company_id', '=', scope.company_id).where('fee_item_id', '=', asked).execute()
  scope.note('fee_item', asked, { before, after: fields })
  return { fee_item_id: asked }
})

const houseFees = answer(billing.houseFees, async (scope, { house_id }) => {
  const house = await houseToRead(scope, house_id)
  const c = scope.company_id
  const { rows } = await sql<{ fee_item_id: string; name: string; shape: 'area'; cycle: 'month'; unit_name: string; meter_kind: string | null; quantity: string | null; unit_price: string | null; payer_name: string | null }>`
    select i.fee_item_id, i.name, i.shape, i.cycle, i.unit_name, i.meter_kind,
      case i.shape when 'area' then case i.area_kind when 'built' then h.built_area_m2 when 'inner' then h.inner_area_m2 else h.heated_area_m2 end when 'quantity' then coalesce(a.quantity, 1) when 'fixed' then 1 end::text as quantity,
      pr.unit_price::text as unit_price, p.name as payer_name
    from property.house h join billing.fee_item i on i.company_id = ${c} and i.community_id = h.community_id and h.kind = any(i.house_kinds) and i.disabled_at is null
    left join billing.assignment a on a.company_id = ${c} and a.fee_item_id = i.fee_item_id and a.house_id = h.house_id and a.from_on <= ${scope.today}::date and (a.to_on is null or a.to_on > ${scope.today}::date)
    left join lateral (select y.unit_price from billing.price y where y.company_id = ${c} and y.fee_item_id = i.fee_item_id and (y.house_kind is null or y.house_kind = h.kind) and y.from_on <= ${scope.today}::date and (y.to_on is null or y.to_on > ${scope.today}::date) order by y.house_kind nulls last limit 1) pr on true
    left join people.payer y on y.company_id = ${c} and y.house_id = h.house_id and y.fee_class = i.fee_class and y.from_on <= ${scope.today}::date and (y.to_on is null or y.to_on > ${scope.today}::date)
    left join people.person p on p.company_id = ${c} and p.person_id = y.person_id
    where h.company_id = ${c} and h.house_id = ${house.house_id} and (i.applies = 'all' or a.assignment_id is not null) and coalesce(a.quantity, 1) > 0 and (i.bill_unsold or y.role is distinct from 'developer')
    order by i.sort_no, i.code limit 100`.execute(scope.db)
  return {
    rows: rows.map(({ meter_kind, ...r }) => {
      const known = r.quantity !== null && r.unit_price !== null
      const amount_fen = known ? productFen([r.quantity!, r.unit_price!]) : null
      return { ...r, amount_fen, explanation: known ? explain({ shape: r.shape, quantity: r.quantity!, unit_price: r.unit_price!, months: '1', days: 0, days_of: 0, amount_fen: amount_fen!, cycle: r.cycle, unit_name: r.unit_name, meter_kind }) : null }
    }),
  }
})

export const itemAnswers = [
  answer(billing.feeItems, async (scope, f) => {
    const where = [f.community_id ? sql`i.community_id = ${f.community_id}` : sql`true`, f.with_disabled ? sql`true` : sql`i.disabled_at is null`]
    return { rows: await rowsOf(scope, sql.join(where, sql` and `)) }
  }),
  answer(billing.feeItem, async (scope, { fee_item_id }) => {
    const [row] = await rowsOf(scope, sql`i.fee_item_id = ${fee_item_id}`)
    if (!row) throw scope.notFound()
    return row
  }),
  save,
  answer(billing.setFeeItemDisabled, async (scope, { fee_item_id, disabled }) => {
    const before = await itemToChange(scope, fee_item_id)
    await scope.db.updateTable('billing.fee_item').set({ disabled_at: disabled ? scope.now : null }).where('company_id', '=', scope.company_id).where('fee_item_id', '=', fee_item_id).execute()
    scope.note('fee_item', fee_item_id, { before: before.disabled_at !== null, after: disabled })
    return { fee_item_id }
  }),
  houseFees,
]
