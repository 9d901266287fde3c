// Splits of a month: draft by one, published into bills by another (billing), void and done again.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../../kernel/app.ts'
import { uuidv7 } from '../../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../../kernel/money.ts'
import { renderPdf } from '../../../../kernel/print/index.ts'
import { Refusal } from '../../../../kernel/refuse.ts'
import { sentence } from '../../../../kernel/contract.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../../kernel/sheet/index.ts'
import { memberNames } from '../../../identity/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../../property/server/index.ts'
import { explainRule, type ExplainableShare } from '../../explain.ts'
import { meters, type SharePartRow, type ShareRuleRow, type ShareSplitRow } from '../../contract.ts'
import { words } from '../../words.ts'
import { computeSplit, quantityOf, type Computed } from './compute.ts'
import { groupToChange, rulesOf, say, type Group } from './groups.ts'

const GROUPS_MAX = 500
const POSTING_MAX = 5000

async function writeSplit(scope: Scope, g: Group, period: string, done: Computed, invoice_no: string | null): Promise<string> {
  const c = scope.company_id
  const split_id = uuidv7()
  // Parts are never changed: a draft computed anew is another split, and the one before is void.
  await sql`update meters.share_split set state = 'void', voided_by = ${scope.who.account_id}::uuid, voided_at = ${scope.now}::timestamptz, void_reason = '重新试算' where company_id = ${c} and group_id = ${g.group_id} and period_on = ${`${period}-01`}::date and state = 'draft'`.execute(scope.db)
  const row = { company_id: c, split_id, group_id: g.group_id, rule_id: done.rule.rule_id, period_on: `${period}-01`, on_day: done.on_day, state: 'draft', quantity: done.quantity, unit_price: done.unit_price, total_fen: done.total_fen, invoice_no, weight_sum: done.weight_sum, house_count: done.parts.length, parts_hash: done.parts_hash, created_by: scope.who.account_id!, created_at: scope.now }
  await scope.db.insertInto('meters.share_split').values(row).execute()
  await sql`insert into meters.share_part (company_id, split_id, house_id, base, floor_coefficient, coefficient, percent, weight, amount_fen)
    select ${c}::bigint, ${split_id}::uuid, x.house_id, x.base, x.floor_coefficient, x.coefficient, x.percent, x.weight, x.amount_fen
    from jsonb_to_recordset(${JSON.stringify(done.parts.map(({ floor_no: _f, state: _s, label: _l, ...p }) => p))}::jsonb) as x(house_id uuid, base numeric, floor_coefficient numeric, coefficient numeric, percent numeric, weight numeric, amount_fen bigint)`.execute(scope.db)
  scope.note('share_split', split_id, { group_id: g.group_id, period, total_fen: done.total_fen, house_count: done.parts.length })
  return split_id
}

async function draftOf(scope: Scope, g: Group, period: string, invoice: { total_fen: number | null; invoice_no: string | null }): Promise<{ split_id: string; done: Computed }> {
  const live = await scope.db.selectFrom('meters.share_split').select(['split_id', 'state', 'total_fen', 'invoice_no']).where('company_id', '=', scope.company_id).where('group_id', '=', g.group_id).where('period_on', '=', `${period}-01`).where('state', '<>', 'void').executeTakeFirst()
  if (live?.state === 'published') throw scope.refuse('meters.split_published', { name: g.name, period })
  // Computed anew without an amount keeps the one that was typed.
  const done = await computeSplit(scope, g, period, invoice.total_fen ?? live?.total_fen ?? null)
  return { split_id: await writeSplit(scope, g, period, done, invoice.invoice_no ?? live?.invoice_no ?? null), done }
}

