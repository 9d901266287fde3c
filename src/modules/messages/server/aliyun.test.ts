// A company's own SMS provider, from its configuration to the phone: against the document's worked example, and against a simulator written from it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { startAliyunSms } from '../../../world/outside/aliyun_sms_sim.ts'
import { identity } from '../../identity/contract.ts'
import { messages } from '../contract.ts'
import { signed } from './outside/aliyun_sign.ts'

const PHONE = '13812345678'
const KEY = { access_key_id: 'LTAI5tTestKeyId0001', access_key_secret: 'TestSecretOfThirtyCharacters01' }
let t: TestApp
let sim: Awaited<ReturnType<typeof startAliyunSms>>
const config = (o: object = {}) => ({ sign_name: '安居物业', ...KEY, template_codes: { sign_in_code: 'SMS_154950909' }, endpoint: sim.endpoint, ...o })
const newest = async () => (await t.as('admin')(messages.deliveries, {})).rows[0]!
const askCode = async (): Promise<void> => {
  await t.as('nobody')(identity.askCode, { phone: PHONE })
  await t.drain()
  await t.app.d.pool.query(`update identity.code set created_at = created_at - interval '2 minutes' where phone = $1`, [PHONE])
}

beforeAll(async () => {
  t = await testApp()
  sim = await startAliyunSms({ key_id: KEY.access_key_id, secret: KEY.access_key_secret })
  await t.inside(async (s) => void (await s.db.insertInto('identity.resident_phone').values({ phone: PHONE, company_id: t.company_id }).execute()))
})
afterAll(() => sim.stop())

test('the signature is that of the document’s example', () => {
  const headers = signed(
    { host: 'ecs.cn-shanghai.aliyuncs.com', action: 'RunInstances', version: '2014-05-26', date: '2023-10-26T10:22:32Z', nonce: '3156853299f313e23d1673dc12e1703d', query: { ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd', RegionId: 'cn-shanghai' } },
    { id: 'YourAccessKeyId', secret: 'YourAccessKeySecret' },
  )
  expect(headers['authorization']).toBe('ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0')
})

describe('configuration', () => {
  test('asks for the secret once, never shows it, and is not sent elsewhere', async () => {
    const as = t.as('admin')
    const { access_key_secret: _, ...without } = config()
    await expectRefused(as(messages.saveSmsProvider, without), 'messages.secret_needed')
    await expectRefused(as(messages.saveSmsProvider, config({ endpoint: 'https://evil.example.com' })), 'messages.wrong_endpoint')
    await as(messages.saveSmsProvider, config({ template_codes: {} }))
    await expectRefused(as(messages.setSmsProvider, { enabled: true }), 'messages.sign_in_template_needed')
    await as(messages.saveSmsProvider, { ...without, endpoint: sim.endpoint })
    await expectRefused(as(messages.saveSmsProvider, { ...without, endpoint: 'http://127.0.0.1:9' }), 'messages.wrong_endpoint')
    await expectRefused(as(messages.saveSmsProvider, { ...without, endpoint: 'http://127.0.0.1:9999' }), 'messages.secret_needed')
    expect(JSON.stringify(await as(messages.smsProvider, {}))).not.toContain(KEY.access_key_secret)
    const row = await t.inside((s) => s.db.selectFrom('messages.provider').selectAll().where('company_id', '=', t.company_id).executeTakeFirstOrThrow())
    expect(JSON.stringify(row)).not.toContain(KEY.access_key_secret)
    const kept = await t.app.d.pool.query(`select detail::text as d from kernel.audit where call = 'messages.saveSmsProvider'`)
    expect(JSON.stringify(kept.rows)).not.toContain(KEY.access_key_secret)
    await expectRefused(t.as('visitor')(messages.saveSmsProvider, config()), 'kernel.forbidden')
  })
})

describe('switched on', () => {
  test('carries the sign-in code with our number, and the resident gets in by it', async () => {
    await t.as('admin')(messages.setSmsProvider, { enabled: true })
    await askCode()
    expect(sim.taken).toHaveLength(1)
    const sms = sim.taken[0]!
    expect(sms).toMatchObject({ phone: PHONE, sign: '安居物业', template: 'SMS_154950909', params: { code: expect.stringMatching(/^\d{6}$/), minutes: expect.any(String) } })
    expect(await newest()).toMatchObject({ state: 'sent', provider: '阿里云短信', sms_id: sms.out_id })
    await t.withToken(undefined, 'resident')(identity.signInByCode, { phone: PHONE, code: sms.params['code']! })
  })
  test('what the provider refuses is in the record in words, and is not tried again', async () => {
    sim.next('isv.BUSINESS_LIMIT_CONTROL')
    await askCode()
    expect(await newest()).toMatchObject({ state: 'failed', failure: '同一号码发送过于频繁' })
    expect(sim.taken).toHaveLength(1)
  })
  test('what is no answer is unknown, and is asked again', async () => {
    sim.next('garbage')
    await askCode()
    expect((await newest()).failure).toContain('未知')
    await t.app.d.pool.query(`update kernel.job set run_at = now() - interval '1 minute' where name = 'messages.send_sms' and state = 'waiting'`)
    await t.drain()
    expect(await newest()).toMatchObject({ state: 'sent' })
    expect(sim.taken).toHaveLength(2)
  })
  test('taken, but the answer was lost: looked for before it is sent again, and not sent twice', async () => {
    const before = sim.taken.length
    sim.next('answer_lost')
    await askCode()
    expect(await newest()).toMatchObject({ state: 'failed', failure: expect.stringContaining('未知') })
    expect(sim.taken).toHaveLength(before + 1)
    await t.app.d.pool.query(`update kernel.job set run_at = now() - interval '1 minute' where name = 'messages.send_sms' and state = 'waiting'`)
    await t.drain()
    const sms = await newest()
    expect(sms.state).toBe('sent')
    expect(sim.taken).toHaveLength(before + 1)
    expect(sim.taken.at(-1)!.out_id).toBe(sms.sms_id)
  })
  test('a wrong key is said', async () => {
    await t.as('admin')(messages.saveSmsProvider, config({ access_key_secret: 'AnotherSecretOfThirtyCharacters' }))
    await askCode()
    expect(await newest()).toMatchObject({ state: 'failed', failure: '访问密钥不正确' })
  })
})
