import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld } from '../../../../tests/tiny_world.ts'
import { identity } from '../contract.ts'
import { hashPassword } from './sign_in.ts'
import { sealAudit, verifyAudit } from '../../../kernel/seal.ts'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})

describe('signing in', () => {
  test('an unknown name and a wrong password get the same answer', async () => {
    const a = await expectRefused(t.as('nobody')(identity.signIn, { login: 'admin', password: 'wrong-password' }), 'identity.wrong_password')
    const b = await expectRefused(t.as('nobody')(identity.signIn, { login: 'nobody.here', password: 'wrong-password' }), 'identity.wrong_password')
    expect(a.problem).toEqual(b.problem)
  })
  test('five wrong passwords lock the account, even for the right one', async () => {
    const p = await t.as('admin')(identity.addMember, { name: '试错', login: 'locked.one', grants: [] })
    for (let n = 0; n < 5; n++) await expectRefused(t.as('nobody')(identity.signIn, { login: 'locked.one', password: 'x'.repeat(12) }), 'identity.wrong_password')
    await expectRefused(t.as('nobody')(identity.signIn, { login: 'locked.one', password: p.first_password }), 'identity.locked')
  })
  test('the audit names who signed in, and calls a wrong try nobody', async () => {
    const p = await t.as('admin')(identity.addMember, { name: '到岗', login: 'named.one', grants: [] })
    await expectRefused(t.as('nobody')(identity.signIn, { login: 'named.one', password: 'not-the-password' }), 'identity.wrong_password')
    await t.as('nobody')(identity.signIn, { login: 'named.one', password: p.first_password })
    const { rows } = await t.as('admin')(identity.audit, { call: 'identity.signIn' })
    const actors = rows.filter((r) => JSON.stringify(r.detail).includes('named.one')).map((r) => [r.actor_name, r.outcome])
    expect(actors).toEqual([['到岗', 'done'], ['未登录', 'refused']])
  })
  test('a weak password is refused at its field, with the rule it breaks', async () => {
    const p = await t.hire('cashier')
    const old_password = 'right-Old-77'
    await t.app.d.pool.query('update identity.account set password_hash = $2 where account_id = $1', [p.account_id, await hashPassword(old_password)])
    const { rows: [me] } = await t.app.d.pool.query<{ login: string }>('select login from identity.account where account_id = $1', [p.account_id])
    const said = async (new_password: string) => (await expectRefused(p(identity.changePassword, { old_password, new_password }), 'identity.weak_password')).problem.issues
    expect(await said(`${me!.login}-and-more-77`)).toEqual([{ path: 'new_password', message: '不能包含登录名或手机号' }])
    expect(await said('my-Password-77')).toEqual([{ path: 'new_password', message: expect.stringContaining('常见口令') }])
    expect(await said('aabbaabbaabb')).toEqual([{ path: 'new_password', message: expect.stringContaining('不同的字符') }])
    const wrong = await expectRefused(p(identity.changePassword, { old_password: 'not-it-at-all', new_password: 'green-River-88' }), 'identity.wrong_password')
    expect(wrong.problem.issues).toEqual([{ path: 'old_password', message: '当前口令不正确' }])
    await p(identity.changePassword, { old_password, new_password: 'green-River-88' })
  })
  test('a disabled person is out with the next request', async () => {
    const p = await t.hire('cashier')
    await p(identity.me, {})
    await t.as('admin')(identity.setMember, { account_id: p.account_id, disabled: true })
    await expectRefused(p(identity.me, {}), 'kernel.not_signed_in')
  })
  test('who signed out is nobody with the next request, and a right taken away is gone with it', async () => {
    const p = await t.hire('finance')
    expect((await p(identity.me, {})).roles).not.toEqual([])
    await t.as('admin')(identity.setMember, { account_id: p.account_id, grants: [] })
    expect((await p(identity.me, {})).roles).toEqual([])
    await p(identity.signOut, {})
    await expectRefused(p(identity.me, {}), 'kernel.not_signed_in')
  })
  test('a code guessed a hundred times at once gets five tries', async () => {
    const phone = '13900000001'
    await t.inside(async (s) => void (await s.db.insertInto('identity.resident_phone').values({ phone, company_id: t.company_id }).execute()))
    await t.as('nobody')(identity.askCode, { phone })
    const all = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => t.as('nobody')(identity.signInByCode, { phone, code: String(100000 + i) })))
    const codes = all.map((r) => (r.status === 'rejected' ? (r.reason as { code: string }).code : 'in'))
    expect(codes.filter((c) => c === 'identity.wrong_code').length).toBeLessThanOrEqual(5)
    expect(codes.filter((c) => c === 'identity.code_expired').length).toBeGreaterThanOrEqual(25)
  })
})