async function rowsOf(scope: Scope, where: RawBuilder<unknown>, limit: number, offset: number): Promise<ShareSplitRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<ShareSplitRow, 'can' | 'created_by_name' | 'published_by_name'> & { created_by: string; published_by: string | null }>`
    select s.split_id, s.group_id, g.name as group_name, g.community_id, cm.name as community_name, g.kind, to_char(s.period_on, 'YYYY-MM') as period, s.state, r.method, trim_scale(s.quantity)::text as quantity, trim_scale(s.unit_price)::text as unit_price, s.total_fen, s.invoice_no,
      trim_scale(s.weight_sum)::text as weight_sum, s.house_count, s.parts_hash, s.created_by, s.created_at, s.published_by, s.published_at, s.void_reason
    from meters.share_split s join meters.share_group g on g.company_id = ${c} and g.group_id = s.group_id join meters.share_rule r on r.company_id = ${c} and r.rule_id = s.rule_id join property.community cm on cm.company_id = ${c} and cm.community_id = g.community_id
    where s.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'g' })} and ${where} order by s.period_on desc, g.name, s.created_at desc limit ${limit} offset ${offset}`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => [r.created_by, r.published_by]))
  const [write, publish, voids] = ['meters.share.write', 'billing.run.publish', 'billing.bill.void'].map((p) => scope.reach(p)) as [ReturnType<Scope['reach']>, ReturnType<Scope['reach']>, ReturnType<Scope['reach']>]
  return rows.map(({ created_by, published_by, ...r }) => {
    const in_reach = (x: ReturnType<Scope['reach']>) => (x.all || x.community_ids.includes(r.community_id) ? null : 'kernel.forbidden')
    const draft = r.state === 'draft' ? null : 'meters.split_not_draft'
    return {
      ...r,
      created_by_name: names.get(created_by) ?? null,
      published_by_name: (published_by && names.get(published_by)) || null,
      can: {
        publish: in_reach(publish) ?? draft ?? (created_by === scope.who.account_id ? 'billing.same_person' : true),
        redo: in_reach(write) ?? draft ?? true,
        discard: in_reach(write) ?? draft ?? true,
        void: in_reach(voids) ?? (r.state === 'published' ? true : 'meters.split_not_published'),
      },
    }
  })
}

async function splitToRead(scope: Scope, split_id: string): Promise<ShareSplitRow> {
  const [row] = await rowsOf(scope, sql`s.split_id = ${split_id}`, 1, 0)
  if (!row) throw scope.notFound()
  return row
}
async function ruleOf(scope: Scope, split_id: string): Promise<ShareRuleRow> {
  const [rule] = await rulesOf(scope, sql`r.rule_id = (select s.rule_id from meters.share_split s where s.company_id = ${scope.company_id} and s.split_id = ${split_id})`)
  const { group_id: _, ...rest } = rule!
  return rest
}

/** Who would pay: the use side of the house on the day of the split. The fee item chosen at publishing may say the owner's side instead. */
const PARTS = (scope: Scope, split_id: string, f: { q?: string | undefined; only?: string | undefined } = {}) => {
  const c = scope.company_id
  return sql`from meters.share_part p join meters.share_split s on s.company_id = ${c} and s.split_id = p.split_id join property.house h on h.company_id = ${c} and h.house_id = p.house_id join property.building b on b.company_id = ${c} and b.building_id = h.building_id
    left join people.payer y on y.company_id = ${c} and y.house_id = p.house_id and y.fee_class = 'use' and y.from_on <= s.on_day and (y.to_on is null or y.to_on > s.on_day) left join people.person n on n.company_id = ${c} and n.person_id = y.person_id
    where p.company_id = ${c} and p.split_id = ${split_id} ${f.q ? sql`and h.label like ${`${f.q}%`}` : sql``} ${f.only === 'zero' ? sql`and p.amount_fen = 0` : f.only === 'no_payer' ? sql`and p.amount_fen > 0 and y.payer_id is null` : sql``}`
}
async function partsOf(scope: Scope, split_id: string, f: { q?: string | undefined; only?: string | undefined }, limit: number, offset: number): Promise<SharePartRow[]> {
  const { rows } = await sql<SharePartRow>`select p.house_id, h.label as house_label, b.name as building_name, h.floor_no, h.state as house_state, n.name as payer_name, trim_scale(p.base)::text as base, trim_scale(p.floor_coefficient)::text as floor_coefficient, trim_scale(p.coefficient)::text as coefficient,
      trim_scale(p.percent)::text as percent, trim_scale(p.weight)::text as weight, p.amount_fen ${PARTS(scope, split_id, f)} order by h.sort_no, h.label limit ${limit} offset ${offset}`.execute(scope.db)
  return rows
}

