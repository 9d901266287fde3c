// Spending: asked for by one, held against the budget and the rules, approved by others, paid by one who did not ask. Flags do not stop a
// request: they travel with it to whoever decides, and stay with it.
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import type { BookName } from '../../ledger/contract.ts'
import { accountsOf, post } from '../../ledger/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { spending, type Budget, type Flag, type RequestRow } from '../contract.ts'
import { words } from '../words.ts'
import { communitiesSeen } from './access.ts'
import { DEFAULT_RULES, flagsOf, type FlagRule } from './rules/flags.ts'

const EXCEL_MAX = 50_000

export async function accountFor(scope: Scope, book: BookName, code: string, kind: 'income' | 'expense'): Promise<string> {
  const a = (await accountsOf(scope, book)).find((x) => x.code === code && !x.disabled && x.kind === kind)
  if (!a) throw scope.refuse('spending.account_unfit', { code, what: kind === 'income' ? '收入' : '支出' })
  return a.name
}

async function rulesOn(scope: Scope): Promise<FlagRule[]> {
  const { rows } = await sql<FlagRule>`select distinct on (code) code, enabled, limit_fen, days from spending.flag_rule where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by code, from_on desc, created_at desc`.execute(scope.db)
  const own = new Map(rows.map((r) => [r.code, r]))
  return DEFAULT_RULES.map((d) => own.get(d.code) ?? d)
}

interface Asked {
  community_id: string
  book: BookName
  account_code: string
  supplier_name: string
  amount_fen: number
}
/** Spent in the year (or the month, when that has a budget) by the ledger, and what is asked for and not paid yet. */
async function look(scope: Scope, o: Asked): Promise<{ flags: Flag[]; budget_fen: number | null; used_fen: number }> {
  const c = scope.company_id
  const rules = await rulesOn(scope)
  const year = Number(scope.today.slice(0, 4))
  const month = Number(scope.today.slice(5, 7))
  const { rows: budgets } = await sql<{ month_no: number; amount_fen: number }>`select month_no, amount_fen from spending.budget where company_id = ${c} and community_id = ${o.community_id} and book = ${o.book} and account_code = ${o.account_code} and year = ${year} and month_no in (0, ${month}) order by month_no desc limit 1`.execute(scope.db)
  const b = budgets[0]
  const from_on = b?.month_no ? `${scope.today.slice(0, 7)}-01` : `${year}-01-01`
  const { rows: used } = await sql<{ fen: number }>`select (coalesce((select sum(p.amount_fen) from ledger.posting p where p.company_id = ${c} and p.book = ${o.book} and p.account_code = ${o.account_code} and p.community_id = ${o.community_id} and p.booked_on >= ${from_on}::date and p.booked_on <= ${scope.today}::date and p.subject_type is distinct from 'carry_forward'), 0)
    + coalesce((select sum(r.amount_fen) from spending.request r where r.company_id = ${c} and r.community_id = ${o.community_id} and r.book = ${o.book} and r.account_code = ${o.account_code} and r.state in ('asked','approved') and r.asked_on >= ${from_on}::date), 0))::bigint as fen`.execute(scope.db)
  const days = rules.find((r) => r.code === 'split')?.days ?? 30
  const { rows: near } = await sql<{ amount_fen: number; asked_on: string }>`select amount_fen, asked_on from spending.request where company_id = ${c} and supplier_name = ${o.supplier_name} and community_id = ${o.community_id} and asked_on > ${addDays(scope.today, -days)}::date and state not in ('refused','withdrawn') limit 200`.execute(scope.db)
  return { flags: flagsOf({ amount_fen: o.amount_fen, asked_on: scope.today, budget_fen: b?.amount_fen ?? null, used_fen: used[0]!.fen, near }, rules), budget_fen: b?.amount_fen ?? null, used_fen: used[0]!.fen }
}

/** Cash, bank and other money of the book and its accounts with the other books: money that the company keeps for a book is the book's. */
async function held(scope: Scope, { book, community_id }: { book: BookName; community_id: string }): Promise<{ held_fen: number; waiting_fen: number }> {
  const c = scope.company_id
  const here = (alias: string) => (book === 'company' ? sql`true` : sql`${sql.ref(`${alias}.community_id`)} = ${community_id}`)
  const { rows } = await sql<{ held_fen: number; waiting_fen: number }>`select
    coalesce((select sum(p.amount_fen) from ledger.posting p where p.company_id = ${c} and p.book = ${book} and ${here('p')}
      and p.account_code in (select a.code from ledger.account a where a.company_id = ${c} and a.book = ${book} and (a.kind = 'clearing' or a.kind = 'asset' and (a.code like '1001%' or a.code like '1002%' or a.code like '1012%')))), 0)::bigint as held_fen,
    coalesce((select sum(r.amount_fen) from spending.request r where r.company_id = ${c} and r.book = ${book} and ${here('r')} and r.state in ('asked','approved')), 0)::bigint as waiting_fen`.execute(scope.db)
  return rows[0]!
}