describe('roles and rights', () => {
  test('says which rights reach the whole company, and words everything the audit and the roles show', async () => {
    const w = await tinyWorld(t)
    const role = (await t.as('admin')(identity.roles, {})).rows.find((r) => r.code === 'visitor')!
    const p = await t.hire('cashier')
    await t.as('admin')(identity.setMember, { account_id: p.account_id, grants: [{ role_id: role.role_id, scope_kind: 'community', scope_ids: [w.community_id] }] })
    const me = await p(identity.me, {})
    expect(me.permissions).toContain('payment.channel.read')
    expect(me.company_permissions).toEqual([])
    expect((await t.as('admin')(identity.me, {})).company_permissions).not.toEqual([])
    const { groups } = await t.as('admin')(identity.permissions, {})
    expect(groups.filter((g) => !/\p{Script=Han}/u.test(g.zh)).map((g) => g.module)).toEqual([])
    // What any call notes in the audit has its word; both ways of naming a call find it.
    const noted = globSync('src/modules/*/server/**/*.ts').flatMap((f) => [...readFileSync(f, 'utf8').matchAll(/scope\.note\('(\w+)'/g)].map((m) => m[1]!))
    expect(noted.length).toBeGreaterThan(100)
    expect([...new Set(noted)].filter((n) => !t.app.subjects.has(n))).toEqual([])
    const byWord = await t.as('admin')(identity.audit, { call: '新增员工' })
    expect(byWord.total).toBe((await t.as('admin')(identity.audit, { call: 'identity.addMember' })).total)
    expect(byWord.rows[0]).toMatchObject({ call: 'identity.addMember', subject_zh: '员工' })
  })
  test('a visitor who writes is refused, and the try is in the audit', async () => {
    await expectRefused(t.as('visitor')(identity.addMember, { name: '某', login: 'some.one', grants: [] }), 'kernel.forbidden')
    const { rows } = await t.as('admin')(identity.audit, { outcome: 'refused', call: 'identity.addMember' })
    expect(rows[0]?.refusal).toContain('权限')
  })
  test('the last administrator cannot be disabled', async () => {
    const me = await t.as('admin')(identity.me, {})
    await expectRefused(t.as('admin')(identity.setMember, { account_id: me.account_id, disabled: true }), 'identity.last_admin')
  })
  test('staff of another company do not exist', async () => {
    const other = await t.as('other_admin')(identity.me, {})
    await expectRefused(t.as('admin')(identity.resetPassword, { account_id: other.account_id }), 'kernel.not_found')
  })
})

describe('the write road', () => {
  test('the same request twice is done once and answered the same', async () => {
    const request_id = rid()
    const ask = { request_id, name: '同一人', login: 'twice.one', grants: [] }
    const [a, b] = await Promise.all([t.as('admin')(identity.addMember, ask), t.as('admin')(identity.addMember, ask)])
    expect(a).toEqual(b)
    // The first password is in the answer, and sealed where the answer is kept for a repeat.
    const kept = await t.app.d.pool.connect()
    try {
      await kept.query(`begin; set local app.company_id = '${t.company_id}'`)
      const { rows } = await kept.query<{ answer: object }>('select answer from kernel.request where company_id = $1 and request_id = $2', [t.company_id, request_id])
      expect(JSON.stringify(rows[0]?.answer)).not.toContain(a.first_password)
      expect(rows[0]?.answer).toHaveProperty('sealed')
      await kept.query('rollback')
    } finally {
      kept.release()
    }
    await expectRefused(t.as('admin')(identity.addMember, { ...ask, name: '另一人' }), 'kernel.request_reused')
  })
  test('a dry run answers and leaves nothing', async () => {
    await t.as('admin')(identity.addMember, { dry_run: true, name: '试', login: 'dry.one', grants: [] })
    const { total } = await t.as('admin')(identity.members, { q: 'dry.one' })
    expect(total).toBe(0)
  })
})

describe('the audit chain', () => {
  test('verifies, and finds a row that was changed behind its back', async () => {
    const heads = join(t.data_dir, 'heads')
    // Rows are sealed up to the oldest transaction of the whole server: another test's may hold it back for a moment.
    for (let n = 0; n < 200; n++) {
      await t.inside((s) => sealAudit(s.db, s.company_id, s.now, heads))
      if ((await t.inside((s) => verifyAudit(s.db, s.company_id, heads))).row_count > 5) break
      await new Promise((r) => setTimeout(r, 50))
    }
    const good = await t.inside((s) => verifyAudit(s.db, s.company_id, heads))
    expect(good.ok).toBe(true)
    expect(good.row_count).toBeGreaterThan(5)
    const { asOwner } = await import('../../../kernel/db.ts')
    await asOwner(t.url, (c) => c.query(`update kernel.audit set actor_name = '别人' where company_id = ${t.company_id} and audit_id = (select min(audit_id) from kernel.audit where company_id = ${t.company_id})`))
    const bad = await t.inside((s) => verifyAudit(s.db, s.company_id, heads))
    expect(bad).toMatchObject({ ok: false, broken_at: 1 })
  })
})
