// For which company and as whom a command acts, and its calls by the same road as every other call: permitted, audited, refused in Chinese.
import type { App } from '../kernel/app.ts'
import type { Call, In, Out as Given, Shape } from '../kernel/contract.ts'
import { Refusal } from '../kernel/refuse.ts'
import { system as systemWho, type Who } from '../kernel/scope.ts'
import { problemOf, serve } from '../kernel/serve.ts'
import { asSystem } from '../kernel/worker.ts'
import { pendingMigrations } from '../kernel/migrate.ts'
import { RefusedError, UsageError } from './command.ts'

export interface Acting {
  app: App
  company_id: number
  who: Who
}
export interface CompanyRow {
  company_id: number
  name: string
}

export const commandLine: Who = { ...systemWho, name: '命令行' }

export async function ask<I extends Shape, O extends Shape>(s: Acting, call: Call<I, O>, input: In<I>): Promise<Given<O>> {
  try {
    return (await serve(s.app, s.app.answers.get(call.name)!, { who: s.who, company_id: s.company_id, input })) as Given<O>
  } catch (error) {
    throw error instanceof Refusal ? new RefusedError(problemOf(s.app, error, {}).problem.message) : error
  }
}

/** A command on a database of another version says so, instead of tripping over a missing table. */
export async function currentSchema(url: string): Promise<void> {
  const names = await pendingMigrations(url)
  if (names.length > 0) throw new RefusedError(`数据库结构不是最新,还有 ${names.length} 个迁移没有执行。请先运行:npm run heyuan -- migrate`)
}

/** The company of `--company`; the only one when nothing is said. */
export async function companyAsked(app: App, company: string | undefined): Promise<CompanyRow> {
  if (company !== undefined && !/^\d{1,9}$/.test(company)) throw new UsageError('--company 后面写公司编号(数字)')
  const companies = (await app.d.pool.query<CompanyRow>('select company_id, name from identity.company where disabled_at is null order by 1 limit 50')).rows
  const one = company === undefined ? (companies.length === 1 ? companies[0] : undefined) : companies.find((c) => c.company_id === Number(company))
  if (!one) throw new RefusedError(companies.length === 0 ? '还没有公司,请先在网页上完成首次设置' : `请用 --company 指明公司:${companies.map((c) => `${c.company_id} ${c.name}`).join(',')}`)
  return one
}

export async function communityNamed(s: Acting, community: string): Promise<string> {
  const rows = await asSystem(s.app, s.company_id, 'cli', async (scope) => (await scope.client.query<{ community_id: string }>('select community_id from property.community where company_id = $1 and name = $2', [s.company_id, community])).rows)
  if (!rows[0]) throw new RefusedError(`没有名为「${community}」的小区`)
  return rows[0].community_id
}