export const spendingApproval: ApprovalKind<{ spending_id: string }> = {
  kind: 'spending.request', zh: '支出', may: 'spending.request.decide', has_amount: true, payload: z.object({ spending_id: z.uuid() }),
  page: () => '/spending/requests',
  facts: async (scope, a) => {
    const [r] = await requestRows(scope, sql`r.spending_id = ${a.payload.spending_id}`, 1, 0)
    if (!r) return []
    const { held_fen } = await held(scope, r)
    return [{ label: '收款单位', value: r.supplier_name }, { label: '支出科目', value: `${r.account_code} ${r.account_name}` }, { label: '账簿可用资金', value: `${yuanGrouped(fen(held_fen))} 元${r.amount_fen > held_fen && r.state === 'asked' ? `,不足 ${yuanGrouped(fen(r.amount_fen - held_fen))} 元` : ''}` }, ...r.flags.map((f) => ({ label: `异常:${words.states!['flag']![f.code]}`, value: f.detail }))]
  },
  agreed: async (scope, a) => settle(scope, a.payload.spending_id, 'approved'),
  dropped: async (scope, a, how) => settle(scope, a.payload.spending_id, how),
}
async function settle(scope: Scope, spending_id: string, state: 'approved' | 'refused' | 'withdrawn'): Promise<void> {
  await scope.db.updateTable('spending.request').set({ state, decided_at: scope.now }).where('company_id', '=', scope.company_id).where('spending_id', '=', spending_id).where('state', '=', 'asked').execute()
}

const ask = answer(spending.askSpending, async (scope, o) => {
  // The fund is spent by its own road: a vote, an approval, a split over the houses (条例 53, 60).
  if (o.book === 'fund') throw scope.refuse('spending.fund_book')
  const community = await communityToChange(scope, o.community_id)
  await accountFor(scope, o.book, o.account_code, 'expense')
  const { flags } = await look(scope, o)
  const spending_id = uuidv7()
  const { approval_id } = await askApproval(scope, spendingApproval, { subject_type: 'spending', subject_id: spending_id, community_id: o.community_id, title: `${community.name} ${o.title} ${yuanGrouped(fen(o.amount_fen))} 元`, amount_fen: o.amount_fen, payload: { spending_id }, reason: o.reason, attachments: o.attachments })
  await scope.db.insertInto('spending.request').values({ company_id: scope.company_id, spending_id, community_id: o.community_id, book: o.book, account_code: o.account_code, title: o.title, supplier_name: o.supplier_name, amount_fen: o.amount_fen, reason: o.reason, state: 'asked', flags: JSON.stringify(flags), approval_id, asked_by: scope.who.account_id!, asked_on: scope.today, asked_at: scope.now }).execute()
  scope.note('spending', spending_id, { title: o.title, amount_fen: o.amount_fen, flags: flags.map((f) => f.code) })
  return { spending_id, flags }
})

/** Out of the company's own account unless the book has one of its own; what the company paid for a book stands as that book's debt. */
const pay = answer(spending.paySpending, async (scope, { spending_id, pay_from, own_account, reference }) => {
  const c = scope.company_id
  const r = await scope.db.selectFrom('spending.request as r').selectAll('r').where('r.company_id', '=', c).where('r.spending_id', '=', spending_id).where(communitiesSeen(scope, 'r')).forUpdate().executeTakeFirst()
  if (!r) throw scope.notFound()
  if (r.state !== 'approved') throw scope.refuse('spending.not_approved')
  if (r.asked_by === scope.who.account_id) throw scope.refuse('spending.same_person')
  const book = r.book as BookName
  const { journal_id } = await post(scope, {
    book, booked_on: scope.today, kind: 'spending', source_type: 'spending', source_id: spending_id, note: `${r.title} ${r.supplier_name}`,
    lines: [{ account_code: r.account_code, amount_fen: r.amount_fen, community_id: r.community_id }, { account_code: pay_from, amount_fen: -r.amount_fen, community_id: r.community_id, ...(own_account ? {} : { book: 'company' as const }) }],
  })
  await scope.db.updateTable('spending.request').set({ state: 'paid', paid_by: scope.who.account_id, paid_on: scope.today, paid_at: scope.now, pay_from, reference: reference ?? null, journal_id }).where('company_id', '=', c).where('spending_id', '=', spending_id).execute()
  scope.note('spending', spending_id, { paid: r.amount_fen, journal_id })
  return { journal_id }
})

