// The official account from its settings to the proof of delivery, against a simulator written from WeChat's documents.
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { setClock } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { writeTrail } from '../../../kernel/serve.ts'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { eventXml, pushRequest } from '../../../world/outside/mp_sim/push.ts'
import type { Mp } from '../../../world/outside/mp_sim/index.ts'
import { ACCOUNT, TEMPLATE_ID, bindWechat, startMp, type MpStage } from '../../../../tests/mp.ts'
import { messages } from '../contract.ts'
import { notify } from './notify.ts'
import { openSafe, plainSigned, safeSigned } from './outside/wechat_push.ts'
import { fitValue } from './rules/mp_codes.ts'
import { declareTemplates } from './templates.ts'
import { storedAccount } from './wechat_account.ts'
import { accepted, REPORT } from './wechat_send.ts'
import { tokenOf } from './wechat_token.ts'

const PHONES = ['13812350001', '13812350002', '13812350003', '13812350004'] as const
let t: TestApp
let mp: Mp
let stage: MpStage
let front: FastifyInstance
let api_base: string
let people: Caller[]
const config = (o: object = {}) => ({ name: '安居物业服务', ...ACCOUNT, web_origin: null, api_base, ...o })

const bindAs = (who: Caller, openid: string) => bindWechat(stage, who, openid)
const tell = (phone: string, o: object = {}) =>
  t.inside(async (scope) => {
    const ids = await notify(scope, [{ to: { phone }, template: 'test_wx', params: { house: '1-1-101', amount: '118.20' }, link: '/bills?state=open', ...o }])
    await writeTrail(t.app, scope, 'test.notify', 'done', null, {})
    return ids[0]!
  })
const sends = async (phone?: string) => (await t.as('admin')(messages.wechatSends, phone ? { phone } : {})).rows
const again = () => t.app.d.pool.query(`update kernel.job set run_at = now() - interval '1 minute' where name = 'messages.send_wechat' and state = 'waiting'`)
const reported = async () => { await t.drain(); await mp.settled() }

beforeAll(async () => {
  declareTemplates([{ code: 'test_wx', zh: '账单通知', category: 'fee', title: '{house} 有新账单', app_text: '{house} 新账单 {amount} 元', sms_text: '【{sign}】{house} 新账单 {amount} 元', params: [{ key: 'house', zh: '房号', example: '1-2-301' }, { key: 'amount', zh: '金额', example: '118.20' }] }])
  t = await testApp()
  stage = await startMp(t)
  ;({ mp, front, api_base } = stage)
  await t.inside(async (s) => void (await s.db.insertInto('identity.resident_phone').values(PHONES.map((phone) => ({ phone, company_id: t.company_id }))).execute()))
  people = []
  for (const p of PHONES) people.push(await t.resident(p))
})
afterAll(() => stage.stop())
afterEach(() => setClock(undefined))

describe('safe mode', () => {
  // The example that Tencent ships with its own code for this algorithm (WXBizMsgCrypt, Sample.py).
  const q = { msg_signature: '477715d11cdb4164915debcba66cb864d751f3e6', timestamp: '1409659813', nonce: '1372623149' }
  const ENCRYPTED =
    'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=='
  test('opens what others wrote, and only for this account', () => {
    expect(safeSigned('QDG6eK', q, ENCRYPTED)).toBe(true)
    expect(safeSigned('QDG6eL', q, ENCRYPTED)).toBe(false)
    const xml = openSafe(ACCOUNT.aes_key, 'wx5823bf96d3bd56c7', ENCRYPTED)
    expect(xml).toContain('<FromUserName><![CDATA[mycreate]]></FromUserName>')
    expect(openSafe(ACCOUNT.aes_key, 'wx5823bf96d3bd56c8', ENCRYPTED)).toBeNull()
    expect(openSafe(ACCOUNT.aes_key, 'wx5823bf96d3bd56c7', `A${ENCRYPTED.slice(1)}`)).toBeNull()
    expect(openSafe(ACCOUNT.aes_key, 'wx5823bf96d3bd56c7', `${ENCRYPTED.slice(0, 200)}`)).toBeNull()
  })
  test('a field is cut to what its kind may hold', () => {
    expect(fitValue('thing1', '一二三四五六七八九十一二三四五六七八九十一')).toBe('一二三四五六七八九十一二三四五六七八九…')
    expect(fitValue('amount2', '118.20元')).toBe('118.20元')
  })
  test('a plain signature is of three parts, sorted', () => {
    expect(plainSigned('t', { signature: '', timestamp: '1', nonce: '2' })).toBe(false)
  })
})

