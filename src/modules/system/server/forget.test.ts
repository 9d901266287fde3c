import { beforeAll, describe, expect, test } from 'vitest'
import { testApp, type TestApp } from '../../../../tests/harness.ts'
import { sql } from 'kysely'
import { forgetEnds } from '../../../kernel/forget.ts'

let t: TestApp
let other: number
beforeAll(async () => {
  t = await testApp()
  other = t.other_company_id
})
const job = (name: string, state: string, ended_days: number | null, company_id = t.company_id) =>
  t.app.d.pool.query(`insert into kernel.job (company_id, name, payload, state, run_at, created_at, ended_at) values ($1, $2, '{}', $3, now() + interval '1 year', now() - interval '1 year', now() - $4::int * interval '1 day')`, [company_id, name, state, ended_days])
const jobs = async () => (await t.app.d.pool.query<{ name: string }>(`select name from kernel.job where name like 'forget.%' order by 1`)).rows.map((r) => r.name)
const requests = (company_id: number) => t.inside(async (s) => (await sql<{ call: string }>`select call from kernel.request where company_id = ${company_id} and call like 'forget.%' order by 1`.execute(s.db)).rows.map((r) => r.call), company_id)
const request = (call: string, days: number, company_id = t.company_id) =>
  t.inside((s) => sql`insert into kernel.request (company_id, request_id, call, input_hash, at) values (${company_id}, gen_random_uuid(), ${call}, 'x', now() - ${days}::int * interval '1 day')`.execute(s.db), company_id)

describe('what is kept to work by', () => {
  test('goes after its days: what waits, runs, failed lately or is another company’s stays', async () => {
    await job('forget.done-31', 'done', 31)
    await job('forget.cancelled-31', 'cancelled', 31)
    await job('forget.failed-181', 'failed', 181)
    await job('forget.done-29', 'done', 29)
    await job('forget.failed-179', 'failed', 179)
    await job('forget.waiting', 'waiting', null)
    await job('forget.running', 'running', null)
    await job('forget.other', 'done', 400, other)
    await request('forget.old', 181)
    await request('forget.young', 179)
    await request('forget.other', 400, other)
    expect(await t.inside((s) => forgetEnds(s))).toBe(false)
    expect(await jobs()).toEqual(['forget.done-29', 'forget.failed-179', 'forget.other', 'forget.running', 'forget.waiting'])
    expect(await requests(t.company_id)).toEqual(['forget.young'])
    expect(await requests(other)).toEqual(['forget.other'])
  })
  test('many go in portions, each its own transaction', async () => {
    await t.app.d.pool.query(`insert into kernel.job (company_id, name, payload, state, run_at, created_at, ended_at) select $1, 'forget.many', '{}', 'done', now(), now(), now() - interval '40 days' from generate_series(1, 5001)`, [t.company_id])
    expect(await t.inside((s) => forgetEnds(s))).toBe(true)
    expect((await jobs()).filter((n) => n === 'forget.many')).toHaveLength(1)
    expect(await t.inside((s) => forgetEnds(s))).toBe(false)
    expect((await jobs()).filter((n) => n === 'forget.many')).toHaveLength(0)
  })
})
