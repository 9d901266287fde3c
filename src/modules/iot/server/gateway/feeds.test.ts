// A smart-home platform at the MQTT door: it finds the devices of its community and their values, hears nothing else, and commands only where it may, by the road of commands.
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { iot } from '../../contract.ts'
import { entitiesOf, matches } from './discovery.ts'
import { startGateway, type Gateway } from './index.ts'

describe('topics', () => {
  it.each([['a/+/c', 'a/b/c', true], ['a/#', 'a/b/c', true], ['a/+', 'a/b/c', false], ['a/b', 'a/b', true], ['a/b/c', 'a/b', false], ['+/b', 'a/b', true]])('%s and %s: %s', (f, t, ok) => expect(matches(f, t)).toBe(ok))
})
it('says a device as Home Assistant reads it', () => {
  const d = { device_id: '00000000-0000-4000-8000-000000000001', no: 'CK-1', name: '车库', place: '东区', product_name: '风机', is_meter: false, model: { points: [{ key: 'co', name: '一氧化碳', kind: 'gauge', unit: 'ppm', places: 1, low: 0, high: 500, max_per_h: null, labels: [], where: null }, { key: 'fault', name: '故障', kind: 'state', unit: '', places: 0, low: null, high: null, max_per_h: null, labels: [{ value: 0, name: '正常', fault: false }, { value: 1, name: '故障', fault: true }], where: null }, { key: 'energy', name: '电量', kind: 'counter', unit: 'kWh', places: 2, low: 0, high: 1e6, max_per_h: 5, labels: [], where: null }], commands: [{ key: 'fan_on', name: '开风机', safety: 'comfort', arg: null, ttl_s: 30, idempotent: true, confirm: null, where: null, value: null }, { key: 'fire_home', name: '迫降', safety: 'life', arg: null, ttl_s: 30, idempotent: true, confirm: null, where: null, value: null }], events: [], period_s: 60, offline_after_s: 180 } } as Parameters<typeof entitiesOf>[0]
  const told = (may_command: boolean) => entitiesOf(d, { feed_id: 'f', prefix: 'ha', may_command })
  expect(told(false).map((e) => e.topic)).toEqual(['ha/sensor/00000000000040008000000000000001/co/config', 'ha/binary_sensor/00000000000040008000000000000001/fault/config', 'ha/sensor/00000000000040008000000000000001/energy/config'])
  expect(told(false)[0]!.body).toMatchObject({ device_class: 'carbon_monoxide', unit_of_measurement: 'ppm', state_class: 'measurement', value_template: '{{ value_json.co }}' })
  expect(told(false)[1]!.body).toMatchObject({ device_class: 'problem', value_template: "{{ 'ON' if value_json.fault == 1 else 'OFF' }}" })
  expect(told(false)[2]!.body).toMatchObject({ device_class: 'energy', state_class: 'total_increasing' })
  // What concerns life is never given.
  expect(told(true).slice(3).map((e) => e.topic)).toEqual(['ha/button/00000000000040008000000000000001/set_fan_on/config'])
  // A meter is not switched, whatever its commands are called.
  expect(entitiesOf({ ...d, is_meter: true }, { feed_id: 'f', prefix: 'ha', may_command: true })).toHaveLength(3)
})

