// The chart of accounts: names of 小企业会计准则, written for a company the first time a book is used.
import { sql } from 'kysely'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'

export interface AccountSeed {
  code: string
  name: string
  normal: 'debit' | 'credit'
}
export const CHART: readonly AccountSeed[] = [
  { code: '1001', name: '库存现金', normal: 'debit' },
  { code: '1002', name: '银行存款', normal: 'debit' },
  { code: '1012', name: '其他货币资金', normal: 'debit' },
  { code: '1122', name: '应收账款', normal: 'debit' },
  { code: '1221', name: '其他应收款', normal: 'debit' },
  { code: '2202', name: '应付账款', normal: 'credit' },
  { code: '2203', name: '预收账款', normal: 'credit' },
  { code: '2221', name: '应交税费', normal: 'credit' },
  { code: '2241', name: '其他应付款', normal: 'credit' },
  { code: '4104', name: '利润分配', normal: 'credit' },
  { code: '6001', name: '主营业务收入', normal: 'credit' },
  { code: '6051', name: '其他业务收入', normal: 'credit' },
  { code: '6301', name: '营业外收入', normal: 'credit' },
  { code: '6602', name: '管理费用', normal: 'debit' },
  { code: '6603', name: '财务费用', normal: 'debit' },
  { code: '6711', name: '营业外支出', normal: 'debit' },
]

export async function seedAccounts(scope: Scope, book: string): Promise<void> {
  await sql`insert into ledger.account (company_id, book, code, name, normal)
    select ${scope.company_id}::bigint, ${book}, x.code, x.name, x.normal from jsonb_to_recordset(${JSON.stringify(CHART)}::jsonb) as x(code text, name text, normal text)
    on conflict do nothing`.execute(scope.db)
}

/** Accounts an item of income may be booked to. */
export const INCOME_CODES: readonly string[] = ['6001', '6051', '6301', '2241']

// Neither accounts nor months of postings are ever taken away, so what a committed transaction has made need not be asked for again. A
// transaction that makes something itself remembers nothing: it may be rolled back.
const READY_MAX = 10_000
const ready = new Set<string>()
const makers = new WeakSet<Scope>()

/** Makes sure of the month's partition; for journals whose accounts are known. */
export async function ensureMonth(scope: Scope, day: string): Promise<void> {
  const r = await sql<{ made: boolean }>`select kernel.ensure_month('ledger.posting', ${day}::date) as made`.execute(scope.db)
  if (r.rows[0]!.made) makers.add(scope)
}

/** Makes sure of the month's partition and of the accounts. */
export async function prepare(scope: Scope, o: { book: string; booked_on: string }, codes: readonly string[]): Promise<void> {
  const wanted = [...new Set(codes)].sort()
  const { host, port, database } = scope.client
  const key = `${host}:${port}/${database} ${scope.company_id} ${o.book} ${o.booked_on.slice(0, 7)} ${wanted.join(',')}`
  if (ready.has(key)) return
  const look = async () =>
    (
      await sql<{ n: number; made: boolean }>`select (select count(*)::int from ledger.account where company_id = ${scope.company_id} and book = ${o.book} and code = any(${wanted}::text[])) as n, kernel.ensure_month('ledger.posting', ${o.booked_on}::date) as made`.execute(scope.db)
    ).rows[0]!
  const first = await look()
  if (first.made || first.n !== wanted.length) makers.add(scope)
  if (first.n !== wanted.length) {
    await seedAccounts(scope, o.book)
    assert((await look()).n === wanted.length, `account of ${wanted.join(', ')} is missing in book ${o.book}`)
  }
  if (makers.has(scope)) return
  if (ready.size >= READY_MAX) ready.clear()
  ready.add(key)
}
