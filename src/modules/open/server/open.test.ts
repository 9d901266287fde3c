// Keys open what they were given and no more; what happened reaches other systems signed, once a record, and never our own network.
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { addDays, setClock, today } from '../../../kernel/clock.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { identity } from '../../identity/contract.ts'
import { property } from '../../property/contract.ts'
import { open } from '../contract.ts'
import { isPrivate, wayTo } from './outbound.ts'

let t: TestApp
let w: TinyWorld
let server: Server
let url: string
let answers = 200
const got: { headers: Record<string, unknown>; body: string }[] = []
const make = (more: object = {}) => t.as('admin')(open.makeKey, { name: `系统${Math.random()}`, permissions: ['property.house.read', 'iot.device.read'], community_ids: [], per_minute: 60, expires_on: addDays(today(), 30), ...more })
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  server = createServer((req, res) => {
    let body = ''
    req.on('data', (b: Buffer) => (body += b.toString('utf8')))
    req.on('end', () => {
      got.push({ headers: req.headers, body })
      res.writeHead(answers, answers === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end('ok')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}/heyuan`
}, 120_000)
afterAll(() => {
  setClock(undefined)
  delete process.env['HEYUAN_HOOK_ALLOW']
  server?.close()
})

it('a key does what it was given, where it was given, until it is over or revoked', async () => {
  const all = await make()
  const call = t.withToken(all.key_secret)
  expect((await call(property.houses, {})).total).toBeGreaterThan(0)
  await expectRefused(call(property.saveZone, { community_id: w.community_id, name: '西区' }), 'kernel.forbidden')
  await expectRefused(call(open.keys, {}), 'kernel.forbidden')
  const elsewhere = await make({ community_ids: [(await t.as('admin')(property.saveCommunity, { name: '别处', kind: 'estate', address: '别处', district: '眉县', land_mu: '1', built_area_m2: '1', green_area_m2: '1', service_phone: '0917-5550001', start_rule: 'delivery_day' })).community_id] })
  expect((await t.withToken(elsewhere.key_secret)(property.houses, {})).total).toBe(0)
  const row = (await t.as('admin')(open.keys, {})).rows.find((k) => k.key_id === all.key_id)!
  expect(row).toMatchObject({ state: 'live', key_hint: all.key_secret.slice(-4), used_ip: '127.0.0.1', scope_text: '全公司' })
  // The digest is kept, not the key; and nothing signs in under its account.
  expect(JSON.stringify((await t.app.d.pool.query('select * from kernel.request where answer is not null')).rows)).not.toContain(all.key_secret)
  await t.as('admin')(open.revokeKey, { key_id: all.key_id })
  await expectRefused(call(property.houses, {}), 'kernel.not_signed_in')
  await expectRefused(t.as('admin')(open.revokeKey, { key_id: all.key_id }), 'open.revoked')
  setClock(new Date(Date.now() + 40 * 86_400_000).toISOString())
  await expectRefused(t.withToken(elsewhere.key_secret)(property.houses, {}), 'kernel.not_signed_in')
  setClock(undefined)
})
it('nobody gives what he has not, and accounts, roles and keys are never given', async () => {
  await expectRefused(t.as('manager')(open.keys, {}), 'kernel.forbidden')
  await expectRefused(make({ permissions: ['identity.member.write'] }), 'open.right_barred')
  await expectRefused(make({ permissions: ['*'] }), 'open.right_barred')
  await expectRefused(make({ expires_on: today() }), 'open.expiry')
  await expectRefused(make({ community_ids: ['00000000-0000-4000-8000-000000000009'] }), 'open.elsewhere')
  const k = await make()
  await expectRefused(t.withToken(k.key_secret.replace(/^hyk_\d+_/, `hyk_${t.other_company_id}_`))(property.houses, {}), 'kernel.not_signed_in')
  expect((await t.as('admin')(identity.members, { page: 1, page_size: 100 })).rows.some((m) => m.name.startsWith('接口'))).toBe(false)
})
it('no more calls a minute than agreed, however many come at once', async () => {
  setClock(new Date(Math.floor(Date.now() / 60_000) * 60_000 + 5000).toISOString())
  const k = await make({ per_minute: 5 })
  const call = t.withToken(k.key_secret)
  const all = await Promise.all(Array.from({ length: 12 }, () => call(property.communities, {}).then(() => 'ok', (e: { code?: string; message: string }) => e.code ?? e.message)))
  expect(all.filter((x) => x === 'kernel.too_often').length).toBe(7)
  setClock(undefined)
})
it('never goes into our own network, in whatever clothes', async () => {
  for (const a of ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '::1', '::', 'fe80::1', 'fd00::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '224.0.0.1', 'nonsense']) expect([a, isPrivate(a)]).toEqual([a, true])
  for (const a of ['1.1.1.1', '114.114.114.114', '2400:3200::1']) expect([a, isPrivate(a)]).toEqual([a, false])
  for (const u of ['http://127.0.0.1/', 'https://localhost/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'https://10.0.0.1/']) expect([u, (await wayTo(u, '')).ok]).toEqual([u, false])
  expect(await wayTo('http://1.1.1.1/', '')).toMatchObject({ ok: false, why: '外网地址要用 https' })
  expect(await wayTo('https://1.1.1.1/', '')).toMatchObject({ ok: true, address: '1.1.1.1' })
  expect((await wayTo('http://10.2.3.4/', '10.2.0.0/16')).ok).toBe(true)
  expect((await wayTo('http://10.3.3.4/', '10.2.0.0/16')).ok).toBe(false)
  await expectRefused(t.as('admin')(open.saveHook, { name: '内网', url, events: ['iot.alarm_raised'], community_ids: [] }), 'open.url_barred')
})
const right = (secret: string, n: number): boolean => {
  const { headers, body } = got[n]!
  const [at, ...signs] = String(headers['x-heyuan-signature']).split(',')
  return signs.includes(`v1=${createHmac('sha256', secret).update(`${at!.slice(2)}.${body}`).digest('hex')}`)
}
it('what happened is sent signed, again until it is taken, and stands on the record', async () => {
  process.env['HEYUAN_HOOK_ALLOW'] = '127.0.0.1'
  const made = await t.as('admin')(open.saveHook, { name: '平台', url, events: ['iot.alarm_raised'], community_ids: [w.community_id] })
  const { hook_id } = made
  const rows = async () => (await t.as('admin')(open.deliveries, { hook_id })).rows
  await t.as('admin')(open.testHook, { hook_id })
  await t.drain()
  expect(got.length).toBe(1)
  expect(JSON.parse(got[0]!.body)).toMatchObject({ event: 'ping', company_id: t.company_id, data: { hook: '平台' } })
  expect(right(made.key_secret!, 0)).toBe(true)
  expect((await rows())[0]).toMatchObject({ state: 'done', status_code: 200, tries_count: 1 })
  // An alarm: refused at first, a redirection is no answer either.
  answers = 302
  await asSystem(t.app, t.company_id, 'iot.act', async (s) => s.emit('iot.alarm_raised', w.community_id, { community_id: w.community_id, title: '测试报警', level: 'major' }))
  await t.drain()
  const first = (await rows()).find((r) => r.event === 'iot.alarm_raised')!
  expect(first).toMatchObject({ state: 'waiting', status_code: 302, why: '对方应答 302', tries_count: 1 })
  answers = 200
  // With both secrets while one is being changed.
  const rotated = await t.as('admin')(open.rotateSecret, { hook_id })
  await t.as('admin')(open.redeliver, { delivery_id: first.delivery_id })
  await t.drain()
  const last = got.length - 1
  expect(JSON.parse(got[last]!.body)).toMatchObject({ id: first.event_id, event: 'iot.alarm_raised', data: { title: '测试报警', level: 'major', community_id: w.community_id } })
  expect([right(made.key_secret!, last), right(rotated.key_secret, last), right('hys_other', last)]).toEqual([true, true, false])
  expect((await rows()).find((r) => r.event === 'iot.alarm_raised')!.state).toBe('done')
  await expectRefused(t.as('admin')(open.redeliver, { delivery_id: first.delivery_id }), 'open.delivered')
  // Stopped, nothing goes; another company sees nothing of it.
  await t.as('admin')(open.stopHook, { hook_id, stopped: true })
  const n = got.length
  await expectRefused(t.as('admin')(open.testHook, { hook_id }), 'open.hook_stopped')
  await t.drain()
  expect(got.length).toBe(n)
  expect((await t.as('other_admin')(open.hooks, {})).rows).toEqual([])
  await expectRefused(t.as('other_admin')(open.stopHook, { hook_id, stopped: false }), 'kernel.not_found')
})
