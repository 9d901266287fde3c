// The chart of accounts: names of 小企业会计准则, written for a company the first time a book is used.
import { sql } from 'kysely'
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