describe('at the door', () => {
  let t: TestApp
  let w: TinyWorld
  let g: Gateway
  let fan: { device_id: string; secret: string }
  const clients: MqttClient[] = []
  const products = new Map<string, string>()
  const heard = new Map<string, string>()
  const until = async (ready: () => unknown): Promise<void> => {
    for (let n = 0; n < 600; n++) {
      if (await ready()) return
      await new Promise((r) => setTimeout(r, 50))
    }
    throw new Error('not reached')
  }
  const connect = async (username: string, password: string, clientId = `ha-${Math.random()}`) => {
    const c = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId, username, password, reconnectPeriod: 0, connectTimeout: 20_000 })
    clients.push(c)
    return c
  }
  const make = async (name: string, may_command: boolean) => {
    const f = await t.as('admin')(iot.saveFeed, { name, community_id: w.community_id, prefix: 'homeassistant', may_command })
    await g.reload()
    return { ...f, secret: f.secret! }
  }
  beforeAll(async () => {
    t = await testApp()
    w = await tinyWorld(t)
    await t.as('foreman')(iot.loadProducts, {})
    for (const p of (await t.as('foreman')(iot.products, {})).rows) products.set(p.code, p.product_id)
    const made = await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '地下车库', product_id: products.get('co_garage')!, no: 'CK-1', name: '车库风机', address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
    fan = { device_id: made.device_id, secret: made.secret! }
    g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
    const device = await connect(fan.device_id, fan.secret, fan.device_id)
    device.on('message', (topic) => void device.publishAsync(`${topic}/reply`, JSON.stringify({ ok: true }), { qos: 1 }).then(() => device.publishAsync(`v1/${fan.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), fan: 1 }), { qos: 1 })))
    await device.subscribeAsync(`v1/${fan.device_id}/cmd/#`)
    await device.publishAsync(`v1/${fan.device_id}/telemetry`, JSON.stringify({ ts: Date.now() - 1000, co: 4.5, fan: 0, fault: 0 }), { qos: 1 })
  }, 120_000)
  afterAll(async () => {
    for (const c of clients) await c.endAsync(true).catch(() => {})
    await g?.stop()
  })

  it('finds the devices and follows their values', async () => {
    const f = await make('大厅', false)
    const ha = await connect(f.feed_id, f.secret)
    ha.on('message', (topic, body, packet) => void heard.set(topic, `${packet.retain ? 'r ' : ''}${body.toString()}`))
    await ha.subscribeAsync(['homeassistant/+/+/+/config', `heyuan/${f.feed_id}/#`])
    const state = `heyuan/${f.feed_id}/${fan.device_id}/state`
    await until(() => heard.has(state))
    const node = fan.device_id.replaceAll('-', '')
    expect(heard.get(`homeassistant/sensor/${node}/co/config`)).toMatch(/^r .*carbon_monoxide/)
    expect(JSON.parse(heard.get(state)!.slice(2))).toMatchObject({ co: 4.5, fan: 0 })
    expect(heard.get(`heyuan/${f.feed_id}/${fan.device_id}/availability`)).toBe('r online')
    expect([...heard.keys()].some((k) => k.includes('/button/'))).toBe(false)
    await clients[0]!.publishAsync(`v1/${fan.device_id}/telemetry`, JSON.stringify({ ts: Date.now(), co: 9 }), { qos: 1 })
    await g.tick()
    await until(() => heard.get(state)!.includes('"co":9'))
    // Read-only: it is put out.
    const closed = new Promise<void>((done) => void ha.once('close', () => done()))
    ha.publish(`heyuan/${f.feed_id}/${fan.device_id}/set/fan_on`, 'PRESS')
    await closed
    expect((await t.as('foreman')(iot.commands, { device_id: fan.device_id })).total).toBe(0)
  })
  it('commands by the road of commands, where it may', async () => {
    const f = await make('智能中控', true)
    const ha = await connect(f.feed_id, f.secret)
    await ha.publishAsync(`heyuan/${f.feed_id}/${fan.device_id}/set/fan_on`, 'PRESS', { qos: 1 })
    await until(async () => (await t.as('foreman')(iot.commands, { device_id: fan.device_id })).rows[0]?.state === 'confirmed')
    expect((await t.as('foreman')(iot.commands, { device_id: fan.device_id })).rows[0]).toMatchObject({ name: '开风机', source: 'feed', reason: '第三方平台「智能中控」' })
  })
  it('hears nothing of others, and a stopped one is out', async () => {
    const [a, b] = [await make('甲', false), await make('乙', false)]
    const ha = await connect(a.feed_id, a.secret)
    expect((await ha.subscribeAsync([`heyuan/${b.feed_id}/#`]).catch((e: unknown) => String(e)))).not.toEqual([expect.objectContaining({ qos: 0 })])
    await expect(connect(a.feed_id, 'wrong-secret-wrong')).rejects.toThrow()
    // The name of a device is not to be had.
    await expect(connect(a.feed_id, a.secret, fan.device_id)).rejects.toThrow()
    const closed = new Promise<void>((done) => void ha.once('close', () => done()))
    await t.as('admin')(iot.stopFeed, { feed_id: a.feed_id, stopped: true })
    await g.reload()
    await closed
    await expect(connect(a.feed_id, a.secret)).rejects.toThrow()
  })
  it('accounts are made by who looks after the company', async () => {
    await expectRefused(t.as('cashier')(iot.feeds, {}), 'kernel.forbidden')
    await expectRefused(t.as('admin')(iot.saveFeed, { name: '甲', community_id: w.community_id, prefix: 'homeassistant', may_command: false }), 'iot.feed_taken')
    await expectRefused(t.as('admin')(iot.saveFeed, { name: '丙', community_id: w.community_id, prefix: 'v1', may_command: false }), 'kernel.invalid')
  })
})