const shareOf = (s: ShareSplitRow, rule: ShareRuleRow): Omit<ExplainableShare, 'base' | 'floor_coefficient' | 'coefficient' | 'percent' | 'weight'> => ({ share: s.group_name, kind: s.kind, method: s.method, area_kind: rule.area_kind, quantity: s.quantity, unit_price: s.unit_price, total_fen: s.total_fen, weight_sum: s.weight_sum, house_count: s.house_count })

async function posting(scope: Scope, split_id: string): Promise<Buffer> {
  const s = await splitToRead(scope, split_id)
  if (s.house_count > POSTING_MAX) throw scope.refuse('meters.too_many_to_print', { count: s.house_count, max: POSTING_MAX })
  const [rule, rows] = [await ruleOf(scope, split_id), await partsOf(scope, split_id, {}, POSTING_MAX, 0)]
  return renderPdf('table_a4', {
    title: `${s.group_name} ${s.period} 公摊公示`,
    filters: [`小区:${s.community_name}`, explainRule(shareOf(s, rule)), `依据:${rule.basis}`],
    columns: [{ title: '楼栋', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '分摊基数', kind: 'decimal' }, { title: '楼层系数', kind: 'decimal' }, { title: '本户系数', kind: 'decimal' }, { title: '承担%', kind: 'decimal' }, { title: '权重', kind: 'decimal' }, { title: '应摊(元)', kind: 'fen' }],
    rows: rows.map((r) => [r.building_name, r.house_label, r.base, r.floor_coefficient, r.coefficient, r.percent, r.weight, fen(r.amount_fen)]),
    totals: ['', '', '', '', '', '', s.weight_sum, fen(s.total_fen)],
    printed_by: scope.who.name,
    printed_at: scope.today,
  })
}

