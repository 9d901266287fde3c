import { beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { openText } from '../../../kernel/seal.ts'
import { identity } from '../../identity/contract.ts'
import { messages } from '../contract.ts'

let t: TestApp
const phone = '13811112222'
beforeAll(async () => {
  t = await testApp()
  await t.inside(async (s) => void (await s.db.insertInto('identity.resident_phone').values([phone, '19999999999'].map((p) => ({ phone: p, company_id: t.company_id }))).execute()))
})

describe('a sign-in code', () => {
  test('is sent once, kept sealed, and shown only in the sample installation', async () => {
    await t.as('nobody')(identity.askCode, { phone })
    await t.drain()
    const { rows, total } = await t.as('admin')(messages.deliveries, {})
    expect(total).toBe(1)
    expect(rows[0]).toMatchObject({ state: 'sent', body: null, phone_masked: '138****2222', template_zh: '登录验证码' })
    const stored = (await t.inside((s) => s.db.selectFrom('messages.sms').selectAll().where('company_id', '=', s.company_id).executeTakeFirstOrThrow()))
    expect(stored.body).toBeNull()
    // Not by a pattern: six digits in a row stand in one random text of three hundred.
    const sent = /验证码 (\d{6})/.exec(openText(stored.body_sealed!))?.[1]
    expect(sent).toBeDefined()
    expect(stored.body_sealed).not.toContain(sent)
    await expectRefused(t.as('nobody')(messages.sampleInbox, { phone }), 'messages.sample_only')
    t.app.mode = 'sample'
    try {
      const inbox = await t.as('nobody')(messages.sampleInbox, { phone })
      const code = /验证码 (\d{6})/.exec(inbox.rows[0]!.body)?.[1]
      expect(code).toBeDefined()
      await t.withToken(undefined, 'resident')(identity.signInByCode, { phone, code: code! })
    } finally {
      t.app.mode = 'test'
    }
  })
  test('is offered only where one can be sent', async () => {
    expect(await t.as('nobody')(messages.smsReady, {})).toEqual({ ready: true })
    const fresh = await testApp()
    fresh.app.mode = 'empty'
    expect(await fresh.as('nobody')(messages.smsReady, {})).toEqual({ ready: false })
  })
  test('the same job run again sends nothing more', async () => {
    await t.app.d.pool.query(`update kernel.job set state = 'waiting', run_at = now() - interval '1 minute' where name = 'messages.send_sms'`)
    await t.drain()
    expect((await t.as('admin')(messages.deliveries, {})).total).toBe(1)
  })
  test('a refusal of the provider is in the list with its reason', async () => {
    await t.as('nobody')(identity.askCode, { phone: '19999999999' })
    await t.drain()
    const { rows } = await t.as('admin')(messages.deliveries, { state: 'failed' })
    expect(rows[0]?.failure).toBe('空号')
  })
  test('without a provider the job fails and the list says why', async () => {
    await t.app.d.pool.query(`update identity.code set created_at = created_at - interval '2 minutes'`)
    t.app.mode = 'empty'
    try {
      await t.as('nobody')(identity.askCode, { phone })
      await t.drain()
    } finally {
      t.app.mode = 'test'
    }
    const { rows } = await t.as('admin')(messages.deliveries, { state: 'failed', phone })
    expect(rows[0]?.failure).toBe('未配置短信通道')
    const job = await t.app.d.pool.query<{ state: string }>(`select state from kernel.job where name = 'messages.send_sms' order by job_id desc limit 1`)
    expect(job.rows[0]?.state).toBe('failed')
  })
  test('bodies are forgotten after seven days, records stay', async () => {
    const { forget } = await import('./send.ts')
    await t.inside(async (s) => {
      await s.db.updateTable('messages.sms').set({ expires_at: '2020-01-01T00:00:00Z' }).where('company_id', '=', s.company_id).execute()
      await forget(s)
    })
    const left = await t.inside((s) => s.db.selectFrom('messages.sms').select(['body', 'body_sealed']).where('company_id', '=', s.company_id).execute())
    expect(left.length).toBe(3)
    expect(left.every((r) => r.body === null && r.body_sealed === null)).toBe(true)
  })
  test('another company and a cashier see nothing', async () => {
    expect((await t.as('other_admin')(messages.deliveries, {})).total).toBe(0)
    await expectRefused(t.as('cashier')(messages.deliveries, {}), 'kernel.forbidden')
  })
})
