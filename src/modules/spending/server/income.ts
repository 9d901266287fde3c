// The owners' common income (公共收益): recorded with its contract and the company's share, booked to its own book; and the statements of
// income and spending made from the books, printed, and disclosed to owners as they stood.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addMonths, minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, productFen, yuan } from '../../../kernel/money.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { post, reverseJournal } from '../../ledger/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { spending, type IncomeRow, type Statement } from '../contract.ts'
import { words } from '../words.ts'
import { communitiesSeen, myCommunities } from './access.ts'
import { accountFor } from './requests.ts'

const MONTHS_MAX = 36

const record = answer(spending.recordIncome, async (scope, o) => {
  await communityToChange(scope, o.community_id)
  const name = await accountFor(scope, 'public_income', o.account_code, 'income')
  const c = scope.company_id
  const income_id = uuidv7()
  // Half up to a fen: a ten-thousandth of the amount, in decimal text.
  const share_fen = productFen([yuan(fen(o.amount_fen)), String(o.share_bp)], ['10000'])
  const { community_id } = o
  const { journal_id } = await post(scope, {
    book: 'public_income', booked_on: scope.today, kind: 'lease_income', source_type: 'lease_income', source_id: income_id, note: `${name} ${o.payer_name} ${o.contract_no}`.trim(),
    lines: [
      { book: 'company', account_code: o.received_in, amount_fen: o.amount_fen, community_id },
      { account_code: o.account_code, amount_fen: -o.amount_fen, community_id },
      ...(share_fen > 0 ? [{ account_code: '640202', amount_fen: share_fen, community_id }, { book: 'company' as const, account_code: '6051', amount_fen: -share_fen, community_id }] : []),
    ],
  })
  await scope.db.insertInto('spending.income').values({ company_id: c, income_id, community_id, account_code: o.account_code, payer_name: o.payer_name, contract_no: o.contract_no, covers: o.covers, amount_fen: o.amount_fen, share_bp: o.share_bp, share_fen, received_on: scope.today, received_in: o.received_in, note: o.note ?? null, recorded_by: scope.who.account_id!, recorded_at: scope.now, journal_id }).execute()
  scope.note('income', income_id, { amount_fen: o.amount_fen, share_fen })
  return { income_id, share_fen }
})

const reverse = answer(spending.reverseIncome, async (scope, { income_id, reason }) => {
  const c = scope.company_id
  const i = await scope.db.selectFrom('spending.income as i').selectAll('i').where('i.company_id', '=', c).where('i.income_id', '=', income_id).where(communitiesSeen(scope, 'i')).forUpdate().executeTakeFirst()
  if (!i) throw scope.notFound()
  if (i.reversed_at) throw scope.refuse('spending.income_reversed')
  if (i.recorded_by === scope.who.account_id) throw scope.refuse('spending.same_person')
  const { journal_id } = await reverseJournal(scope, i.journal_id, { booked_on: scope.today, kind: 'lease_income_reversal', source_type: 'lease_income', source_id: income_id, note: `冲销:${reason}` })
  await scope.db.updateTable('spending.income').set({ reversed_by: scope.who.account_id, reversed_at: scope.now, reverse_reason: reason }).where('company_id', '=', c).where('income_id', '=', income_id).execute()
  scope.note('income', income_id, { reversed: reason })
  return { journal_id }
})