describe('settings', () => {
  test('ask for each secret once, never show one, and send none elsewhere', async () => {
    const as = t.as('admin')
    const { app_secret: _s, ...noSecret } = config()
    const { push_token: _t, ...noToken } = config()
    const { aes_key: _a, ...noKey } = config()
    await expectRefused(as(messages.saveWechat, noSecret), 'messages.secret_needed')
    await expectRefused(as(messages.saveWechat, noToken), 'messages.wechat_token_needed')
    await expectRefused(as(messages.saveWechat, noKey), 'messages.wechat_aes_needed')
    await expectRefused(as(messages.saveWechat, config({ api_base: 'https://evil.example.com' })), 'messages.wrong_endpoint')
    await expectRefused(as(messages.saveWechat, { ...config(), api_base: undefined }), 'messages.wechat_origin_bad') // the real one needs a public address
    await expectRefused(as(messages.saveWechat, { ...config({ web_origin: 'http://a.example.cn' }), api_base: undefined }), 'messages.wechat_origin_bad')
    await as(messages.saveWechat, config())
    await as(messages.saveWechat, { ...noSecret, name: '安居物业' })
    await expectRefused(as(messages.saveWechat, { ...noSecret, api_base: 'http://127.0.0.1:9999' }), 'messages.secret_needed')
    const shown = JSON.stringify(await as(messages.wechatAccount, {}))
    const row = JSON.stringify(await t.inside((s) => s.db.selectFrom('messages.wechat').selectAll().where('company_id', '=', t.company_id).executeTakeFirstOrThrow()))
    const audit = JSON.stringify((await t.app.d.pool.query(`select detail::text as d from kernel.audit where call like 'messages.%echat%'`)).rows)
    for (const secret of [ACCOUNT.app_secret, ACCOUNT.push_token, ACCOUNT.aes_key]) for (const text of [shown, row, audit]) expect(text).not.toContain(secret)
    await expectRefused(t.as('visitor')(messages.saveWechat, config()), 'kernel.forbidden')
    expect((await t.as('other_admin')(messages.wechatAccount, {})).account).toBeNull()
  })
  test('are checked at WeChat, in words', async () => {
    const as = t.as('admin')
    mp.fault({ at: 'token', errcode: 40164 })
    expect((await expectRefused(as(messages.checkWechat, {}), 'messages.wechat_refused')).message).toContain('IP 白名单')
    mp.fault({ at: 'token', garbage: true })
    await expectRefused(as(messages.checkWechat, {}), 'messages.wechat_silent')
    await as(messages.checkWechat, {})
  })
  test('a resident is offered nothing until it is switched on', async () => {
    expect((await people[0]!(messages.myWechat, {})).offered).toBe(false)
    await expectRefused(people[0]!(messages.beginWechat, { origin: 'http://localhost' }), 'messages.wechat_off')
    await t.as('admin')(messages.setWechat, { enabled: true })
    await expectRefused(t.as('admin')(messages.saveWechat, config({ appid: 'wx1111111111111111' })), 'messages.wechat_enabled')
    expect((await people[0]!(messages.myWechat, {})).offered).toBe(true)
  })
  test('a template names only what it knows, from today on', async () => {
    const as = t.as('admin')
    const today = (await t.inside(async (s) => s.today))
    await expectRefused(as(messages.saveWechatTemplate, { template: 'test_wx', from_on: today, template_id: TEMPLATE_ID, fields: { thing1: '{hause}' } }), 'messages.unknown_param')
    await expectRefused(as(messages.saveWechatTemplate, { template: 'test_wx', from_on: '2020-01-01', template_id: TEMPLATE_ID, fields: { thing1: '{house}' } }), 'messages.from_past')
    await expectRefused(as(messages.saveWechatTemplate, { template: 'test_wx', from_on: today, template_id: TEMPLATE_ID, fields: {} }), 'messages.wechat_fields_none')
    await expectRefused(as(messages.saveWechatTemplate, { template: 'sign_in_code', from_on: today, template_id: TEMPLATE_ID, fields: { thing1: '{code}' } }), 'kernel.not_found')
    await as(messages.saveWechatTemplate, { template: 'test_wx', from_on: today, template_id: TEMPLATE_ID, fields: { thing1: '{house}', amount2: '{amount}元', thing3: '{sign}' } })
    expect((await as(messages.wechatAccount, {})).templates.find((x) => x.code === 'test_wx')!.versions).toMatchObject([{ from_on: today, now: true }])
  })
})

