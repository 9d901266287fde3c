// NB-IoT through the operators' platforms: signed or refused and written down, once however often it is sent, late is replay, a broken frame inside gives no value.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { ctwingOnline, ctwingReport, onenetCheck, onenetPoints, onenetProperty, waterFrame } from '../../../../world/outside/operator_push.ts'
import { rawMsg, readCtwing, valuesOf } from '../../codecs/operator.ts'
import { iot, type Model } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
const id: Record<string, string> = {}
const told: Record<string, { url: string; token: string | null }> = {}
const post = async (path: string, body: string) => { const r = await fetch(path.replace(/^http:\/\/[^/]+/, `http://127.0.0.1:${g.push.port}`), { method: 'POST', body }); return { status: r.status, said: await r.text() } }
const values = (device_id: string) => t.inside(async (s) => (await sql<{ point: string; v: string; src: string }>`select point, v::text as v, src from iot.sample where company_id = ${s.company_id} and device_id = ${device_id} order by at, point`.execute(s.db)).rows.map((r) => `${r.point} ${r.v} ${r.src}`))
const channel = async (operator_id: string) => { await g.tick(); return (await t.as('admin')(iot.channels, {})).operators.find((o) => o.operator_id === operator_id)! }
const product = async (code: string, name: string, inner: Model['inner'], points: [string, string, string | null][]) => (await t.as('admin')(iot.saveProduct, { code, name, category: 'meter', link: 'nbiot', model: { points: points.map(([key, n, where]) => ({ key, name: n, kind: 'gauge' as const, unit: '', places: 2, low: 0, high: 1e6, max_per_h: null, labels: [], where })), commands: [], events: [], period_s: 3600, offline_after_s: 90_000, inner } })).product_id
const device = async (product_id: string, no: string, address: string) => (await t.as('admin')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '水井', product_id, no, name: no, address, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })).device_id

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  const admin = t.as('admin')
  for (const kind of ['ctwing', 'onenet'] as const) {
    const a = await admin(iot.saveOperator, { name: kind, kind })
    id[kind] = a.operator_id
    told[kind] = a.told!
  }
  id['water'] = await device(await product('nb188', 'NB 水表(188)', 'cjt188', [['volume', '累积流量', '901F']]), 'NB-1', '862592051651472')
  id['air'] = await device(await product('nbjson', 'NB 温湿度', 'json', [['temp', '温度', null], ['hum', '湿度', '3304_0_5700']]), 'NB-2', '866000000000001')
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
}, 120_000)
afterAll(() => g?.stop())