export interface IncomeFilter {
  community_id?: string | undefined
  account_code?: string | undefined
  from_on?: string | undefined
  to_on?: string | undefined
}
/** Incomes by filter, the newest first, with the sums of all that stand. */
export async function incomeRows(scope: Scope, f: IncomeFilter, page_size: number, page: number) {
  const c = scope.company_id
  const w = sql`i.company_id = ${c} and ${communitiesSeen(scope, 'i')} ${f.community_id ? sql`and i.community_id = ${f.community_id}` : sql``} ${f.account_code ? sql`and i.account_code = ${f.account_code}` : sql``} ${f.from_on ? sql`and i.received_on >= ${f.from_on}::date` : sql``} ${f.to_on ? sql`and i.received_on <= ${f.to_on}::date` : sql``}`
  const { rows: n } = await sql<{ total: number; amount: number; share: number }>`select count(*)::int as total, coalesce(sum(i.amount_fen) filter (where i.reversed_at is null), 0)::bigint as amount, coalesce(sum(i.share_fen) filter (where i.reversed_at is null), 0)::bigint as share from spending.income i where ${w}`.execute(scope.db)
  const { rows } = await sql<Omit<IncomeRow, 'recorded_by_name' | 'can' | 'owners_fen'> & { recorded_by: string }>`select i.income_id, k.name as community_name, i.account_code, coalesce(a.name, i.account_code) as account_name, i.payer_name, i.contract_no, i.covers, i.amount_fen, i.share_fen, i.received_on, i.recorded_by, i.journal_id, i.reversed_at
    from spending.income i join property.community k on k.company_id = ${c} and k.community_id = i.community_id left join ledger.account a on a.company_id = ${c} and a.book = 'public_income' and a.code = i.account_code where ${w} order by i.received_on desc, i.income_id desc limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.recorded_by))
  const may = mayDo(scope.who, 'spending.income.write')
  return {
    total: n[0]!.total, amount_fen_sum: n[0]!.amount, share_fen_sum: n[0]!.share,
    rows: rows.map(({ recorded_by, ...r }) => ({ ...r, owners_fen: r.amount_fen - r.share_fen, recorded_by_name: names.get(recorded_by) ?? null, can: { reverse: !may ? 'kernel.forbidden' : r.reversed_at ? 'spending.income_reversed' : recorded_by === scope.who.account_id ? 'spending.same_person' : (true as const) } })),
  }
}
const incomes = answer(spending.incomes, (scope, { page, page_size, ...f }) => incomeRows(scope, f, page_size, page))

export interface Ask {
  community_id: string
  book: 'public_income' | 'owners'
  from_month: string
  to_month: string
}
/** Income less spending, from the postings: what is left of all earlier years and months, what came and went, what is left now. */
export async function statementOf(scope: Scope, o: Ask): Promise<Statement> {
  const community = await communityToChange(scope, o.community_id)
  if (o.from_month > o.to_month || addMonths(o.from_month, MONTHS_MAX) <= o.to_month) throw scope.refuse('spending.months_wrong', { from: o.from_month, to: o.to_month })
  const c = scope.company_id
  const first = `${o.from_month}-01`
  const { rows } = await sql<{ account_code: string; account_name: string; kind: string; before_fen: number; fen: number }>`select p.account_code, a.name as account_name, a.kind, coalesce(sum(p.amount_fen) filter (where p.booked_on < ${first}::date), 0)::bigint as before_fen,
      coalesce(sum(p.amount_fen) filter (where p.booked_on >= ${first}::date and p.subject_type is distinct from 'carry_forward'), 0)::bigint as fen
    from ledger.posting p join ledger.account a on a.company_id = ${c} and a.book = p.book and a.code = p.account_code and a.kind in ('income','expense','equity')
    where p.company_id = ${c} and p.book = ${o.book} and p.community_id = ${o.community_id} and p.booked_on < ${`${addMonths(o.to_month, 1)}-01`}::date group by 1, 2, 3 order by 1`.execute(scope.db)
  const lines = (kind: string, sign: 1 | -1) => rows.filter((r) => r.kind === kind && r.fen !== 0).map((r) => ({ account_code: r.account_code, account_name: r.account_name, fen: sign * r.fen }))
  const income = lines('income', -1)
  const expense = lines('expense', 1)
  const sum = (l: { fen: number }[]) => l.reduce((n, x) => n + x.fen, 0)
  const opening_fen = -rows.reduce((n, r) => n + r.before_fen, 0) + 0
  return { community_name: community.name, opening_fen, income, income_fen: sum(income), expense, expense_fen: sum(expense), closing_fen: opening_fen + sum(income) - sum(expense) }
}

interface DisclosureRead {
  disclosure_id: string
  community_name: string
  book: 'public_income' | 'owners'
  from_month: string
  to_month: string
  figures: Statement
  note: string | null
  posted_on: string
  posted_by: string | null
}
async function disclosed(scope: Scope, w: ReturnType<typeof sql>, limit: number, offset: number) {
  const c = scope.company_id
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from spending.disclosure d where d.company_id = ${c} and ${w}`.execute(scope.db)
  const { rows } = await sql<DisclosureRead>`select d.disclosure_id, k.name as community_name, d.book, d.from_month, d.to_month, d.figures, d.note, d.posted_on, d.posted_by from spending.disclosure d join property.community k on k.company_id = ${c} and k.community_id = d.community_id
    where d.company_id = ${c} and ${w} order by d.posted_at desc, d.disclosure_id limit ${limit} offset ${offset}`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.posted_by))
  return { total: n[0]!.total, rows: rows.map(({ posted_by, ...r }) => ({ ...r, posted_by_name: (posted_by && names.get(posted_by)) || null })) }
}

export const incomeAnswers = [
  record,
  reverse,
  incomes,
  answer(spending.statement, statementOf),
  answerFile(spending.statementPdf, async (scope, o) => {
    const s = await statementOf(scope, o)
    const company = await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirst()
    const body = await renderPdf('table_a4', {
      company_name: company?.name ?? null, title: `${s.community_name} ${words.states!['statement']![o.book]}`, filters: [`期间:${o.from_month} 至 ${o.to_month}`],
      columns: [{ title: '项目', kind: 'text' }, { title: '收入', kind: 'fen' }, { title: '支出', kind: 'fen' }, { title: '结余', kind: 'fen' }],
      rows: [['期初结余', null, null, s.opening_fen], ...s.income.map((l) => [l.account_name, l.fen, null, null]), ...s.expense.map((l) => [l.account_name, null, l.fen, null])],
      totals: ['合计与期末结余', s.income_fen, s.expense_fen, s.closing_fen], printed_by: scope.who.name, printed_at: minuteText(scope.now),
    })
    return { name: `${s.community_name}_收支表_${o.from_month}_${o.to_month}.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answer(spending.publishStatement, async (scope, { request_id: _r, dry_run: _d, note, ...o }) => {
    const figures = await statementOf(scope, o)
    if (o.to_month >= scope.today.slice(0, 7)) throw scope.refuse('spending.month_not_over', { month: o.to_month })
    const disclosure_id = uuidv7()
    await scope.db.insertInto('spending.disclosure').values({ company_id: scope.company_id, disclosure_id, community_id: o.community_id, book: o.book, from_month: o.from_month, to_month: o.to_month, figures: JSON.stringify(figures), note: note ?? null, posted_by: scope.who.account_id, posted_on: scope.today, posted_at: scope.now }).execute()
    scope.note('disclosure', disclosure_id, { ...o, closing_fen: figures.closing_fen })
    return { disclosure_id }
  }),
  answer(spending.disclosures, (scope, { page, page_size, community_id }) => disclosed(scope, sql`${communitiesSeen(scope, 'd')} ${community_id ? sql`and d.community_id = ${community_id}` : sql``}`, page_size, (page - 1) * page_size)),
  answer(spending.myDisclosures, async (scope, { page, page_size }) => disclosed(scope, sql`d.community_id = any(${await myCommunities(scope)}::uuid[])`, page_size, (page - 1) * page_size)),
]