interface Filter {
  community_id?: string | undefined
  state?: string | undefined
  flagged?: boolean | undefined
  /** Asked for or approved, and not yet paid: what a budget counts as waiting. */
  waiting?: boolean | undefined
  book?: string | undefined
  account_code?: string | undefined
  from_on?: string | undefined
  to_on?: string | undefined
}
function where(scope: Scope, f: Filter): RawBuilder<unknown> {
  const w: RawBuilder<unknown>[] = [communitiesSeen(scope, 'r')]
  if (f.community_id) w.push(sql`r.community_id = ${f.community_id}`)
  if (f.state) w.push(sql`r.state = ${f.state}`)
  if (f.flagged) w.push(sql`r.flags <> '[]'::jsonb`)
  if (f.waiting) w.push(sql`r.state in ('asked','approved')`)
  if (f.book) w.push(sql`r.book = ${f.book}`)
  if (f.account_code) w.push(sql`r.account_code = ${f.account_code}`)
  if (f.from_on) w.push(sql`r.asked_on >= ${f.from_on}::date`)
  if (f.to_on) w.push(sql`r.asked_on <= ${f.to_on}::date`)
  return sql.join(w, sql` and `)
}
interface Read extends Omit<RequestRow, 'asked_by_name' | 'paid_by_name' | 'can'> {
  asked_by: string
  paid_by: string | null
}
async function requestRows(scope: Scope, w: RawBuilder<unknown>, limit: number, offset: number): Promise<RequestRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Read>`select r.spending_id, r.community_id, k.name as community_name, r.book, r.account_code, coalesce(a.name, r.account_code) as account_name, r.title, r.supplier_name, r.amount_fen, r.reason, r.state, r.flags, r.approval_id, r.asked_by, r.asked_at, r.paid_by, r.paid_on, r.journal_id
    from (select r.* from spending.request r where r.company_id = ${c} and ${w} order by r.asked_at desc, r.spending_id limit ${limit} offset ${offset}) r
    join property.community k on k.company_id = ${c} and k.community_id = r.community_id left join ledger.account a on a.company_id = ${c} and a.book = r.book and a.code = r.account_code order by r.asked_at desc, r.spending_id`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => [r.asked_by, r.paid_by]))
  const may = mayDo(scope.who, 'spending.request.pay')
  return rows.map(({ asked_by, paid_by, ...r }) => ({
    ...r, asked_by_name: names.get(asked_by) ?? null, paid_by_name: (paid_by && names.get(paid_by)) || null,
    can: { pay: !may ? 'kernel.forbidden' : r.state !== 'approved' ? 'spending.not_approved' : asked_by === scope.who.account_id ? 'spending.same_person' : (true as const) },
  }))
}
const sums = async (scope: Scope, w: RawBuilder<unknown>) => (await sql<{ total: number; fen: number }>`select count(*)::int as total, coalesce(sum(r.amount_fen), 0)::bigint as fen from spending.request r where r.company_id = ${scope.company_id} and ${w}`.execute(scope.db)).rows[0]!

/** Budgets of a year with what is used and asked for. */
export async function budgetRows(scope: Scope, { community_id, year }: { community_id: string; year: number }): Promise<Budget[]> {
  await communityToChange(scope, community_id)
  const c = scope.company_id
  const { rows } = await sql<{ book: BookName; account_code: string; account_name: string; month_no: number; amount_fen: number; used_fen: number; waiting_fen: number; note: string | null }>`select b.book, b.account_code, coalesce(a.name, b.account_code) as account_name, b.month_no, b.amount_fen, b.note,
      coalesce((select sum(p.amount_fen) from ledger.posting p where p.company_id = ${c} and p.book = b.book and p.account_code = b.account_code and p.community_id = b.community_id and p.subject_type is distinct from 'carry_forward'
        and p.booked_on >= make_date(b.year, greatest(b.month_no, 1), 1) and p.booked_on < case b.month_no when 0 then make_date(b.year + 1, 1, 1) else (make_date(b.year, b.month_no, 1) + interval '1 month')::date end), 0)::bigint as used_fen,
      coalesce((select sum(r.amount_fen) from spending.request r where r.company_id = ${c} and r.community_id = b.community_id and r.book = b.book and r.account_code = b.account_code and r.state in ('asked','approved')
        and extract(year from r.asked_on) = b.year and (b.month_no = 0 or extract(month from r.asked_on) = b.month_no)), 0)::bigint as waiting_fen
    from spending.budget b left join ledger.account a on a.company_id = ${c} and a.book = b.book and a.code = b.account_code
    where b.company_id = ${c} and b.community_id = ${community_id} and b.year = ${year} order by b.book, b.account_code, b.month_no limit 2000`.execute(scope.db)
  return rows.map((r) => ({ ...r, left_fen: r.amount_fen - r.used_fen - r.waiting_fen }))
}