it('CTWing: a frame inside is read, sent again it is stored once, late it is replay', async () => {
  const at = Date.now() - 5000
  const body = ctwingReport({ imei: '862592051651472', device_id: '40edca19b0124480864366de4621de99', at_ms: at, app: waterFrame(12_345) })
  expect((await post(told['ctwing']!.url, body)).status).toBe(200)
  expect((await post(told['ctwing']!.url, body)).status).toBe(200)
  expect(await values(id['water']!)).toEqual(['volume 123.45 live'])
  await post(told['ctwing']!.url, ctwingReport({ imei: '862592051651472', device_id: 'x', at_ms: at - 86_400_000, app: Buffer.concat([Buffer.from([0xfe, 0xfe]), waterFrame(12_000)]) }))
  expect(await values(id['water']!)).toEqual(['volume 120 replay', 'volume 123.45 live'])
  // Messages that are no report are heard and need nothing.
  expect((await post(told['ctwing']!.url, ctwingOnline({ imei: '862592051651472', device_id: 'x', at_ms: at }))).status).toBe(200)
})
it('H7: a broken frame inside gives no value and says so at the device', async () => {
  const before = await values(id['water']!)
  const whole = waterFrame(99_999)
  for (const b of [whole.subarray(0, 20), Buffer.from(whole.map((x, i) => (i === 15 ? x ^ 1 : x))), Buffer.from('hello')]) expect((await post(told['ctwing']!.url, ctwingReport({ imei: '862592051651472', device_id: 'x', at_ms: Date.now(), app: b }))).status).toBe(200)
  expect(await values(id['water']!)).toEqual(before)
  await g.tick()
  const refused = await t.inside(async (s) => (await sql<{ why: string }>`select refused_why as why from iot.device_state where company_id = ${s.company_id} and device_id = ${id['water']}`.execute(s.db)).rows[0]!.why)
  expect(refused).toMatch(/帧/)
})
it('OneNET: asked first, it gives the text back; both forms are read by their points', async () => {
  const ask = await fetch(`http://127.0.0.1:${g.push.port}/operator/${id['onenet']}?${onenetCheck(told['onenet']!.token!, 'ok+1/2')}`)
  expect([ask.status, await ask.text()]).toEqual([200, 'ok+1/2'])
  const at = Date.now() - 4000
  const points = onenetPoints(told['onenet']!.token!, [{ imei: '866000000000001', dev_id: 1, ds_id: '3304_0_5700', at_ms: at, value: 55.5 }, { imei: '866000000000001', dev_id: 1, ds_id: 'temp', at_ms: at, value: '21.5' }])
  expect((await post(told['onenet']!.url, points)).status).toBe(200)
  expect((await post(told['onenet']!.url, points)).status).toBe(200)
  expect(await values(id['air']!)).toEqual(['hum 55.5 live', 'temp 21.5 live'])
  expect((await post(told['onenet']!.url, onenetProperty(told['onenet']!.token!, { device_name: '866000000000001', params: { temp: { value: 22, time: at + 1000 } } }))).status).toBe(200)
  expect((await values(id['air']!)).at(-1)).toBe('temp 22 live')
})
it('who is not signed is refused, shown and written down; a stranger’s device is named; an account that is stopped takes nothing', async () => {
  const admin = t.as('admin')
  const good = onenetPoints(told['onenet']!.token!, [{ imei: '866000000000001', dev_id: 1, ds_id: 'temp', at_ms: Date.now(), value: 30 }])
  for (const [path, body] of [[told['onenet']!.url, onenetPoints('another', [])], [told['onenet']!.url, good.replace('30', '31')], [told['onenet']!.url, '{"msg":{}}'], [told['ctwing']!.url.replace(/.$/, (x) => (x === '0' ? '1' : '0')), '{}'], [told['ctwing']!.url.replace(/\/[^/]+$/, ''), '{}'], [`http://x/operator/${w.community_id}/abc`, '{}']] as const) expect((await post(path, body)).status).toBe(401)
  expect((await fetch(`http://127.0.0.1:${g.push.port}/operator/${id['onenet']}?msg=a&nonce=b&signature=c`)).status).toBe(401)
  expect(await channel(id['onenet']!)).toMatchObject({ refused_why: '签名不对', refused_count: 4, line: 'open' })
  await expect.poll(async () => JSON.stringify((await t.inside((s) => sql`select detail from kernel.audit where company_id = ${s.company_id} and call = 'iot.channel'`.execute(s.db))).rows), { timeout: 10_000 }).toContain('签名不对')
  expect((await values(id['air']!)).some((v) => v.includes('30') || v.includes('31'))).toBe(false)
  await post(told['ctwing']!.url, ctwingReport({ imei: '111', device_id: 'y', at_ms: Date.now(), app: waterFrame(1) }))
  expect((await channel(id['ctwing']!)).refused_why).toBe('没有登记的设备 111')
  await admin(iot.stopOperator, { operator_id: id['ctwing']!, stopped: true })
  await g.reload()
  expect((await post(told['ctwing']!.url, ctwingReport({ imei: '862592051651472', device_id: 'x', at_ms: Date.now(), app: waterFrame(13_000) }))).status).toBe(401)
  await admin(iot.stopOperator, { operator_id: id['ctwing']!, stopped: false })
  const renewed = await admin(iot.renewOperator, { operator_id: id['ctwing']! })
  await g.reload()
  const body = ctwingReport({ imei: '862592051651472', device_id: 'x', at_ms: Date.now(), app: waterFrame(13_000) })
  expect([(await post(told['ctwing']!.url, body)).status, (await post(renewed.told.url, body)).status]).toEqual([401, 200])
  await expectRefused(t.as('cashier')(iot.renewOperator, { operator_id: id['ctwing']! }), 'kernel.forbidden')
  await expectRefused(t.as('other_admin')(iot.renewOperator, { operator_id: id['ctwing']! }), 'kernel.not_found')
})
it('the reader never throws, and takes the signed letters as they came', () => {
  for (const bad of [null, [], 'x', {}, { messageType: 'dataReport' }, { messageType: 'dataReport', deviceId: 'a', payload: { APPdata: '***' } }]) expect(readCtwing(bad).ok).toBe(false)
  for (const s of ['', '{', '{"msg"', '{"msg":', '{"msg":{"a":"}"', '[1]', '{"a":{"msg":1}}']) expect(rawMsg(s)).toBeNull()
  expect(rawMsg('{"x":{"msg":1},"msg" : {"a":"}\\"{" , "b":[1,{}]} ,"n":2}')).toBe('{"a":"}\\"{" , "b":[1,{}]}')
  const r = readCtwing({ messageType: 'dataReport', deviceId: 'a', timestamp: 1.7e12, payload: { serviceData: { temp: 1, hum: 'x' } } })
  expect(r.ok && valuesOf('json', r.reports[0]!, [{ key: 'temp', where: null }, { key: 'hum', where: null }])).toEqual({ ok: true, values: [['temp', 1]] })
})
