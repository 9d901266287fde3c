import { beforeAll, describe, expect, test } from 'vitest'
import { testApp, type TestApp } from '../../../../tests/harness.ts'
import { identity } from '../contract.ts'
import { forgetSessions } from './forget.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
const DAY = `interval '1 day'`
const ask = async <R extends object>(text: string, values: unknown[] = []): Promise<R[]> => (await t.app.d.pool.query<R>(text, values)).rows

describe('sessions and codes', () => {
  test('go after their days, and the last session of an account stays', async () => {
    const p = await t.hire('cashier')
    const q = await t.hire('cashier')
    const put = (account_id: string, token: string, begun: number, ended: number | null, expired: number) =>
      ask(`insert into identity.session (token_hash, account_id, company_id, kind, face, created_at, seen_at, expires_at, ended_at, only_here) values ($1, $2, $3, 'staff', 'admin', now() - $4 * ${DAY}, now(), now() - $5 * ${DAY}, now() - $6::int * ${DAY}, false)`, [token, account_id, t.company_id, begun, expired, ended])
    await put(p.account_id, 'p-out-early', 400, 399, -1) // signed out long ago, would hold still
    await put(p.account_id, 'p-expired', 200, null, 181)
    await put(p.account_id, 'p-179', 180, null, 179)
    await put(p.account_id, 'p-now', 1, null, -1)
    await ask('delete from identity.session where account_id = $1', [q.account_id])
    await put(q.account_id, 'q-only', 900, 899, 898)
    const code = (name: string, expired: number) => ask(`insert into identity.code (code_id, phone, code_hash, created_at, expires_at) values (gen_random_uuid(), '19988880000', $1, now() - $2 * ${DAY}, now() - $2 * ${DAY})`, [name, expired])
    await code('c-31', 31)
    await code('c-29', 29)
    expect(await t.inside((s) => forgetSessions(s), 0)).toBe(false)
    const left = await ask<{ token_hash: string }>('select token_hash from identity.session where account_id = any($1) and token_hash ~ $2 order by 1', [[p.account_id, q.account_id], '^[pq]-'])
    expect(left.map((r) => r.token_hash)).toEqual(['p-179', 'p-now', 'q-only'])
    expect(await ask(`select code_hash from identity.code where phone = '19988880000'`)).toEqual([{ code_hash: 'c-29' }])
  })
  test('somebody who is signed in stays signed in', async () => {
    const p = await t.hire('cashier')
    await t.inside((s) => forgetSessions(s), 0)
    await p(identity.me, {})
  })
})