export const splitAnswers = [
  answer(meters.draftSplit, async (scope, o) => {
    const g = await groupToChange(scope, o.group_id)
    const { split_id, done } = await draftOf(scope, g, o.period, { total_fen: o.total_fen ?? null, invoice_no: o.invoice_no ?? null })
    return { split_id, total_fen: done.total_fen, house_count: done.parts.length }
  }),
  answer(meters.draftSplits, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    const { rows: groups } = await sql<Group>`select g.* from meters.share_group g where g.company_id = ${scope.company_id} and g.community_id = ${o.community_id} and g.disabled_at is null
      and not exists (select from meters.share_split s where s.company_id = ${scope.company_id} and s.group_id = g.group_id and s.period_on = ${`${o.period}-01`}::date and s.state = 'published') order by g.name limit ${GROUPS_MAX} for update of g`.execute(scope.db)
    const left_out: { group_id: string; name: string; why: string }[] = []
    let drafted_count = 0
    // A computation refuses before it writes, so the next group goes on in the same transaction.
    for (const g of groups) {
      try {
        await draftOf(scope, g, o.period, { total_fen: null, invoice_no: null })
        drafted_count++
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        left_out.push({ group_id: g.group_id, name: g.name, why: sentence(words.refusals[error.code] ?? error.code, error.params) })
      }
    }
    scope.note('share_split', o.period, { community_id: o.community_id, drafted_count, left_out: left_out.length })
    return { drafted_count, left_out }
  }),
  answer(meters.discardSplit, async (scope, { split_id }) => {
    const s = await splitToRead(scope, split_id)
    await groupToChange(scope, s.group_id)
    const done = await sql`update meters.share_split set state = 'void', voided_by = ${scope.who.account_id}::uuid, voided_at = ${scope.now}::timestamptz, void_reason = '放弃草稿' where company_id = ${scope.company_id} and split_id = ${split_id} and state = 'draft'`.execute(scope.db)
    if (done.numAffectedRows !== 1n) throw scope.refuse('meters.split_not_draft', { state: say('split', s.state) })
    scope.note('share_split', split_id, { discarded: true })
    return { split_id }
  }),
  answer(meters.shareSplits, async (scope, f) => {
    const where: RawBuilder<unknown>[] = [f.state ? sql`s.state = ${f.state}` : sql`s.state <> 'void'`]
    if (f.community_id) where.push(sql`g.community_id = ${f.community_id}`)
    if (f.group_id) where.push(sql`s.group_id = ${f.group_id}`)
    if (f.period) where.push(sql`s.period_on = ${`${f.period}-01`}::date`)
    const all = sql.join(where, sql` and `)
    const { rows } = await sql<{ n: number; fen: number }>`select count(*)::int as n, coalesce(sum(s.total_fen), 0)::bigint as fen from meters.share_split s join meters.share_group g on g.company_id = ${scope.company_id} and g.group_id = s.group_id where s.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'g' })} and ${all}`.execute(scope.db)
    return { rows: await rowsOf(scope, all, f.page_size, (f.page - 1) * f.page_size), total: rows[0]!.n, total_fen: rows[0]!.fen }
  }),
  answer(meters.shareSplit, async (scope, { split_id }) => {
    const s = await splitToRead(scope, split_id)
    const rule = await ruleOf(scope, split_id)
    const { usage } = await quantityOf(scope, rule, s.period)
    return { ...s, rule, usage, rule_text: explainRule(shareOf(s, rule)) }
  }),
  answer(meters.shareParts, async (scope, { split_id, page, page_size, ...f }) => {
    await splitToRead(scope, split_id)
    const { rows } = await sql<{ n: number; none: number }>`select count(*)::int as n, (select count(*)::int ${PARTS(scope, split_id, { only: 'no_payer' })}) as none ${PARTS(scope, split_id, f)}`.execute(scope.db)
    return { rows: await partsOf(scope, split_id, f, page_size, (page - 1) * page_size), total: rows[0]!.n, no_payer_count: rows[0]!.none }
  }),
  answerFile(meters.sharePartsExcel, async (scope, { split_id }) => {
    const s = await splitToRead(scope, split_id)
    const [rule, rows] = [await ruleOf(scope, split_id), await partsOf(scope, split_id, {}, 20_000, 0)]
    const body = await writeSheet({
      sheets: [{
        name: '公摊明细',
        title_rows: [`${s.group_name} ${s.period}`, explainRule(shareOf(s, rule)), `合计 ${yuanGrouped(fen(s.total_fen))} 元`],
        columns: [{ title: '楼栋', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '缴费人', kind: 'text' }, { title: '房态', kind: 'text' }, { title: '分摊基数', kind: 'number' }, { title: '楼层系数', kind: 'number' }, { title: '本户系数', kind: 'number' }, { title: '承担%', kind: 'number' }, { title: '权重', kind: 'number' }, { title: '应摊(元)', kind: 'money_fen' }],
        rows: rows.map((r) => [r.building_name, r.house_label, r.payer_name, r.house_state, r.base, r.floor_coefficient, r.coefficient, r.percent, r.weight, fen(r.amount_fen)]),
      }],
    })
    return { name: `公摊_${s.group_name}_${s.period}.xlsx`, type: XLSX, body }
  }),
  answerFile(meters.sharePosting, async (scope, { split_id }) => ({ name: '公摊公示.pdf', type: 'application/pdf', body: await posting(scope, split_id), inline: true })),
]