export const requestAnswers = [
  ask,
  pay,
  answer(spending.checkSpending, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    return look(scope, o)
  }),
  answer(spending.bookHeld, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    return held(scope, o)
  }),
  answer(spending.requests, async (scope, { page, page_size, ...f }) => {
    const w = where(scope, f)
    const s = await sums(scope, w)
    return { rows: await requestRows(scope, w, page_size, (page - 1) * page_size), total: s.total, amount_fen_sum: s.fen }
  }),
  answerFile(spending.requestsExcel, async (scope, f) => {
    const rows = await requestRows(scope, where(scope, f), EXCEL_MAX, 0)
    const body = await writeSheet({
      sheets: [
        {
          name: '支出申请',
          columns: [{ title: '小区', kind: 'text' }, { title: '事项', kind: 'text' }, { title: '收款单位', kind: 'text' }, { title: '支出科目', kind: 'text' }, { title: '金额', kind: 'money_fen' }, { title: '状态', kind: 'text' }, { title: '异常', kind: 'text' }, { title: '申请人', kind: 'text' }, { title: '付款日', kind: 'day' }],
          rows: rows.map((r) => [r.community_name, r.title, r.supplier_name, `${r.account_code} ${r.account_name}`, r.amount_fen, words.states!['request']![r.state], r.flags.map((x) => `${words.states!['flag']![x.code]}:${x.detail}`).join(';'), r.asked_by_name, r.paid_on]),
          totals: ['合计', null, null, null, rows.reduce((n, r) => n + r.amount_fen, 0), null, null, null, null],
        },
      ],
    })
    return { name: `支出申请_${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(spending.flagRules, async (scope) => {
    const { rows } = await sql<FlagRule & { from_on: string }>`select distinct on (code) code, enabled, limit_fen, days, from_on from spending.flag_rule where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by code, from_on desc, created_at desc`.execute(scope.db)
    const own = new Map(rows.map((r) => [r.code, r]))
    return { rows: DEFAULT_RULES.map((d) => own.get(d.code) ?? { ...d, from_on: null }) }
  }),
  answer(spending.setFlagRule, async (scope, o) => {
    if (!scope.reach().all) throw scope.notFound()
    await scope.db.insertInto('spending.flag_rule').values({ company_id: scope.company_id, rule_id: uuidv7(), code: o.code, enabled: o.enabled, limit_fen: o.limit_fen, days: o.days, from_on: scope.today, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('flag_rule', o.code, { enabled: o.enabled, limit_fen: o.limit_fen, days: o.days })
    return { code: o.code }
  }),
]

export const budgetAnswers = [
  answer(spending.budgets, async (scope, o) => ({ rows: await budgetRows(scope, o) })),
  answer(spending.setBudget, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    await accountFor(scope, o.book, o.account_code, 'expense')
    await sql`insert into spending.budget (company_id, community_id, book, account_code, year, month_no, amount_fen, note, changed_by, changed_at) values (${scope.company_id}, ${o.community_id}, ${o.book}, ${o.account_code}, ${o.year}, ${o.month_no}, ${o.amount_fen}, ${o.note ?? null}, ${scope.who.account_id}, ${scope.now})
      on conflict (company_id, community_id, book, account_code, year, month_no) do update set amount_fen = excluded.amount_fen, note = excluded.note, changed_by = excluded.changed_by, changed_at = excluded.changed_at`.execute(scope.db)
    scope.note('budget', `${o.community_id} ${o.book} ${o.account_code} ${o.year}-${o.month_no}`, { amount_fen: o.amount_fen })
    return { amount_fen: o.amount_fen }
  }),
]