describe('binding', () => {
  test('gives the openid to the account that began, once', async () => {
    const [a, b] = people as [Caller, Caller]
    const { authorize_url } = await a(messages.beginWechat, { origin: 'http://localhost:8180' })
    const url = new URL(authorize_url)
    expect([url.origin, url.searchParams.get('scope'), url.searchParams.get('redirect_uri'), url.hash]).toEqual([api_base, 'snsapi_base', 'http://localhost:8180/resident/wechat', '#wechat_redirect'])
    const state = url.searchParams.get('state')!
    await expectRefused(b(messages.bindWechat, { code: mp.newCode('oSimAAAA'), state }), 'messages.wechat_state_bad')
    expect(await a(messages.bindWechat, { code: mp.newCode('oSimAAAA'), state })).toEqual({ follows: true })
    await expectRefused(a(messages.bindWechat, { code: mp.newCode('oSimAAAA'), state }), 'messages.wechat_state_bad')
    await expectRefused(a(messages.beginWechat, { origin: 'http://localhost' }), 'messages.wechat_bound')
  })
  test('one openid, one account; also when two hold the same phone at once', async () => {
    const [, b, c] = people as [Caller, Caller, Caller]
    const e = await expectRefused(bindAs(b, 'oSimAAAA'), 'messages.wechat_taken')
    expect(e.message).toContain('0001')
    const begun = await Promise.all([b, c].map(async (x) => new URL((await x(messages.beginWechat, { origin: 'http://localhost' })).authorize_url).searchParams.get('state')!))
    const both = await Promise.allSettled([b, c].map((x, i) => x(messages.bindWechat, { code: mp.newCode('oSimShared'), state: begun[i]! })))
    expect(both.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  })
  test('a preview of WeChat, a used code, a late state bind nobody', async () => {
    const who = people[3]!
    mp.snapshots.add('oSimSnap')
    await expectRefused(bindAs(who, 'oSimSnap'), 'messages.wechat_snapshot')
    const begin = async () => new URL((await who(messages.beginWechat, { origin: 'http://localhost' })).authorize_url).searchParams.get('state')!
    await expectRefused(who(messages.bindWechat, { code: 'nothing', state: await begin() }), 'messages.wechat_refused')
    mp.fault({ at: 'oauth', garbage: true })
    await expectRefused(who(messages.bindWechat, { code: mp.newCode('oSimLate'), state: await begin() }), 'messages.wechat_silent')
    const state = await begin()
    setClock(new Date(Date.now() + 11 * 60_000).toISOString())
    await expectRefused(who(messages.bindWechat, { code: mp.newCode('oSimLate'), state }), 'messages.wechat_state_bad')
  })
  test('ends by the resident or by staff with a reason, and is then free', async () => {
    const as = t.as('admin')
    const holder = (await as(messages.wechatBindings, { live_only: true })).rows.find((r) => r.openid_masked.startsWith('oSim') && r.phone_masked !== '138****0001')!
    await expectRefused(t.as('visitor')(messages.unbindWechatOf, { binding_id: holder.binding_id, reason: '换手机' }), 'kernel.forbidden')
    await as(messages.unbindWechatOf, { binding_id: holder.binding_id, reason: '业主换手机' })
    await expectRefused(as(messages.unbindWechatOf, { binding_id: holder.binding_id, reason: '业主换手机' }), 'messages.wechat_unbound')
    await bindAs(people[1]!, 'oSimShared')
    await people[1]!(messages.unbindWechat, {})
    expect((await people[1]!(messages.myWechat, {})).bound_at).toBeNull()
    expect((await t.as('other_admin')(messages.wechatBindings, {})).total).toBe(0)
    await bindAs(people[1]!, 'oSimNotFollow1')
    await bindAs(people[2]!, 'oSimRefuse01')
  })
})

describe('the token', () => {
  test('is fetched once by many, and again when it is refused', async () => {
    const a = await t.inside((s) => storedAccount(t.app, s.db, t.company_id))
    await t.inside(async (s) => void (await s.db.updateTable('messages.wechat_token').set({ token_sealed: null, expires_at: null }).where('company_id', '=', t.company_id).execute()))
    const before = mp.counts.token
    const got = await Promise.all(Array.from({ length: 8 }, () => tokenOf(t.app, a!)))
    expect(new Set(got.map((g) => (g as { token: string }).token)).size).toBe(1)
    expect(mp.counts.token - before).toBe(1)
    // 42001 though it is alive: WeChat gives the same one, so it is forced once.
    const bad = (got[0] as { token: string }).token
    const forced = await Promise.all(Array.from({ length: 5 }, () => tokenOf(t.app, a!, bad)))
    expect(new Set(forced.map((g) => (g as { token: string }).token)).size).toBe(1)
    expect((forced[0] as { token: string }).token).not.toBe(bad)
    expect(mp.counts.forced).toBe(1)
  })
})

describe('a message', () => {
  const phone = PHONES[0]
  test('goes out with its fields, and the pushed report proves it', async () => {
    await tell(phone)
    await reported()
    expect(mp.sent.at(-1)).toMatchObject({ touser: 'oSimAAAA', template_id: TEMPLATE_ID, data: { thing1: { value: '1-1-101' }, amount2: { value: '118.20元' } } })
    expect((await sends(phone))[0]).toMatchObject({ state: 'delivered', report: 'success', msgid: String(mp.sent.at(-1)!.msgid) })
    const kept = await t.inside((s) => s.db.selectFrom('messages.wechat_event').select(['event', 'mode', 'status']).where('company_id', '=', t.company_id).execute())
    expect(kept).toEqual([{ event: 'TEMPLATESENDJOBFINISH', mode: 'aes', status: 'success' }])
  })
  test('is sent with a new token when the old one is refused (40001), once', async () => {
    mp.dropToken()
    const before = mp.sent.length
    await tell(phone)
    await reported()
    expect(mp.sent.length - before).toBe(1)
    expect((await sends(phone))[0]!.state).toBe('delivered')
    mp.fault({ at: 'send', errcode: 42001 })
    await tell(phone)
    await t.drain()
    await again()
    await reported()
    expect(mp.sent.length - before).toBe(2)
  })
  test('without an answer is asked again with the same number, and sent once', async () => {
    mp.fault({ at: 'send', garbage: true })
    const before = mp.sent.length
    await tell(phone)
    await t.drain()
    expect((await sends(phone))[0]!.state).toBe('sending')
    await again()
    await reported()
    expect(mp.sent.length - before).toBe(1)
  })
  test('a report that comes while the answer is being written is not lost', async () => {
    const [send_id, msgid] = [uuidv7(), '987654321']
    await t.inside((s) => sql`insert into messages.wechat_send (company_id, send_id, phone, appid, openid, template, template_id, state, created_at) values (${t.company_id}, ${send_id}, ${'13812350009'}, ${ACCOUNT.appid}, 'oSimAAAA', 'test_wx', ${TEMPLATE_ID}, 'sending', now())`.execute(s.db))
    const r = pushRequest(ACCOUNT, `/wechat/push/${t.company_id}`, eventXml('oSimAAAA', new Date(), { Event: REPORT, MsgID: msgid, Status: 'success' }), new Date())
    let pushed: Promise<number> | undefined
    await t.inside(async (s) => {
      await accepted(s, send_id, ACCOUNT.appid, msgid)
      pushed = front.inject({ method: 'POST', url: r.url, payload: r.body, headers: { 'content-type': 'text/xml' } }).then((x) => x.statusCode)
      await new Promise((done) => setTimeout(done, 400)) // time for the report to look before this commits
    })
    expect(await pushed).toBe(200)
    expect((await sends('13812350009')).find((x) => x.send_id === send_id)).toMatchObject({ state: 'delivered', report: 'success' })
  })
  test('a report before the answer counts; twice counts once; forged counts not at all', async () => {
    mp.fault({ at: 'push', kind: 'early' })
    await tell(phone)
    await reported()
    expect((await sends(phone))[0]!.state).toBe('delivered')
    mp.fault({ at: 'push', kind: 'double' })
    await tell(phone)
    await reported()
    mp.fault({ at: 'push', kind: 'forged' })
    await tell(phone)
    await reported()
    expect((await sends(phone))[0]!.state).toBe('sent')
    const n = await t.app.d.pool.query(`select count(*)::int as n, count(distinct event_key)::int as k from messages.wechat_event`)
    expect(n.rows[0].n).toBe(n.rows[0].k)
    // Nothing comes for half an hour: it is not proved, and says so.
    setClock(new Date(Date.now() + 31 * 60_000).toISOString())
    await runSchedule(t.app, t.app.modules.find((m) => m.name === 'messages')!.schedules!.find((s) => s.name === 'messages.wechat_late')!)
    setClock(undefined)
    expect((await sends(phone))[0]).toMatchObject({ state: 'unknown', failure: '微信没有回执' })
  })
  test('to who refuses or blocks is undeliverable; to who does not follow is not even tried', async () => {
    await tell(PHONES[2])
    await reported()
    expect((await sends(PHONES[2]))[0]).toMatchObject({ state: 'undeliverable', failure: '拒绝接收这类消息' })
    await tell(PHONES[1])
    await t.drain()
    expect(await sends(PHONES[1])).toEqual([])
    await people[2]!(messages.unbindWechat, {})
    await bindAs(people[2]!, 'oSimBlk01')
    await tell(PHONES[2])
    await reported()
    expect((await sends(PHONES[2]))[0]).toMatchObject({ state: 'undeliverable', failure: '业主拒收公众号消息' })
  })
  test('following and leaving are heard', async () => {
    await mp.pushed('oSimNotFollow1', 'subscribe')
    await tell(PHONES[1])
    await reported()
    expect((await sends(PHONES[1]))[0]).toMatchObject({ state: 'undeliverable', failure: '没有关注公众号' })
    await mp.pushed('oSimAAAA', 'unsubscribe')
    const before = mp.sent.length
    await tell(phone)
    await t.drain()
    expect(mp.sent.length).toBe(before)
    stage.shift(2000) // events of one second are one event to WeChat
    await mp.pushed('oSimAAAA', 'subscribe')
  })
  test('the day’s calls used up (45009): no more until midnight', async () => {
    mp.fault({ at: 'send', errcode: 45009 })
    await tell(phone)
    await t.drain()
    expect((await sends(phone))[0]).toMatchObject({ state: 'failed', failure: '公众号当日调用已达上限' })
    const before = (await sends(phone)).length
    await tell(phone)
    await t.drain()
    expect((await sends(phone)).length).toBe(before)
    expect((await t.as('admin')(messages.wechatAccount, {})).token!.quota_until).not.toBeNull()
  })
})

describe('the address WeChat pushes to', () => {
  const post = (url: string, body: string) => front.inject({ method: 'POST', url, payload: body, headers: { 'content-type': 'text/xml' } })
  const path = () => `/wechat/push/${t.company_id}`
  test('answers the proof of the address, and nobody else', async () => {
    const r = new URL(pushRequest({ ...ACCOUNT, push_mode: 'plain' }, 'http://x/y', '', new Date()).url)
    expect((await front.inject(`${path()}?${r.searchParams.toString()}&echostr=4242`)).body).toBe('4242')
    expect((await front.inject(`${path()}?signature=x&timestamp=1&nonce=2&echostr=4242`)).statusCode).toBe(401)
    expect((await front.inject('/wechat/push/9999?signature=x&echostr=1')).statusCode).toBe(401)
  })
  test('in safe mode takes no plain message, even one that is signed', async () => {
    const xml = eventXml('oSimAAAA', new Date(), { Event: 'unsubscribe', EventKey: '' })
    const plain = pushRequest({ ...ACCOUNT, push_mode: 'plain' }, path(), xml, new Date())
    expect((await post(plain.url, plain.body)).statusCode).toBe(401)
    await t.as('admin')(messages.saveWechat, config({ push_mode: 'plain' }))
    expect((await post(plain.url, plain.body)).body).toBe('success')
    expect((await post(plain.url.replace('signature=', 'signature=0'), plain.body)).statusCode).toBe(401)
  })
})
